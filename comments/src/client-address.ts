import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import type { Express, Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

/** Who owns one address of IPv6 owns all of its network: they count as one. */
const networkBits = 64;
const addressHashBytes = 16;
const proxyHeaders = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'];

/** Makes `req.ip` the last hop of `X-Forwarded-For` that isn't one of our own: nobody else's word counts. */
export function trustOwnProxies(app: Express): void {
  app.set('trust proxy', ['loopback', 'linklocal', 'uniquelocal']);
}

/** The address that a request comes from; of IPv6 its network. */
export function addressOf(req: Request): string {
  const claimed = req.ip ?? '';
  const address = isIP(claimed) ? claimed : (req.socket.remoteAddress ?? '');
  return ipKeyGenerator(address, networkBits);
}

/** Whether a program on this machine sends it, and passes nothing on for others. */
export function isOfThisMachine(req: Request): boolean {
  const isLocal = /^(::ffff:)?127\.|^::1$/.test(req.socket.remoteAddress ?? '');
  return isLocal && proxyHeaders.every((name) => req.headers[name] === undefined);
}

/** Tells addresses apart without telling them: nobody without the installation's secret can compare or guess them. */
export function addressHashOf(secret: string, address: string): string {
  const bytes = createHmac('sha256', secret).update(`address ${address}`).digest();
  return bytes.subarray(0, addressHashBytes).toString('base64url');
}
