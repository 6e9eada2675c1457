import { type ReceivedEnvelope, silentLogger } from '@blog/kit';
import { createBusClient } from '@blog/kit/state';
import { eventually } from '../../common/kit/test/eventually';
import { refuseWritesTo } from '../../common/kit/test/raw-database';
import { answerJson, startStubBus } from '../../common/kit/test/stub-bus';
import { useTestLife } from '../../common/kit/test/test-life';
import { startCatchUp } from '../src/catch-up';
import { commentCreated, commentUpdated, dumpOf, postCreated, startQuery } from './query-service';

const life = useTestLife();

const history = ['p1', 'p2', 'p3'].flatMap((postId) => [
  postCreated(postId, { version: 1 }),
  commentCreated(`${postId}-c`, { postId, version: 1 }),
  commentUpdated(`${postId}-c`, { postId, version: 2 }),
]);
const numbered = history.map((event, index) => ({ ...event, id: `e${index}`, sequence: index + 1 }));

/** A bus that gives its history in pages. */
interface Bus {
  log?: object[];
  /** How many events a page holds. */
  page?: number;
  ready?: () => boolean;
}

async function startBus({ log = numbered, page = 4, ready = () => true }: Bus = {}) {
  const bus = life.closing(
    await startStubBus(({ url }, res) => {
      if (!ready()) return answerJson(res, 503, {});
      const after = Number(new URL(url, 'http://bus').searchParams.get('after'));
      const rest = log.slice(after);
      const next = { Link: `</events?after=${after + page}>; rel="next"` };
      answerJson(res, 200, rest.slice(0, page), rest.length > page ? next : {});
    }),
  );
  const afters = () => bus.requests.map(({ url }) => Number(new URL(url, 'http://bus').searchParams.get('after')));
  return { ...bus, afters };
}

/** A classic bus: all it has, as it came, whatever is asked. */
async function startClassicBus(log: object[]) {
  return life.closing(await startStubBus((_request, res) => answerJson(res, 200, log)));
}

type Query = ReturnType<typeof startQuery>;

/** Catches up as main.ts does. */
function catchUpFrom({ url }: { url: string }, { apply, store }: Query) {
  const bus = life.closing(createBusClient({ url }));
  const catchUp = startCatchUp({ bus, apply, progress: store.catchUp, logger: silentLogger });
  life.closing({
    close: () => {
      catchUp.stop();
      return catchUp.done;
    },
  });
  return catchUp;
}

/** What the read model must be: made by pushes in the order of the log. */
async function pushedDump(events: object[]): Promise<string> {
  const { push, file } = startQuery(life, 'pushed.db');
  for (const event of events) await push(event);
  return dumpOf(file);
}

