import { silentLogger } from '../src';
import { createOutbox, createRelay, type Outbox } from '../src/state';
import { eventually } from './eventually';
import { createInMemoryBus, type InMemoryBus, type Outcome } from './in-memory-bus';
import { useTestLife } from './test-life';
import { openThings, thingMade } from './thing-database';

const life = useTestLife();

beforeEach(() => {
  // The shortest back-off, always.
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(() => jest.restoreAllMocks());

function aService(now = () => new Date()) {
  const { db, transaction } = life.closing(openThings(life.file('things.db')));
  const outbox = createOutbox(db, { source: '/things', now });
  const make = (...ids: string[]) =>
    transaction((tx) =>
      outbox.append(
        tx,
        ids.map((id) => thingMade(id, id === 'bad' ? 'Refused' : 'ThingMade')),
      ),
    );
  const relayTo = (bus: InMemoryBus, from: Outbox = outbox) => {
    const relay = createRelay({ outbox: from, bus, logger: silentLogger });
    life.closing({ close: relay.stop });
    return relay;
  };
  return { db, outbox, make, relayTo };
}

const subjectsIn = (bus: InMemoryBus) => bus.log.map(({ subject }) => subject);

/** Outcomes one after the other, then `stored`. */
const outcomes = (list: Outcome[]) => () => list.shift() ?? 'stored';

describe('A relay', () => {
  it('sends what waited before it was started, oldest first and in batches', async () => {
    const { make, relayTo, outbox } = aService();
    for (const id of ['a', 'b', 'c']) await make(id);
    const bus = createInMemoryBus({ batchLimit: 2 });
    await relayTo(bus).drained();
    expect(subjectsIn(bus)).toEqual(['a', 'b', 'c']);
    expect(bus.publishes.map((ids) => ids.length)).toEqual([2, 1]);
    expect(await outbox.pending(10)).toEqual([]);
  });

  it('sends at once when it is told of a commit', async () => {
    const { make, relayTo } = aService();
    const bus = createInMemoryBus();
    const relay = relayTo(bus);
    await relay.drained();
    await make('a');
    relay.nudge();
    await relay.drained();
    expect(subjectsIn(bus)).toEqual(['a']);
  });

  it('misses nothing that is committed while it publishes', async () => {
    const { make, relayTo } = aService();
    const bus = createInMemoryBus();
    const relay = relayTo(bus);
    const ids = Array.from({ length: 50 }, (_, index) => `t${index}`);
    for (const id of ids) {
      await make(id);
      relay.nudge();
    }
    await relay.drained();
    expect(subjectsIn(bus)).toEqual(ids);
  });

  it('hears of a commit that comes just as it finds nothing left', async () => {
    const { relayTo, outbox } = aService();
    let looks = 0;
    const empty: Outbox = {
      ...outbox,
      pending() {
        looks += 1;
        const nothing = Promise.resolve([]);
        // After the relay has seen it, and before its work counts as ended.
        if (looks === 2) void nothing.then(() => queueMicrotask(() => relay.nudge()));
        return nothing;
      },
    };
    const relay = relayTo(createInMemoryBus(), empty);
    await relay.drained();
    relay.nudge();
    await relay.drained();
    expect(looks).toBe(3);
  });

  it('waits while the bus is away, and then sends everything in order', async () => {
    const { make, relayTo } = aService();
    const bus = createInMemoryBus({ outcome: outcomes(Array<Outcome>(5).fill('away')) });
    await make('a', 'b');
    await relayTo(bus).drained();
    expect(subjectsIn(bus)).toEqual(['a', 'b']);
    expect(bus.publishes).toHaveLength(6);
  });

  it('repeats the same events where it never learnt of their end', async () => {
    const { make, relayTo } = aService();
    const bus = createInMemoryBus({ outcome: outcomes(['answer lost']) });
    await make('a', 'b');
    await relayTo(bus).drained();
    expect(bus.publishes[0]).toEqual(bus.publishes[1]);
    expect(subjectsIn(bus)).toEqual(['a', 'b']);
  });

  it('repeats after a crash between the publish and its mark', async () => {
    const { make, relayTo, outbox } = aService();
    await make('a');
    const bus = createInMemoryBus();
    const crashing = { ...outbox, markSent: () => new Promise<void>(() => undefined) };
    const crashed = createRelay({ outbox: crashing, bus, logger: silentLogger });
    await eventually(() => expect(subjectsIn(bus)).toEqual(['a']));
    void crashed.stop();
    await relayTo(bus).drained();
    expect(bus.publishes).toEqual([[bus.log[0]?.id], [bus.log[0]?.id]]);
    expect(subjectsIn(bus)).toEqual(['a']);
    expect(await outbox.pending(10)).toEqual([]);
  });

  it('sets aside what the bus refuses, and sends what is behind it', async () => {
    const { db, make, relayTo } = aService();
    await make('a', 'bad', 'b');
    const bus = createInMemoryBus();
    await relayTo(bus).drained();
    expect(subjectsIn(bus)).toEqual(['a', 'b']);
    const refused = await db
      .withTables<{ outbox_refused: { position: number; reason: string } }>()
      .selectFrom('outbox_refused')
      .select(['position', 'reason'])
      .execute();
    expect(refused).toEqual([{ position: 2, reason: 'not this one' }]);
  });

  it('goes on where the outbox itself could not be read', async () => {
    const { make, relayTo, outbox } = aService();
    await make('a');
    let faults = 2;
    const failing: Outbox = {
      ...outbox,
      pending: (limit) => (faults-- > 0 ? Promise.reject(new Error('disk')) : outbox.pending(limit)),
    };
    const bus = createInMemoryBus();
    await relayTo(bus, failing).drained();
    expect(subjectsIn(bus)).toEqual(['a']);
  });

  it('says once that the outbox can not be read, and again after it could be', async () => {
    const { outbox } = aService();
    let looks = 0;
    const pending: Outbox['pending'] = async (limit) => {
      // The first look is the relay's own, at its start. The next two fail, one succeeds, and all others fail.
      looks += 1;
      if (looks === 1 || looks === 4) return outbox.pending(limit);
      throw new Error('no database');
    };
    const logger = { ...silentLogger, error: jest.fn() } as unknown as typeof silentLogger;
    const relay = createRelay({ outbox: { ...outbox, pending }, bus: createInMemoryBus(), logger });
    life.closing({ close: relay.stop });
    const said = 'could not read the outbox';
    await eventually(() => {
      expect(jest.mocked(logger.error).mock.calls.map(([, message]) => message as unknown)).toEqual([said, said]);
    });
    expect(looks).toBe(5);
  });

  it('sends what another process left behind, without being told', async () => {
    const { make, relayTo } = aService(() => new Date(Date.now() - 3_000));
    const bus = createInMemoryBus();
    await relayTo(bus).drained();
    await make('a');
    await eventually(() => expect(subjectsIn(bus)).toEqual(['a']));
  });

  it('stops after the publish in flight, and what waits is sent after the next start', async () => {
    const { make, relayTo } = aService();
    await make('a', 'b');
    const bus = createInMemoryBus({ batchLimit: 1 });
    await relayTo(bus).stop();
    expect(subjectsIn(bus)).toEqual(['a']);
    await relayTo(bus).drained();
    expect(subjectsIn(bus)).toEqual(['a', 'b']);
  });

  it('stops while the bus is away', async () => {
    const { make, relayTo, outbox } = aService();
    await make('a');
    const bus = createInMemoryBus({ outcome: () => 'away' });
    const relay = relayTo(bus);
    await eventually(() => expect(bus.publishes.length).toBeGreaterThan(1));
    await relay.stop();
    const tried = bus.publishes.length;
    relay.nudge();
    expect({ tried: bus.publishes.length, waiting: (await outbox.pending(10)).length }).toEqual({ tried, waiting: 1 });
  });

  it('stops though the bus never answers, and sends again after the next start', async () => {
    const { make, relayTo } = aService();
    await make('a');
    const hanging = { ...createInMemoryBus(), publish: jest.fn(() => new Promise<void>(() => undefined)) };
    const relay = relayTo(hanging);
    await eventually(() => expect(hanging.publish).toHaveBeenCalled());
    await relay.stop();
    const bus = createInMemoryBus();
    await relayTo(bus).drained();
    expect(subjectsIn(bus)).toEqual(['a']);
  });
});
