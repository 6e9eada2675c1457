import { linkNext, type Place } from '@blog/kit';
import type { RequestHandler, Request, Response } from 'express';
import { isNotModified } from './not-modified';
import type { MadeOf, PreparedAnswers } from './prepared-answers';
import { positionHeader } from './prepared-listener';

/** What a route says before it makes its answer: enough for a 304, and for keeping it. */
export interface Reading {
  /** The latest change of what the answer is made of: its ETag. Numbers of changes are never given twice. */
  change: number;
  /** ISO 8601. */
  changedAt?: string;
  /** The place in the live stream with which the answer is complete. */
  position?: number;
  contentType: string;
  /** Where the answer may be kept: under this path and query, if the request was for them letter for letter. */
  keep?: { url: string; madeOf: MadeOf };
  make: () => Made;
}

export interface Made {
  body: string;
  next?: Place | undefined;
  /** Of a list: how many there are altogether. */
  total?: number | undefined;
}

export const json = 'application/json; charset=utf-8';

/**
 * A route that reads: 304 where the reader has the answer, else the answer, which is kept for the next reader. Nothing
 * between the first look and the keeping waits, so no change can come between.
 */
export function reading(answers: PreparedAnswers, read: (req: Request) => Reading): RequestHandler {
  return (req, res) => {
    const { change, changedAt, position, contentType, keep, make } = read(req);
    const etag = `"${change}"`;
    const lastModified = changedAt === undefined ? undefined : new Date(changedAt).toUTCString();
    res.setHeader('ETag', etag);
    // Every reader asks whether it is still so: that costs next to nothing, and nobody is shown what was taken back.
    res.setHeader('Cache-Control', 'no-cache');
    if (lastModified !== undefined) res.setHeader('Last-Modified', lastModified);
    if (position !== undefined) res.setHeader(positionHeader, String(position));
    if (isNotModified(req.headers, { etag, lastModified })) return void res.writeHead(304).end();
    const { body: text, next, total } = make();
    const body = Buffer.from(text);
    linkNext(req, res, next);
    if (total !== undefined) res.setHeader('Total-Count', String(total));
    res.setHeader('Content-Type', contentType);
    res.setHeader('Content-Length', body.length);
    if (keep?.url === req.originalUrl) {
      const route = (req.route as { path: string }).path;
      const hasPosition = position !== undefined;
      answers.keep(keep.url, keep.madeOf, {
        route,
        headers: headersToKeep(res),
        hasPosition,
        body,
        etag,
        lastModified,
      });
    }
    res.end(body);
  };
}

function headersToKeep(res: Response) {
  const headers = { ...res.getHeaders() };
  for (const name of ['x-request-id', positionHeader.toLowerCase()]) Reflect.deleteProperty(headers, name);
  return headers;
}
