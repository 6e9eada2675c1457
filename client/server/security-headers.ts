import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Scripts and styles come from this origin's files alone; nothing inline runs, nobody frames these pages.
 * `https` says whether readers come by HTTPS; without it, insisting on it would make the pages unreachable.
 */
export function securityHeaders({ https }: { https: boolean }): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'", 'data:', 'https:', ...(https ? [] : ['http:'])],
        'connect-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
        ...(https ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
    strictTransportSecurity: https,
    // A form needs its Origin header to be told apart from another site's; "no-referrer" would take it away.
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    crossOriginOpenerPolicy: https,
    originAgentCluster: https,
  });
}
