import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { Forbidden, Unauthorized } from '../errors';
import { isFromPage } from './browsers';
import { isPassedOn, isProgramHere } from './this-machine';

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest();

function hasToken(req: Request, tokens: readonly string[]): boolean {
  const given = /^Bearer +(\S+)$/i.exec(req.get('Authorization') ?? '')?.[1];
  return given !== undefined && tokens.some((token) => timingSafeEqual(hashOf(token), hashOf(given)));
}

/**
 * Who may read a process's metrics: programs on this machine, and who has a token, if any is set. `reach` says who else: with
 * `everybody` whoever reaches the process by itself, as Prometheus does within a cluster, unless a token is set.
 */
export function metricsDoor(tokens: readonly string[], reach: 'everybody' | 'nobody'): RequestHandler {
  return (req, _res, next) => {
    if (isProgramHere(req) || hasToken(req, tokens)) return next();
    if (isFromPage(req)) throw new Forbidden('Metrics are not for pages.');
    if (tokens.length > 0) throw new Unauthorized('Metrics need the token of METRICS_TOKEN.');
    if (reach === 'nobody' || isPassedOn(req)) {
      throw new Forbidden('Metrics are for programs on this machine, or with the token of METRICS_TOKEN.');
    }
    next();
  };
}
