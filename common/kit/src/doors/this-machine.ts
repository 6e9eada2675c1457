import type { IncomingMessage } from 'node:http';
import { hostNameIn, isLoopbackName } from './hosts';

/**
 * What proxies, load balancers and CDNs add to what they pass on. Each has names of its own, so a whole kind counts: one
 * header too many costs a program a token, one too few would make everybody a program of this machine.
 */
const forwarding = [
  /^(?:x-)?(?:original-|envoy-)?forwarded(?:-|$)/,
  /(?:^|-)(?:client|real|connecting|connection|remote|external|originating|socket|user|source|peer|cluster)-?(?:ip|ipv6|addr|address|port|host)$/,
  /^(?:x-)?via$|^cdn-loop$|^cf-|^x-envoy-|^x-amz-cf-|^(?:x-)?akamai-|^fastly-|^x-azure-|^x-appengine-|^x-vercel-|^tailscale-/,
  /^x-(?:original|rewrite|proxy)-?/,
  /^x-(?:real|client|remote|proxied|host)(?:-|$)/,
];
/** What browsers add, whatever page it is. Not `Sec-Fetch-Mode`: Node's fetch sends that too, and browsers never alone. */
const browsers = /^(?:origin|sec-fetch-(?!mode$).*|sec-(?:ch|gpc|purpose)(?:-.*)?|access-control-request-.*)$/;

const isForwarding = (name: string): boolean => forwarding.some((pattern) => pattern.test(name));

/** Whether a proxy of any kind has passed a request on. */
export function isPassedOn({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return Object.keys(headers).some(isForwarding);
}

/** Whether an address is one of those under which a machine reaches itself. */
export function isLoopback(address: string | undefined): boolean {
  return /^(?:::ffff:)?127\.|^::1$/.test(address ?? '');
}

/**
 * Whether a program on this machine sends a request by itself: over a loopback connection, to a loopback name, with no
 * header of a proxy that passes on what others sent, and none of a browser, in which any site's page may run.
 * A proxy on this machine that adds no header can't be told from such a program.
 */
export function isProgramHere(req: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  const { host } = req.headers;
  const isAskedHere = host === undefined || isLoopbackName(hostNameIn(host) ?? '');
  const isBrowser = Object.keys(req.headers).some((name) => browsers.test(name));
  return isLoopback(req.socket.remoteAddress) && isAskedHere && !isBrowser && !isPassedOn(req);
}
