import type { Request } from 'express';

/** For `X-Forwarded-For`: the way that a request has come, so that a service knows the reader's address. */
export function forwardedFor(req: Request): string {
  return [req.get('X-Forwarded-For'), req.socket.remoteAddress].filter(Boolean).join(', ');
}
