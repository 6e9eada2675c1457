import { get, type ServerResponse } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { silentLogger, startServer } from '@blog/kit';
import type { Response } from 'express';
import { eventually } from '../../common/kit/test/eventually';
import { useTestLife } from '../../common/kit/test/test-life';
import { createLiveStream } from '../src/live-stream';
import { postCreated } from './query-service';
import { serveQueryFor } from './served-query';

const life = useTestLife();
const serveQuery = () => serveQueryFor(life);

describe('The end of a stream', () => {
  it('comes when the process closes, and holds nothing up', async () => {
    const { open, stream, server } = await serveQuery();
    const readers = [await open(), await open('?post=p1')];
    stream.close();
    await server.close();
    await Promise.all(readers.map(({ ended }) => ended));
  });

  it('comes at once for whoever opens one while the process closes', async () => {
    const { open, stream } = await serveQuery();
    stream.close();
    const { ended } = await open();
    await ended;
  });

  it('is noticed when the reader goes: nothing is read for it any more', async () => {
    const { open, push, store, answers } = await serveQuery();
    const after = jest.spyOn(store.changes, 'after');
    const reader = await open();
    await push(postCreated('p1'));
    await eventually(() => expect(reader.messages()).toHaveLength(1));
    reader.close();
    await eventually(() => expect(answers[0]?.destroyed).toBe(true));
    after.mockClear();
    await push(postCreated('p2'));
    expect(after).not.toHaveBeenCalled();
  });

  it('is noticed even while the reader’s place is still being looked up', async () => {
    let found = (_number: number): void => undefined;
    const newest = new Promise<number>((resolve) => (found = resolve));
    const after = jest.fn(() => Promise.resolve([]));
    const stream = createLiveStream({ changes: { newest: () => newest, after }, logger: silentLogger });
    life.closing(stream);
    const opened = new Promise<ServerResponse>((resolve) => {
      const listener = (_req: unknown, res: ServerResponse) => {
        void stream.open(res as Response, {});
        resolve(res);
      };
      void startServer(listener, { host: '127.0.0.1', port: 0 }).then((server) => {
        life.closing(server);
        const asking = get(server.url, { agent: false }).on('error', () => undefined);
        void opened.then(() => asking.destroy());
      });
    });
    const res = await opened;
    await eventually(() => expect(res.destroyed).toBe(true));
    found(0);
    await turn();
    stream.announce();
    await turn();
    expect(after).not.toHaveBeenCalled();
  });
});

describe('A quiet stream', () => {
  afterEach(() => jest.useRealTimers());

  it('says something every fifteen seconds, so that nobody between takes it for dead', async () => {
    jest.useFakeTimers({
      now: 0,
      doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask', 'performance'],
    });
    const { open } = await serveQuery();
    const reader = await open();
    jest.advanceTimersByTime(15_000);
    await eventually(() => expect(reader.text()).toContain(': ping\n\n'));
  });
});
