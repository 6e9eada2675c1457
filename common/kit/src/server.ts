import { createServer, type RequestListener, STATUS_CODES } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
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

/** A request must be complete within this time, or it is answered with 408. */
const requestTimeoutMs = 30_000;
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

/** Serves an app. Rejects where the port can't be had. */
export async function startServer(
  app: RequestListener,
  { host, port, graceMs = 8_000 }: { host: string; port: number; graceMs?: number },
): Promise<RunningServer> {
  const server = createServer({ requestTimeout: requestTimeoutMs, keepAliveTimeout: keepAliveTimeoutMs }, app);
  server.on('clientError', refuseUnreadable);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port: actualPort } = server.address() as AddressInfo;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      // A connection whose last request is answered after this moment is idle too, and nobody else would close it.
      const sweep = setInterval(() => server.closeIdleConnections(), 50);
      server.close(() => {
        clearTimeout(cut);
        clearInterval(sweep);
        resolve();
      });
      server.closeIdleConnections();
    });
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return {
    port: actualPort,
    url: `http://${reachable}:${actualPort}`,
    serve(next) {
      server.removeAllListeners('request');
      server.on('request', next);
    },
    close: () => (closing ??= close()),
  };
}
