import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { StoredEvent } from '../src/log/event-log';
import { createHttpSender, type Sender, type SentPush } from '../src/delivery/send';

const event: StoredEvent = {
  ...{ sequence: 1, id: 'one', type: 'T', key: 'k', storedAt: 0 },
  text: '{"type":"T","data":"für €"}',
};

/** A server of bytes: `onRequest` is told each whole request, and writes what it likes. */
function serve(onRequest: (socket: Socket, request: string, count: number) => void): Server {
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
let sockets: Socket[] = [];
let requests: string[] = [];

afterEach(async () => {
  for (const sender of senders.splice(0)) sender.close();
  for (const socket of sockets) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
  sockets = [];
  requests = [];
});

async function senderTo(server: Server, connections = 4, protocol = 'http'): Promise<() => SentPush> {
  if (!server.listening) await once(server, 'listening');
  const sender = createHttpSender({ connections, signer: undefined });
  senders.push(sender);
  const url = `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}/events?x=1`;
  return () => sender.send({ url, events: [event], form: 'single', attempt: 2 });
}

/** Resolves when so many whole requests have arrived. */
async function requested(count: number): Promise<void> {
  while (requests.length < count) await once(arrivals, 'request');
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

describe('a push over HTTP', () => {
  it('is one request with the event as its body, its length in bytes', async () => {
    const push = await senderTo(serve((socket) => socket.write(ok)));
    expect(await push().answer).toEqual({ kind: 'answered', status: 200 });
    const [head = '', body = ''] = (requests[0] ?? '').split('\r\n\r\n');
    expect(head.split('\r\n')).toEqual([
      'POST /events?x=1 HTTP/1.1',
      expect.stringMatching(/^host: 127\.0\.0\.1:\d+$/),
      'connection: keep-alive',
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(event.text)}`,
      'delivery-attempt: 2',
    ]);
    expect(Buffer.from(body, 'latin1').toString()).toBe(event.text);
  });

  it('uses a connection again, and opens no more than it may', async () => {
    const push = await senderTo(
      serve((socket) => setImmediate(() => socket.write(ok))),
      3,
    );
    const answers = await Promise.all(Array.from({ length: 50 }, () => push().answer));
    expect(answers.every((answer) => answer.kind === 'answered')).toBe(true);
    expect(sockets).toHaveLength(3);
    expect(requests).toHaveLength(50);
  });

  it.each([
    ['that says it closes', 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'],
    ['with bytes too many', `${ok}more`],
    ['that is endless', `HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(100_000)}`],
  ])('an answer %s counts, and its connection is not used again', async (_what, answer) => {
    const push = await senderTo(
      serve((socket) => socket.write(answer)),
      1,
    );
    await push().answer;
    await push().answer;
    expect(sockets).toHaveLength(2);
  });

  it('is answered by a status though the connection breaks in the body', async () => {
    const push = await senderTo(
      serve((socket) => socket.end('HTTP/1.1 503 Busy\r\nRetry-After: 3\r\nContent-Length: 9\r\n\r\nab')),
    );
    expect(await push().answer).toEqual({ kind: 'answered', status: 503, retryAfter: '3' });
  });

  it.each([
    ['ends without an answer', (socket: Socket) => socket.end()],
    ['ends in the head', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nConte')],
    ['is reset', (socket: Socket) => socket.resetAndDestroy()],
    ['speaks no HTTP', (socket: Socket) => socket.write('hello\r\n\r\n')],
  ])('is broken where the connection %s', async (_what, act) => {
    const push = await senderTo(serve(act));
    expect(await push().answer).toMatchObject({ kind: 'broken' });
  });

  it('is not sent where nobody listens, or nobody speaks TLS', async () => {
    const server = serve(() => undefined).on('connection', (socket) => socket.write(ok));
    const overTls = await senderTo(server, 1, 'https');
    expect(await overTls().answer).toMatchObject({ kind: 'unreachable' });
    const push = await senderTo(server, 1);
    for (const socket of sockets) socket.destroy();
    await new Promise((done) => server.close(done));
    const sent = push();
    expect(await sent.answer).toMatchObject({ kind: 'unreachable', reason: 'no connection (ECONNREFUSED)' });
    expect(sent.isWritten()).toBe(false);
  });

  it('that waits for a connection and is given up is never sent; the others are', async () => {
    const push = await senderTo(
      serve(() => undefined),
      1,
    );
    const first = push();
    await requested(1);
    const [second, third] = [push(), push()];
    second.abort('given up');
    expect(await second.answer).toEqual({ kind: 'unreachable', reason: 'given up' });
    expect(second.isWritten()).toBe(false);
    sockets[0]?.write(ok);
    expect(await first.answer).toEqual({ kind: 'answered', status: 200 });
    await requested(2);
    sockets[0]?.write(ok);
    expect(await third.answer).toEqual({ kind: 'answered', status: 200 });
    expect(sockets).toHaveLength(1);
    expect(requests).toHaveLength(2);
  });

  it('that is under way and is given up cuts its connection', async () => {
    const server = serve(() => undefined);
    const push = await senderTo(server, 1);
    const sent = push();
    await requested(1);
    expect(sent.isWritten()).toBe(true);
    const cut = once(sockets[0] as Socket, 'close');
    sent.abort('given up');
    expect(await sent.answer).toEqual({ kind: 'broken', reason: 'given up' });
    await cut;
  });
});