describe('Catching up', () => {
  it('waits, instead of asking at full speed, where a page leads nowhere', async () => {
    const warn = jest.fn();
    const pages = [
      { events: [], more: true },
      { events: [], more: false },
    ];
    const { done } = startCatchUp({
      bus: { history: () => Promise.resolve(pages.shift() ?? { events: [], more: false }) },
      apply: () => Promise.resolve(),
      progress: () => ({ sequence: 4, complete: false }),
      logger: Object.assign(Object.create(silentLogger), { warn }),
    });
    await done;
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it('fills a new read model page by page, and once only', async () => {
    const [bus, query] = [await startBus(), startQuery(life)];
    await catchUpFrom(bus, query).done;
    expect(dumpOf(query.file)).toBe(await pushedDump(numbered));
    expect(query.store.catchUp()).toEqual({ sequence: 9, complete: true });
    await catchUpFrom(bus, query).done;
    expect(bus.afters()).toEqual([0, 4, 8]);
  });

  it('waits while the bus is away', async () => {
    let asked = 0;
    const bus = await startBus({ ready: () => (asked += 1) > 1 });
    const query = startQuery(life);
    await catchUpFrom(bus, query).done;
    expect(bus.afters()).toEqual([0, 0, 4, 8]);
    expect(dumpOf(query.file)).toBe(await pushedDump(numbered));
  });

  it('goes on where it was cut off, in a later process', async () => {
    let pages = 0;
    const bus = await startBus({ ready: () => (pages += 1) <= 1 });
    const query = startQuery(life);
    const cutOff = catchUpFrom(bus, query);
    await eventually(() => expect(bus.afters()).toEqual([0, 4]));
    cutOff.stop();
    await cutOff.done;
    expect(query.store.catchUp()).toEqual({ sequence: 4, complete: false });
    query.store.close();

    const again = startQuery(life);
    const back = await startBus();
    await catchUpFrom(back, again).done;
    expect(back.afters()).toEqual([4, 8]);
    expect(dumpOf(again.file)).toBe(await pushedDump(numbered));
  });

  it('meets what is pushed meanwhile, in any order, without harm', async () => {
    const [bus, query] = [await startBus({ page: 1 }), startQuery(life)];
    const catchUp = catchUpFrom(bus, query);
    for (const event of [...numbered].reverse()) await query.push(event);
    await catchUp.done;
    expect(dumpOf(query.file)).toBe(await pushedDump(numbered));
  });

  it('applies a page and notes it together, or neither', async () => {
    const [bus, query] = [await startBus(), startQuery(life)];
    refuseWritesTo('comments', query.file);
    const catchUp = catchUpFrom(bus, query);
    await eventually(() => expect(bus.afters().length).toBeGreaterThan(1));
    catchUp.stop();
    await catchUp.done;
    expect(query.store.catchUp()).toEqual({ sequence: 0, complete: false });
    expect(dumpOf(query.file)).toBe(await pushedDump([]));
  });

  it('passes over events that are not valid, unknown or not its own', async () => {
    const odd = [
      { type: 'PostCreated', data: { title: 'Of nothing' } },
      { type: 'Unheard' },
      { data: 1 },
      { type: 'Unheard', data: {} },
    ];
    const log = [...odd, ...history].map((event, index) => ({ ...event, sequence: index + 1 }));
    const [bus, query] = [await startBus({ log }), startQuery(life)];
    await catchUpFrom(bus, query).done;
    expect(dumpOf(query.file)).toBe(await pushedDump(log.slice(odd.length)));
  });

  it('of an empty history is asked again at the next start, for what came meanwhile', async () => {
    const query = startQuery(life);
    await catchUpFrom(await startBus({ log: [] }), query).done;
    await catchUpFrom(await startBus(), query).done;
    expect(dumpOf(query.file)).toBe(await pushedDump(numbered));
  });
});

describe('Catching up with a classic bus', () => {
  const data = { id: '2e', content: 'Nice', postId: '1f', status: 'pending' };
  const classic = [
    { type: 'PostCreated', data: { id: '1f', title: 'Hello' } },
    { type: 'CommentCreated', data },
    { type: 'CommentModerated', data: { ...data, status: 'approved' } },
    { type: 'CommentUpdated', data: { ...data, status: 'approved' } },
  ];

  it('takes the whole history at each start, and changes nothing the second time', async () => {
    const query = startQuery(life);
    await catchUpFrom(await startClassicBus(classic), query).done;
    const [dump, changes] = [dumpOf(query.file), query.store.changes.newest()];
    expect(dump).toBe(await pushedDump(classic));
    const second = await startClassicBus(classic);
    await catchUpFrom(second, query).done;
    expect(second.requests).toHaveLength(1);
    expect(dumpOf(query.file)).toBe(dump);
    expect(query.store.changes.newest()).toBe(changes);
  });
});

it('ends at once when it is stopped between two tries', async () => {
  const query = startQuery(life);
  const tried: number[] = [];
  const bus = {
    history: (after: number): Promise<{ events: ReceivedEnvelope[]; more: boolean }> => {
      tried.push(after);
      return Promise.reject(new Error('away'));
    },
  };
  const apply = () => Promise.reject(new Error('nothing comes to be applied'));
  const catchUp = startCatchUp({ bus, apply, progress: query.store.catchUp, logger: silentLogger });
  await eventually(() => expect(tried).toEqual([0]));
  catchUp.stop();
  await catchUp.done;
  expect(tried).toEqual([0]);
});
