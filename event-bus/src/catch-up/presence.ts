import { connect, isIP, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectSecurely } from 'node:tls';
import { deferred } from './deferred';

/** What is known of a subscriber after it was asked. */
export type Presence =
  /** It answered. `keepsItsPlace`: it says that it keeps what it got, so that what it missed is to be pushed to it. */
  | { kind: 'there'; keepsItsPlace: boolean }
  /** Nobody accepts a connection. */
  | { kind: 'away' }
  /** A connection, and no answer. */
  | { kind: 'unclear' };

/** One question, whose connection is kept until the subscriber ends it: so its death shows at once. */
export interface Asked {
  answer: Promise<Presence>;
  /** Resolves when the connection has ended. */
  closed: Promise<void>;
  abort(): void;
}

/** Said by a proxy in front of a subscriber that is away. */
const proxyWords = new Set([502, 503, 504]);
const keepsPlace = /^catch-up: *bus *$/im;

const longestHead = 64 * 1024;

function connectTo(url: URL): Socket {
  const isSecure = url.protocol === 'https:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = Number(url.port) || (isSecure ? 443 : 80);
  return isSecure
    ? connectSecurely({ host, port, ...(isIP(host) ? {} : { servername: host }) })
    : connect({ host, port });
}

/** What the head of an answer says; undefined while it isn't whole. */
function presenceIn(head: string): Presence | undefined {
  const [lines = '', ...rest] = head.split('\r\n\r\n');
  if (rest.length === 0) return undefined;
  const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(lines)?.[1]);
  if (!status) return { kind: 'unclear' };
  return proxyWords.has(status) ? { kind: 'away' } : { kind: 'there', keepsItsPlace: keepsPlace.test(lines) };
}

/**
 * Asks with a HEAD request, which changes nothing; any answer will do. Not with Node's client: it closes the connection
 * after an answer that names no length.
 */
export function ask(text: string, { timeoutMs }: { timeoutMs: number }): Asked {
  const url = new URL(text);
  const { promise: answer, resolve: give } = deferred<Presence>();
  const { promise: closed, resolve: close } = deferred<void>();
  const socket = connectTo(url);
  const timer = setTimeout(() => socket.destroy(), timeoutMs);
  let isConnected = false;
  let head = '';
  socket.once('connect', () => {
    isConnected = true;
    socket.write(`HEAD ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${url.host}\r\nconnection: keep-alive\r\n\r\n`);
  });
  socket.on('data', (chunk: Buffer) => {
    if (head.length < longestHead) head += chunk.toString('latin1');
    const presence = presenceIn(head);
    if (!presence) return;
    clearTimeout(timer);
    give(presence);
  });
  socket
    .on('error', () => undefined)
    .once('close', () => {
      clearTimeout(timer);
      give(isConnected ? { kind: 'unclear' } : { kind: 'away' });
      close(undefined);
    });
  return { answer, closed, abort: () => void socket.destroy() };
}

/** Between two questions while nobody is there, ms. */
const pauseMs = 100;
/** A server that ends each connection at once is asked again so often in a row without a pause. */
const mostAtOnce = 3;

export interface Watched {
  /** It is asked whether it is still there. */
  asking: () => void;
  is: (presence: Presence) => void;
}

/**
 * Watches a subscriber: when the connection ends, it is asked again at once, before it can have started anew. The function
 * that it gives ends that.
 */
export function watchPresence(askOnce: () => Asked, { asking, is }: Watched): () => void {
  const stopping = new AbortController();
  let asked: Asked | undefined;
  /** So many connections in a row were ended soon. */
  let atOnce = 0;

  /** Asks once, and waits for the end of the connection. Says whether to ask again at once. */
  async function askAndWait(): Promise<boolean> {
    const started = performance.now();
    asked = askOnce();
    const presence = await asked.answer;
    if (stopping.signal.aborted) return false;
    is(presence);
    if (presence.kind === 'there') await asked.closed;
    else asked.abort();
    if (presence.kind !== 'away' && !stopping.signal.aborted) asking();
    if (presence.kind !== 'there') return false;
    atOnce = performance.now() - started > pauseMs ? 0 : atOnce + 1;
    return atOnce < mostAtOnce;
  }

  async function watch(): Promise<void> {
    while (!stopping.signal.aborted) {
      if (await askAndWait()) continue;
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  void watch();
  return () => {
    stopping.abort();
    asked?.abort();
  };
}
