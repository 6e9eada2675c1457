import { silentLogger } from '@blog/kit';
import type { DispatcherDeps } from '../src/delivery/dispatcher';
import { Fault } from '../src/faults/fault';
import { createFaults, type Faults } from '../src/faults/faults';
import type { World } from './simulation/bus';
import { createScenario, type Scenario } from './simulation/scenario';
import { runSchedule } from './simulation/schedule';
import { createSeededRandom, type SeededRandom } from './simulation/seeded-random';

const minutes = 60_000;

/** Puts faults between a bus and its subscribers; `give` gets hold of them. */
function withFaultsIn(give: (faults: Faults, deps: DispatcherDeps) => void, retryNow: (group: string) => void) {
  return (deps: DispatcherDeps): DispatcherDeps => {
    const { clock, random } = deps;
    const faults = createFaults({ clock, random, logger: silentLogger, onEnd: retryNow });
    give(faults, deps);
    return { ...deps, openSender: (...given) => faults.wrap(given[0], deps.openSender(...given)) };
  };
}

async function started(
  groups: Parameters<typeof createScenario>[0],
): Promise<{ bus: Scenario; faults: Faults; put: (body: object) => void }> {
  const made: Faults[] = [];
  const sabotage = withFaultsIn(
    (faults) => made.push(faults),
    (group) => bus.life.dispatcher.retryNow(group),
  );
  const bus: Scenario = createScenario(groups, { sabotage });
  const [faults] = made;
  if (!faults) throw new Error('no faults');
  await bus.pass(1);
  return { bus, faults, put: (body) => void faults.put('g', Fault.parse(body)) };
}

const keys = (count: number): string[] => Array.from({ length: count }, (_, n) => `k${n}`);

/** The sequences that group `g` got, in the order of the pushes. */
const got = (bus: Scenario): number[] => bus.subscriber('g').pushes.flatMap(({ sequences }) => sequences);

/** Publishes five rounds of ten keys; the sequences of a key are 10 apart. */
async function publishRounds(bus: Scenario): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    await bus.publish(keys(10));
    await bus.pass(50);
  }
}

function expectOrder(bus: Scenario): void {
  for (let key = 0; key < 10; key += 1) {
    const ofKey = got(bus).filter((sequence) => sequence % 10 === key);
    expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
  }
}

/** What comes again after its answer is what was asked for. */
const butRepeats = (faults: readonly string[]): string[] => faults.filter((fault) => !/after its answer$/.test(fault));

describe.each([
  [{ stop: true }],
  [{ delayMs: 700, percent: 50 }],
  [{ fail: '500', percent: 40 }],
  [{ fail: '429', percent: 100 }],
  [{ fail: 'timeout', percent: 50 }],
  [{ duplicate: 60 }],
  [{ reorderAcrossKeys: true }],
  [{ delayMs: 300, fail: 'timeout', percent: 30, duplicate: 50, reorderAcrossKeys: true }],
])('under %j', (body) => {
  it.each([1, 8])('everything comes, each key in its order, with batches of %i', async (batch) => {
    const { bus, faults, put } = await started({ g: { batch, timeoutMs: 1_000 } });
    put({ ...body, seconds: 30 });
    await publishRounds(bus);
    await bus.pass(29_000);
    expect(faults.list()).toHaveLength(1);
    await bus.pass(1_000);
    expect(faults.list()).toEqual([]);
    expect(await bus.drain(['g'], 10 * minutes)).toBeLessThan(5_000);
    // A batch that comes twice is in order each time.
    const isRepeated = 'duplicate' in body || ('fail' in body && body.fail === 'timeout');
    if (batch === 1 || !isRepeated) expectOrder(bus);
    expect(isRepeated ? butRepeats(bus.checker.faults) : bus.checker.faults).toEqual([]);
    expect(await bus.state.countDeadLetters('g')).toBe(0);
  });
});

