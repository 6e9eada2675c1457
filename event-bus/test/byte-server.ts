import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { StoredEvent } from '../src/log/event-log';
import { createHttpSender, type Sender, type SentPush } from '../src/delivery/send';

export const event: StoredEvent = {
  ...{ sequence: 1, id: 'one', type: 'T', key: 'k', storedAt: 0 },
  text: '{"type":"T","data":"für €"}',
};

/** What the servers of a test have seen so far. */
export let sockets: Socket[] = [];
export let requests: string[] = [];

/** A server of bytes: `onRequest` is told each whole request, and writes what it likes. */
export function serve(onRequest: (socket: Socket, request: string, count: number) => void): Server {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const [head = '', body] = text.split('\r\n\r\n');
      const length = Number(/^content-length: (\d+)$/m.exec(head)?.[1]);
      if (body === undefined || body.length < length) return;
      const request = text;
      text = '';
      requests.push(request);
      arrivals.emit('request');
      onRequest(socket, request, requests.length);
    });
  });
  servers.push(server);
  return server.listen(0, '127.0.0.1');
}

const servers: Server[] = [];
const senders: Sender[] = [];
const arrivals = new EventEmitter();

afterEach(async () => {
  for (const sender of senders.splice(0)) sender.close();
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
  sockets = [];
  requests = [];
});

export async function senderTo(server: Server, connections = 4, protocol = 'http'): Promise<() => SentPush> {
  if (!server.listening) await once(server, 'listening');
  const sender = createHttpSender({ connections, signer: undefined });
  senders.push(sender);
  const url = `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}/events?x=1`;
  return () => sender.send({ url, events: [event], form: 'single', attempt: 2 });
}

/** Resolves when so many whole requests have arrived. */
export async function requested(count: number): Promise<void> {
  while (requests.length < count) await once(arrivals, 'request');
}

export const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
