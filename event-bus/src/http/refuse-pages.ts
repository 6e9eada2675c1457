import { refusePages } from '@blog/kit';
import type { RequestHandler } from 'express';

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);
const history = /^\/events(\/|$)/i;

/** Refuses what a page in a browser sends if it could change something, or asks for events: they hold all texts. */
export const closedToPages: RequestHandler = (req, res, next) => {
  const isHarmless = harmless.has(req.method) && (req.method === 'OPTIONS' || !history.test(req.path));
  if (isHarmless) next();
  else refusePages(req, res, next);
};
