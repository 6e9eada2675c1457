import { isIP } from 'node:net';
import type { Auth } from '@blog/kit';
import type { Request, RequestHandler } from 'express';

const loopback = /^(?:::ffff:)?127\.|^::1$/;

/** A name that is not of this machine means that a page has itself resolved to it (DNS rebinding). */
function namesThisMachine(host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return name === 'localhost' || isIP(name) !== 0;
}

/** A program on this machine that came here by itself: no browser, and nobody whom a proxy lets through. */
function isProgramHere(req: Request): boolean {
  const fromElsewhere = ['x-forwarded-for', 'forwarded', 'origin', 'sec-fetch-site'];
  return (
    loopback.test(req.socket.remoteAddress ?? '') &&
    namesThisMachine(req.get('Host')) &&
    fromElsewhere.every((name) => req.headers[name] === undefined)
  );
}

/**
 * Lets operators pass: whoever has a token with that role, and, where this machine is trusted, any program on it (who
 * may read the files here may do worse). 401 and 403 for others.
 */
export function operatorsOnly({ auth, trustsThisMachine }: { auth: Auth; trustsThisMachine: boolean }): RequestHandler {
  const requireToken = auth.requireRole('operator');
  return (req, res, next) => {
    if (trustsThisMachine && req.get('Authorization') === undefined && isProgramHere(req)) return next();
    return requireToken(req, res, next);
  };
}

/** Routes that only operators may use, with all that is below them. */
export const operatorPaths = ['/subscriptions', '/dead-letters', '/faults', '/stream'];
