import { createHash } from 'node:crypto';
import type { ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import type { Response } from 'express';
import { Document, type PageFrame, type PageMeta } from '../src/routes/Document';
import { staleHeaders } from './stale-headers';

export interface Page {
  status: number;
  meta: PageMeta;
  frame: PageFrame;
  content: ReactNode;
  /** Whether the time of its making matters to this reader, so that no older copy will do. */
  isPersonal?: boolean;
  /** Set if it is made of older answers, because a service is away. */
  asOf?: Date | undefined;
}

/** What differs each time that the same page is made: keys of forms, the time, the place in the live stream. */
const passing = /"(?:key|postKey|position|renderedAt)":"[^"]*"| name="key" value="[^"]*"/g;

/** An ETag by what the page says. An older copy with other keys and an earlier place in the stream is as good. */
function etagOf(html: string): string {
  return `W/"${createHash('sha256').update(html.replace(passing, '')).digest('base64url').slice(0, 27)}"`;
}

/**
 * Answers with a page, or with 304 where the reader has it. It depends on the reader's cookies, so nobody between here
 * and the reader may keep it.
 */
export function sendPage(res: Response, { status, meta, frame, content, isPersonal = false, asOf }: Page): void {
  const html = renderToString(
    <Document meta={meta} frame={frame}>
      {content}
    </Document>,
  );
  res.status(status).set({ 'Cache-Control': 'private, no-cache', Vary: 'Cookie' }).type('html');
  if (asOf) res.set(staleHeaders({ asOf, now: new Date() }));
  if (!isPersonal) res.set('ETag', etagOf(html));
  res.send(`<!doctype html>${html}`);
}
