import { createServer, type Server } from 'node:http';
import { Pool } from 'undici';
import type { CloseReceivers, EventPublisher, OnBody } from './wiring';

const mediaTypes = { single: 'application/json', array: 'application/cloudevents-batch+json' };

/** Publishes by POST over as many kept connections as there may be publishes in flight. */
export function openHttpPublisher(
  { url, publishBatch }: { url: string; publishBatch: number },
  inFlight: number,
): EventPublisher {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: inFlight, headersTimeout: 60_000, bodyTimeout: 60_000 });
  const contentType = publishBatch > 1 ? mediaTypes.array : mediaTypes.single;
  return {
    batch: publishBatch,
    // `dispatch`, the barest way that undici has: no response object, no stream.
    publish: (texts) =>
      new Promise((resolve, reject) => {
        let status = 0;
        const body = publishBatch > 1 ? `[${texts.join(',')}]` : texts.join('');
        pool.dispatch(
          { path: pathname, method: 'POST', headers: { 'content-type': contentType }, body },
          {
            onRequestStart() {},
            onResponseStart: (_controller, answered) => void (status = answered),
            onResponseData() {},
            onResponseEnd: () => (status < 300 ? resolve() : reject(new Error(`answered ${status}`))),
            onResponseError: (_controller, error) => reject(error),
          },
        );
      }),
    close: () => pool.destroy(),
  };
}

function openServer(port: number, onBody: (body: string) => void): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 65_000 }, (req, res) => {
    let body = '';
    req.setEncoding('latin1');
    req.on('data', (chunk: string) => (body += chunk));
    req.on('end', () => {
      onBody(body);
      res.writeHead(200, { 'Content-Length': 0 }).end();
    });
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', backlog: 4_096 }, () => resolve(server));
  });
}

/** One bare server for each group. */
export async function openHttpReceivers(ports: readonly number[], onBody: OnBody): Promise<CloseReceivers> {
  const servers = await Promise.all(ports.map((port, group) => openServer(port, (body) => onBody(group, body))));
  return async () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  };
}
