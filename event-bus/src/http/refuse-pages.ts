import { Forbidden } from '@blog/kit';
import type { RequestHandler } from 'express';

const harmless = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses what a page in a browser sends, where it could change something: a POST without a body needs no permission
 * by CORS, so any site could pause a group of whoever visits it. Programs send no `Origin`.
 */
export const refusePages: RequestHandler = (req, _res, next) => {
  if (req.get('Origin') !== undefined && !harmless.has(req.method)) {
    throw new Forbidden('Pages of a browser may change nothing here; send the request without Origin.');
  }
  next();
};
