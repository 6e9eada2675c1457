import { finishApp, silentLogger, startServer } from '@blog/kit';
import express from 'express';
import request from 'supertest';
import { eventually } from '../../common/kit/test/eventually';
import { useTestLife } from '../../common/kit/test/test-life';
import { createLiveStream } from '../src/live-stream';
import { postCreated } from './query-service';
import { serveQueryFor } from './served-query';
import { openStream } from './stream-reader';

const life = useTestLife();
const serveQuery = () => serveQueryFor(life);
const noChanges = { newest: () => 0, after: () => [] };

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
    const { open, push, store, responses } = await serveQuery();
    const after = jest.spyOn(store.changes, 'after');
    const reader = await open();
    await push(postCreated('p1'));
    await eventually(() => expect(reader.messages()).toHaveLength(1));
    reader.close();
    await eventually(() => expect(responses[0]?.destroyed).toBe(true));
    after.mockClear();
    await push(postCreated('p2'));
    expect(after).not.toHaveBeenCalled();
  });
});

describe('More readers than there may be', () => {
  it('are asked to come later; who leaves makes room', async () => {
    const stream = life.closing(createLiveStream({ changes: noChanges, logger: silentLogger, mostReaders: 1 }));
    const app = express().get('/', (req, res) => stream.open(res, {}));
    const { url } = life.closing(await startServer(finishApp(app, silentLogger), { host: '127.0.0.1', port: 0 }));
    const first = life.closing(await openStream(url));
    const refused = await request(url).get('/');
    expect({ status: refused.status, retryAfter: refused.headers['retry-after'] }).toEqual({
      status: 503,
      retryAfter: '30',
    });
    first.close();
    await eventually(async () => {
      const next = life.closing(await openStream(url));
      expect(next.res.statusCode).toBe(200);
    });
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
