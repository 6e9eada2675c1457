import type { Request, RequestHandler } from 'express';

/** A request that changes something came from another site's page. */
export class ForeignOrigin extends Error {
  override readonly name = 'ForeignOrigin';
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

function isOwn(req: Request, publicHost: string): boolean {
  const site = req.get('Sec-Fetch-Site');
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  const origin = req.get('Origin');
  // Neither header: not a browser, so nobody's cookies are being misused.
  if (origin === undefined) return true;
  const host = hostOf(origin);
  return host !== undefined && (host === publicHost || host === req.get('Host'));
}

/**
 * Lets requests that change something pass only from this site's own pages (or from no page at all).
 * Browsers say so in `Sec-Fetch-Site`; where they don't (plain HTTP), `Origin` must be this site.
 */
export function sameOrigin({ publicUrl }: { publicUrl: string }): RequestHandler {
  const publicHost = new URL(publicUrl).host;
  return (req, _res, next) => {
    if (!safeMethods.has(req.method) && !isOwn(req, publicHost)) throw new ForeignOrigin();
    next();
  };
}
