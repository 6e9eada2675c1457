import type { Request, RequestHandler } from 'express';

/** A request that changes something came from another site's page. */
export class ForeignOrigin extends Error {
  override readonly name = 'ForeignOrigin';
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

function isOwn(req: Request, blog: URL): boolean {
  const site = req.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = req.get('Origin');
  // Neither header: not a browser, so nobody's cookies are being misused.
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  // Where readers come by HTTPS, whoever is on the wire could send a page of the same host by HTTP.
  if (page.host === blog.host) return page.origin === blog.origin;
  return page.host === req.get('Host');
}

/**
 * Lets requests that change something pass only from this site's own pages (or from no page at all).
 * Browsers say so in `Sec-Fetch-Site`; where they don't (plain HTTP), `Origin` must be this site.
 */
export function sameOrigin({ publicUrl }: { publicUrl: string }): RequestHandler {
  const blog = new URL(publicUrl);
  return (req, _res, next) => {
    if (!safeMethods.has(req.method) && !isOwn(req, blog)) throw new ForeignOrigin();
    next();
  };
}
