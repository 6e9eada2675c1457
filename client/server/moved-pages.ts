import { NotFound } from '@blog/kit';
import type { ErrorRequestHandler } from 'express';
import type { Blog } from './blog';

/** Longer than any path that a post may have had. */
const longest = 1_000;

/** Before a page is said to be unknown: the post that was there on an earlier site of the blog is. Links in the world go on working. */
export function movedPages({ movedFrom }: Pick<Blog, 'movedFrom'>): ErrorRequestHandler {
  return async (error: unknown, req, res, next) => {
    const isAsked =
      error instanceof NotFound && ['GET', 'HEAD'].includes(req.method) && !req.originalUrl.startsWith('/api/');
    if (!isAsked || res.headersSent || req.path.length > longest) return next(error);
    const path = await movedFrom(String(res.getHeader('X-Request-Id')), req.path);
    if (path === undefined) return next(error);
    res.setHeader('Cache-Control', 'public, max-age=3600');
    res.redirect(301, path);
  };
}
