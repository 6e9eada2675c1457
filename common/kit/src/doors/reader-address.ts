import { isIP } from 'node:net';
import express, { type Express, type Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

/** Who owns one address of IPv6 owns all of its network: they count as one. */
const networkBits = 64;

type TrustsHop = (address: string, hop: number) => boolean;

/** Where no setting says otherwise: addresses that nobody on the Internet can come from. */
export const ownNetworks: readonly string[] = ['loopback', 'linklocal', 'uniquelocal'];

/** Express's own reading of networks. Throws where one is none. */
function trustOf(networks: readonly string[]): TrustsHop {
  const app = express();
  app.set('trust proxy', [...networks]);
  return app.get('trust proxy fn') as TrustsHop;
}

/**
 * Tells an app which proxies' word counts, as Express does: addresses, networks (`203.0.113.0/24`), `loopback`, `linklocal`,
 * `uniquelocal`; a number stands for so many hops from here, whoever they are. Throws where one is none of these.
 */
export function trustProxies(app: Express, proxies: readonly string[] = ownNetworks): void {
  const networks = proxies.filter((proxy) => !/^\d+$/.test(proxy));
  const hops = Math.max(0, ...proxies.filter((proxy) => !networks.includes(proxy)).map(Number));
  const isKnown = trustOf(networks);
  app.set('trust proxy', ((address, hop) => hop < hops || isKnown(address, hop)) satisfies TrustsHop);
  app.set('trusted hops', hops);
}

const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/;

/** The address in what proxies write: also `address:port`, `[address]:port`, with quotes or a zone. Undefined if there is none. */
export function addressIn(text: string): string | undefined {
  const bare = text.trim().replace(/^"(.*)"$/, '$1');
  const [, inBrackets, withPort] = /^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(bare) ?? [];
  const address = (inBrackets ?? withPort ?? bare).replace(/%.*$/, '');
  if (isIP(address) !== 6) return isIP(address) === 4 ? address : undefined;
  const shortest = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [, high, low] = mapped.exec(shortest) ?? [];
  if (high === undefined || low === undefined) return shortest;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

/**
 * The address that a reader's request comes from: of the way that it took, from here outwards, the first hop that isn't a
 * trusted proxy. What a trusted proxy wrote that is no address ends the way, and that proxy's own address counts.
 */
export function readerAddress(req: Request): string {
  const trusts = req.app.get('trust proxy fn') as TrustsHop;
  const told = req.headers['x-forwarded-for'];
  const way = String(told ?? '')
    .split(',')
    .filter((part) => part.trim() !== '')
    .reverse();
  let reader = addressIn(req.socket.remoteAddress ?? '') ?? 'unknown';
  for (const [hop, next] of way.entries()) {
    const address = trusts(reader, hop) ? addressIn(next) : undefined;
    if (address === undefined) break;
    reader = address;
  }
  return reader;
}

/** What a reader counts by where something is limited: the address; of IPv6 its network. */
export function readerNetwork(req: Request): string {
  const address = readerAddress(req);
  return isIP(address) === 0 ? address : ipKeyGenerator(address, networkBits);
}

/**
 * For `X-Forwarded-For` of what a process passes on: the reader as this process sees them, and the hop before it. Where hops
 * are counted it is the reader alone, as the next process would count one hop more.
 */
export function forwardedFor(req: Request): string {
  const reader = readerAddress(req);
  const nearest = addressIn(req.socket.remoteAddress ?? '') ?? 'unknown';
  const counts = Number(req.app.get('trusted hops') ?? 0) > 0;
  return counts || reader === nearest ? reader : `${reader}, ${nearest}`;
}
