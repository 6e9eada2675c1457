import { once } from 'node:events';
import type { Socket } from 'node:net';
import { event, ok, requested, requests, senderTo, serve, sockets } from './byte-server';

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
    expect(await push().answer).toEqual({ kind: 'answered', status: 503, retryAfter: '3', detail: 'ab' });
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

describe('a refusal', () => {
  it.each([
    [
      'of problem+json',
      'Content-Type: application/problem+json',
      '{"detail":"Not valid.","errors":[{"path":"data.id","message":"is missing"}]}',
      'Not valid. data.id is missing',
    ],
    ['in plain text', 'Content-Type: text/plain', 'no such\r\npost', 'no such post'],
  ])('%s tells what the subscriber says', async (_what, header, body, detail) => {
    const push = await senderTo(
      serve((socket) => socket.write(`HTTP/1.1 422 No\r\n${header}\r\nContent-Length: ${body.length}\r\n\r\n${body}`)),
    );
    expect(await push().answer).toEqual({ kind: 'answered', status: 422, detail });
    expect(await push().answer).toEqual({ kind: 'answered', status: 422, detail });
    expect(sockets).toHaveLength(1);
  });
});
