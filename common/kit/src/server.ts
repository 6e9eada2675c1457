import { createServer, type RequestListener, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { withinBodyBudget } from './body-budget';
import { guardServer } from './doors/guard-server';
import { createHostCheck, type HostRules } from './doors/hosts';
import { listen, reachable } from './listen';
import { problem } from './problem-json';

export interface RunningServer {
  port: number;
  /** The base URL under which this machine reaches it. */
  url: string;
  /** From now on requests go to this app. */
  serve(app: RequestListener): void;
  /** Accepts nothing new, lets requests in flight finish for `graceMs`, then cuts what is left. Twice is harmless. */
  close(): Promise<void>;
}

/** A request must be complete within this time, however slowly it comes, or it is answered with 408 … */
const defaultRequestTimeoutMs = 30_000;
/** … when the server looks next for such requests. */
const timeoutCheckMs = 1_000;
/** What the bodies of all requests under way may take together: several of the largest that any route takes. */
const defaultMaxBodyBytes = 32 * 1024 * 1024;
/** Longer than any client of ours keeps an idle connection: so it is the client that closes, and no request is lost. */
const keepAliveTimeoutMs = 65_000;

const statusOfParseError: Record<string, number> = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** Answers what Node could not read as HTTP, in the form of every other error. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = statusOfParseError[error.code ?? ''] ?? 400;
  const body = JSON.stringify(problem(status));
  socket.write(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\n` +
      `Content-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  // Not only our half: a peer that keeps its own open would hold up the server's close.
  socket.destroySoon();
}

export interface ServerOptions {
  host: string;
  port: number;
  /** Names under which it may be asked besides those that follow from `host`; see {@link createHostCheck}. */
  names?: Omit<HostRules, 'listensOn'>;
  /** How long a close waits for requests in flight. */
  graceMs?: number;
  requestTimeoutMs?: number;
  /** Of all bodies under way together; beyond it the request that holds most for longest is answered with 503. */
  maxBodyBytes?: number;
}

/** Serves an app; with the host `localhost` on both addresses of this machine. Rejects where the port can't be had. */
export async function startServer(
  app: RequestListener,
  {
    host,
    port,
    names = {},
    graceMs = 8_000,
    requestTimeoutMs = defaultRequestTimeoutMs,
    maxBodyBytes = defaultMaxBodyBytes,
  }: ServerOptions,
): Promise<RunningServer> {
  const timeouts = {
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: timeoutCheckMs,
    keepAliveTimeout: keepAliveTimeoutMs,
  };
  let serving = app;
  const served = withinBodyBudget((req, res) => serving(req, res), { maxBytes: maxBodyBytes });
  const server = createServer(timeouts, guardServer(served, createHostCheck({ listensOn: host, ...names })));
  server.on('clientError', refuseUnreadable);
  const listening = await listen(server, { host, port });
  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    // A connection whose last request is answered after this moment is idle too, and nobody else would close it.
    const sweep = setInterval(() => server.closeIdleConnections(), 50);
    const closed = listening.close();
    server.closeIdleConnections();
    await closed;
    clearTimeout(cut);
    clearInterval(sweep);
  }
  const { port: actualPort } = listening;
  return {
    port: actualPort,
    url: `http://${reachable(host)}:${actualPort}`,
    serve(next) {
      serving = next;
    },
    close: () => (closing ??= close()),
  };
}
