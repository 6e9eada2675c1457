import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { Forbidden } from '../errors';

/**
 * Whether a page in a browser sends a request: it carries `Origin`, or `Sec-Fetch-Site` with anything but `none`, which is an
 * address that somebody typed. Programs send neither.
 */
export function isFromPage({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  const site = headers['sec-fetch-site'];
  return headers.origin !== undefined || (site !== undefined && site !== 'none');
}

/**
 * Refuses what a page in a browser sends (403): for the doors of events and of operators. A POST without a body needs no
 * permission by CORS, so any site could send one through whoever visits it.
 */
export const refusePages: RequestHandler = (req, _res, next) => {
  if (isFromPage(req)) throw new Forbidden('Pages of a browser may not use this; a program sends no Origin.');
  next();
};