describe('a fault', () => {
  it('that stops a subscriber sends it nothing', async () => {
    const { bus, put } = await started({ g: {} });
    put({ stop: true });
    await publishRounds(bus);
    await bus.pass(50_000);
    expect(got(bus)).toEqual([]);
    expect(bus.status('g')).toMatchObject({ state: 'down', reason: 'stopped on purpose', cursor: 0 });
  });

  it('that refuses events makes dead letters, which tell that it was on purpose', async () => {
    const { bus, put } = await started({ g: { maxAttempts: 2 } });
    put({ fail: '400', percent: 50, seconds: 600 });
    await publishRounds(bus);
    await bus.pass(5 * minutes);
    const letters = await bus.state.letters({}, { limit: 50 });
    expect(letters.length).toBeGreaterThan(0);
    expect(new Set(letters.map(({ reason }) => reason))).toEqual(new Set(['answered 400 on purpose']));
    expect(got(bus).length + letters.length).toBe(50);
  });

  it('that duplicates brings each event twice, one after the other', async () => {
    const { bus, faults, put } = await started({ g: {} });
    put({ duplicate: 100 });
    await publishRounds(bus);
    await bus.pass(10_000);
    expect(got(bus)).toHaveLength(100);
    expect(faults.list()).toMatchObject([{ group: 'g', counts: { pushes: 50, duplicated: 50 } }]);
  });

  it('that reorders lets keys overtake each other', async () => {
    const { bus, put } = await started({ g: {} });
    put({ reorderAcrossKeys: true });
    await bus.publish(keys(30));
    await bus.pass(10_000);
    expect(got(bus)).not.toEqual([...got(bus)].sort((a, b) => a - b));
    expect(got(bus)).toHaveLength(30);
  });

  it.each([[{ fail: '500' }], [{ stop: true }], [{ delayMs: 60_000 }], [{ fail: 'timeout' }]])(
    'of %j that is ended lets everything go at once',
    async (body) => {
      const { bus, faults, put } = await started({ g: { timeoutMs: 5 * minutes } });
      put({ ...body, seconds: 600 });
      await publishRounds(bus);
      await bus.pass(4 * minutes);
      if (!('fail' in body && body.fail === 'timeout')) expect(got(bus).length).toBeLessThan(50);
      faults.end('g');
      expect(await bus.drain(['g'], 10 * minutes)).toBeLessThan(500);
      await bus.pass(500);
      expect(bus.status('g')).toMatchObject({ cursor: 50, parked: { keys: 0 } });
    },
  );

  it('takes the place of the one before, and is gone with the bus', async () => {
    const { bus, faults, put } = await started({ g: {} });
    put({ stop: true, seconds: 1 });
    put({ duplicate: 100, seconds: 100 });
    await bus.publish(['a']);
    await bus.pass(50_000);
    expect(got(bus)).toEqual([1, 1]);
    faults.close();
    expect(faults.list()).toEqual([]);
    expect(() => faults.end('g')).toThrow('Nothing goes wrong');
  });
});

function randomFault(random: SeededRandom): Fault {
  const sometimes = <T>(value: T, part = 0.3): T | undefined => (random.chance(part) ? value : undefined);
  const body = {
    ...{ stop: sometimes(true, 0.1), delayMs: sometimes(random.between(1, 3_000)) },
    ...{ fail: sometimes(random.pick(['500', '429', '400', 'timeout'])), duplicate: sometimes(random.between(1, 100)) },
    ...{ reorderAcrossKeys: true, seconds: random.between(1, 20) },
  };
  const percent = (body.delayMs ?? body.fail) ? { percent: random.between(1, 100) } : {};
  return Fault.parse({ ...body, ...percent });
}

/** Faults come and go at random for the first minute of each life, while everything else goes wrong too. */
function faultsAtRandom(seed: number): NonNullable<World['sabotage']> {
  const random = createSeededRandom(seed + 1_000_000);
  return (deps, subscriptions) => {
    const sabotage = withFaultsIn(
      (faults, { clock }) => {
        const next = (): void => {
          if (clock.now() > minutes) return;
          faults.put(random.pick(Object.keys(subscriptions)), randomFault(random));
          if (random.chance(0.2)) faults.endAll();
          clock.schedule(random.between(0, 5_000), next);
        };
        next();
      },
      () => undefined,
    );
    return sabotage(deps);
  };
}

describe('faults on purpose, besides all others', () => {
  it('lose nothing and break no order', async () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const found = await runSchedule(seed, { sabotage: faultsAtRandom(seed) });
      // The subscriber knows nothing of what was refused in its name, and no group is spared here.
      const faults = butRepeats(found).filter((fault) => !/gave up \d+ after|is held up/.test(fault));
      if (faults.length > 0) throw new Error(`schedule ${seed}:\n${faults.slice(0, 10).join('\n')}`);
    }
  }, 300_000);
});
