import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { withTimeout } from '../src/delivery/send';
import { ok, requested, senderTo, serve, sockets } from './byte-server';

const chunk = '5\r\nhello\r\n';
/** A head, then a body that goes on until the connection is closed, and ends with no chunk. */
function answerWithoutEnd(socket: Socket, head: string, everyMs = 5): void {
  socket.write(`${head}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const drip = setInterval(() => socket.write(chunk), everyMs);
  socket.on('close', () => clearInterval(drip));
}

describe('an answer whose body has no end', () => {
  it('counts at once, and its connection is given up for a push that waits', async () => {
    const push = await senderTo(
      serve((socket) => answerWithoutEnd(socket, 'HTTP/1.1 200 OK')),
      2,
    );
    const answers = await Promise.all(Array.from({ length: 20 }, () => push().answer));
    expect(answers).toEqual(Array.from({ length: 20 }, () => ({ kind: 'answered', status: 200 })));
    expect(sockets).toHaveLength(20);
  });

  it('never holds up a push for as long as it would wait for a body alone', async () => {
    const push = await senderTo(
      serve((socket, _request, count) => {
        if (count === 1) answerWithoutEnd(socket, 'HTTP/1.1 200 OK');
        else socket.write(ok);
      }),
      1,
    );
    await push().answer;
    const cut = once(sockets[0] as Socket, 'close');
    expect(await push().answer).toEqual({ kind: 'answered', status: 200 });
    await cut;
    await push().answer;
    expect(sockets).toHaveLength(2);
  });

  it('that comes in two pieces costs no connection, though others wait for it', async () => {
    const push = await senderTo(
      serve((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n');
        setImmediate(() => socket.write('ok'));
      }),
      2,
    );
    await Promise.all(Array.from({ length: 30 }, () => push().answer));
    expect(sockets.length).toBe(2);
  });

  it.each([
    ['goes on', (socket: Socket) => answerWithoutEnd(socket, 'HTTP/1.1 400 No')],
    ['does not begin', (socket: Socket) => socket.write('HTTP/1.1 400 No\r\nContent-Length: 5\r\n\r\n')],
    ['is endless and fast', (socket: Socket) => socket.write(`HTTP/1.1 400 No\r\n\r\n${'hello'.repeat(30_000)}`)],
  ])('and refuses counts before long, if it %s', async (_how, act) => {
    const push = await senderTo(serve(act), 1);
    const [first, second] = [push(), push()];
    expect(await first.answer).toMatchObject({ kind: 'answered', status: 400 });
    expect(await second.answer).toMatchObject({ kind: 'answered', status: 400 });
  });

  it('and refuses counts though the time is over before it has said all', async () => {
    let ring = (): void => undefined;
    const clock = {
      now: () => 0,
      wallTime: () => 0,
      schedule: (_ms: number, work: () => void) => ((ring = work), () => undefined),
    };
    const push = await senderTo(
      serve((socket) => socket.write('HTTP/1.1 422 No\r\nContent-Length: 50\r\n\r\nnot that')),
      1,
    );
    const sent = withTimeout(push, { clock, timeoutMs: 10 })({ url: '', events: [], form: 'single', attempt: 1 });
    await requested(1);
    // What was written lies in the sender's socket by now: it is read in the next turns of the event loop.
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    ring();
    ring();
    expect(await sent.answer).toEqual({ kind: 'answered', status: 422, detail: 'not that' });
  });
});
