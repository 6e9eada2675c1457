import { setImmediate as turn } from 'node:timers/promises';
import { parseEvents } from '@blog/kit/state';
import { eventually } from '../../common/kit/test/eventually';
import { useTestLife } from '../../common/kit/test/test-life';
import { listensTo } from '../src/event-handlers';
import { postCreated } from './query-service';
import { serveQueryFor } from './served-query';
import type { StreamReader } from './stream-reader';

const life = useTestLife();
const serveQuery = () => serveQueryFor(life);
const idsIn = (reader: StreamReader) => reader.messages().map(({ id }) => Number(id));

/** Time goes by the test's word alone; sockets and everything else are as they are. */
const useFakeIntervals = () =>
  jest.useFakeTimers({
    now: 0,
    doNotFake: ['nextTick', 'setImmediate', 'setTimeout', 'queueMicrotask', 'performance', 'Date'],
  });
afterEach(() => jest.useRealTimers());

describe('A slow reader', () => {
  it.each([
    ['less than a page', 50],
    ['several pages', 500],
  ])(
    'misses nothing, and its server keeps little for it: %s at a time',
    async (_what, atOnce) => {
      const { open, apply, responses } = await serveQuery();
      const reader = await open();
      reader.res.pause();
      const tags = Array.from({ length: 10 }, (_, index) => `${index}`.padEnd(40, 'x'));
      let made = 0;
      const change = async () => {
        const ids = Array.from({ length: atOnce }, () => `p${(made += 1)}`);
        await apply(
          parseEvents(
            ids.map((id) => postCreated(id, { title: 't'.repeat(300), tags })),
            listensTo,
          ),
        );
        await turn();
      };
      while (responses[0]?.writableNeedDrain !== true) await change();
      for (let more = 0; more < 1_000; more += atOnce) await change();
      expect(responses[0].writableLength).toBeLessThan(200_000);
      reader.res.resume();
      await eventually(() => expect(reader.messages()).toHaveLength(made));
      expect(idsIn(reader)).toEqual(Array.from({ length: made }, (_, index) => index + 1));
    },
    30_000,
  );
});

describe('A reader that takes nothing', () => {
  it('is cut off after a minute', async () => {
    useFakeIntervals();
    const { open, apply, responses } = await serveQuery();
    const reader = await open();
    reader.res.pause();
    for (let made = 0; responses[0]?.writableNeedDrain !== true; made += 1) {
      const some = Array.from({ length: 500 }, (_, index) =>
        postCreated(`p${made}-${index}`, { title: 't'.repeat(300) }),
      );
      await apply(parseEvents(some, listensTo));
      await turn();
    }
    jest.advanceTimersByTime(45_000);
    expect(responses[0]?.destroyed).toBe(false);
    jest.advanceTimersByTime(15_000);
    expect(responses[0]?.destroyed).toBe(true);
  }, 30_000);
});

describe('A reader of one post', () => {
  const others = (count: number) =>
    parseEvents(
      Array.from({ length: count }, (_, index) => postCreated(`p${index}`)),
      listensTo,
    );

  it('learns with the next ping where it stands, though nothing of that post came', async () => {
    useFakeIntervals();
    const { open, apply } = await serveQuery();
    const reader = await open('?post=other');
    await apply(others(3));
    expect(reader.text()).not.toContain('id: 3');
    jest.advanceTimersByTime(15_000);
    await eventually(() => expect(reader.text()).toContain('id: 3\n\n'));
    jest.advanceTimersByTime(15_000);
    await eventually(() => expect(reader.text().endsWith('id: 3\n\n: ping\n\n')).toBe(true));
  });

  it('learns it without a ping, too, before the log has forgotten its place', async () => {
    const { open, apply } = await serveQuery();
    const reader = await open('?post=other');
    await apply(others(1_000));
    await eventually(() => expect(reader.text()).toContain('id: 1000\n\n'));
  });
});
