import type { Request, Response } from 'express';

/** Leads to the next page: the same request, after a place. */
export function linkNext(req: Request, res: Response, after: string | number): void {
  const url = new URL(req.originalUrl, 'http://relative');
  url.searchParams.set('after', String(after));
  res.setHeader('Link', `<${url.pathname}${url.search}>; rel="next"`);
}
