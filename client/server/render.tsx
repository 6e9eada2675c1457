import type { ReactNode } from 'react';
import { renderToString } from 'react-dom/server';
import type { Response } from 'express';
import { Document, type PageFrame, type PageMeta } from '../src/routes/Document';

export interface Page {
  status: number;
  meta: PageMeta;
  frame: PageFrame;
  content: ReactNode;
}

/** Answers with a page. It depends on the reader's cookies, so nobody between here and the reader may keep it. */
export function sendPage(res: Response, { status, meta, frame, content }: Page): void {
  const html = renderToString(
    <Document meta={meta} frame={frame}>
      {content}
    </Document>,
  );
  res
    .status(status)
    .set({ 'Cache-Control': 'private, no-cache', Vary: 'Cookie' })
    .type('html')
    .send(`<!doctype html>${html}`);
}
