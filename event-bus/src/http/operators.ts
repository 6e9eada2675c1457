import { type Auth, Forbidden, isFromPage, isProgramHere } from '@blog/kit';
import type { RequestHandler } from 'express';

/**
 * Lets operators pass: whoever has a token with that role, and, where this machine is trusted, any program on it (who
 * may read the files here may do worse). 401 and 403 for others; 403 for pages, whatever they have.
 */
export function operatorsOnly({ auth, trustsThisMachine }: { auth: Auth; trustsThisMachine: boolean }): RequestHandler {
  const requireToken = auth.requireRole('operator');
  return (req, res, next) => {
    if (isFromPage(req)) throw new Forbidden('Pages of a browser may not use this; a program sends no Origin.');
    if (trustsThisMachine && req.get('Authorization') === undefined && isProgramHere(req)) return next();
    return requireToken(req, res, next);
  };
}

/** Routes that only operators may use, with all that is below them. */
export const operatorPaths = ['/subscriptions', '/dead-letters', '/faults', '/stream', '/erasures'];
