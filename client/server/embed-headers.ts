import type { RequestHandler } from 'express';

/** Lets the pages of these origins, and no others, put a page of this site into a frame. Comes after the security headers. */
export function frameHeaders(origins: readonly string[]): RequestHandler {
  return (_req, res, next) => {
    const policy = res.getHeader('Content-Security-Policy');
    if (origins.length > 0 && typeof policy === 'string') {
      const ancestors = `frame-ancestors ${origins.join(' ')}`;
      res.setHeader('Content-Security-Policy', policy.replace("frame-ancestors 'none'", ancestors));
      // The older header knows no list of origins, and would forbid it.
      res.removeHeader('X-Frame-Options');
    }
    next();
  };
}

/** The script that other sites load is for all of them. */
export const forAllSites: RequestHandler = (_req, res, next) => {
  res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
  next();
};
