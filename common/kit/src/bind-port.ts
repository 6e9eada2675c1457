import type { RequestListener } from 'node:http';
import type { Lifecycle } from './lifecycle';
import type { Logger } from './logger';
import { problem } from './problem-json';
import { startServer } from './server';

/** Seconds. */
const retryAfter = 1;

/**
 * Answers for a process that isn't ready yet: it takes nothing. `/healthz` is no exception, as scripts take its 200 for a
 * sign that the process works; a supervisor that asks it has a longer patience at the start (startupProbe).
 */
const notReady: RequestListener = (_req, res) => {
  const body = JSON.stringify(problem(503, { detail: 'This process is not ready yet; nothing was stored.' }));
  res.writeHead(503, { 'Content-Type': 'application/problem+json', 'Retry-After': retryAfter }).end(body);
};

export interface BoundPort {
  /** The base URL under which this machine reaches it. */
  url: string;
  /** From now on requests go to this app. Call it when all that the app needs is open, and registered to be closed. */
  serve(app: RequestListener): void;
}

/**
 * Takes the port before anything else is opened: a process whose port is taken ends without having done anything. Until
 * `serve` is called all requests are answered 503. Rejects if the port can't be had.
 */
export async function bindPort({
  settings: { HOST: host, PORT: port, PUBLIC_URL: publicUrl, ALLOWED_HOSTS: allowed },
  lifecycle,
  logger,
}: {
  settings: { HOST: string; PORT: number; PUBLIC_URL?: string; ALLOWED_HOSTS?: readonly string[] };
  lifecycle: Lifecycle;
  logger: Logger;
}): Promise<BoundPort> {
  const server = await startServer(notReady, { host, port, names: { publicUrl, ...(allowed ? { allowed } : {}) } });
  lifecycle.onClose('port', server.close);
  return {
    url: server.url,
    serve(app) {
      server.serve(app);
      // Before all that the app needs is closed; the step above is for a process that ends before it is ready.
      lifecycle.onClose('server', server.close);
      logger.info({ url: server.url }, 'listening');
    },
  };
}
