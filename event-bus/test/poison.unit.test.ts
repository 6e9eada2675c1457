import { createScenario, type Scenario } from './simulation/scenario';
import type { Front } from './simulation/subscriber';

const seconds = 1_000;
const minutes = 60 * seconds;
const keys = (count: number): string[] => Array.from({ length: count }, (_, n) => `k${n}`);

async function started(...given: Parameters<typeof createScenario>): Promise<Scenario> {
  const bus = createScenario(...given);
  await bus.pass(1);
  return bus;
}

async function deadOf(bus: Scenario): Promise<number[]> {
  const letters = await bus.state.letters({ group: 'g' }, { limit: 1_000 });
  return letters.map(({ sequence }) => sequence);
}

/** Publishes events of ten keys for so long, one each 100 ms, and gives how long the last ones waited, longest last. */
async function flowFor(bus: Scenario, ms: number): Promise<number[]> {
  const start = bus.log.head();
  for (let passed = 0; passed < ms; passed += 100) {
    await bus.publish([`k${(passed / 100) % 10}`]);
    await bus.pass(100);
  }
  await bus.pass(seconds);
  return bus.waits('g', ({ sequence }) => sequence > start);
}

const kills = (...sequences: number[]) => {
  const poison = new Set(sequences);
  return ({ sequence }: { sequence: number }) => (poison.has(sequence) ? 'kills' : undefined);
};

describe.each<[Front, number]>([
  ['nothing', 1],
  ['nothing', 10],
  ['breaks', 1],
  ['breaks', 10],
  ['breaks requests', 1],
  ['breaks requests', 10],
  ['answers 502', 1],
  ['answers 502', 10],
])('an event of which the subscriber dies, with %s in front of it and batches of %i', (front, batch) => {
  it('is given up after it has killed the subscriber alone, and no other event is', async () => {
    const bus = await started({ g: { maxAttempts: 3, front, batch, fate: kills(4, 7) } });
    await bus.publish([...keys(10), ...keys(10)]);
    // Its tries may be up to a minute apart, and the answers of a proxy tell nothing of it.
    await flowFor(bus, 4 * minutes);
    expect(await deadOf(bus)).toEqual([4, 7]);
    expect(await bus.drain(['g'], seconds)).toBeLessThan(seconds);
    expect(await flowFor(bus, 10 * seconds)).toEqual(expect.not.arrayContaining([Infinity]));
    expect(bus.checker.faults).toEqual([]);
  });

  it('is given up though the bus restarts again and again', async () => {
    const bus = await started({ g: { maxAttempts: 3, front, batch, fate: kills(4) } });
    await bus.publish(keys(10));
    for (let life = 0; life < 20; life += 1) {
      await flowFor(bus, 10 * seconds);
      bus.restart();
    }
    expect(await deadOf(bus)).toEqual([4]);
    expect(bus.checker.faults).toEqual([]);
  });
});

// Twenty simulated minutes of events take their time on a busy machine.
jest.setTimeout(120_000);

describe('an event of which a process dies', () => {
  it('kills it no more often because it comes in a batch behind others of its key', async () => {
    const bus = await started({ g: { batch: 100, maxAttempts: 3, fate: kills(50) } });
    await bus.publish(Array.from({ length: 90 }, () => 'k'));
    await flowFor(bus, 2 * minutes);
    expect(await deadOf(bus)).toEqual([50]);
    expect(bus.checker.faults).toEqual([]);
  });

  it.each([
    [1, 1, 10 * seconds],
    [1, 1, 10 * minutes],
    [1, 40, 10 * seconds],
    [1, 40, 10 * minutes],
    [2, 1, 10 * seconds],
    [2, 1, 10 * minutes],
    [2, 40, 10 * seconds],
    [2, 40, 10 * minutes],
  ])(
    'is given up by %i of them though %i other keys are not answered for %i ms',
    async (processes, hangingKeys, timeoutMs) => {
      const endpoints = Array.from({ length: processes }, (_, n) => `http://g-${n}/events`);
      const dies = kills(4);
      const bus = await started({
        g: {
          endpoints,
          maxAttempts: 3,
          timeoutMs,
          fate: (event) => (event.key.startsWith('hanging') ? 'hangs' : dies(event)),
        },
      });
      await bus.publish(keys(10));
      await bus.publish(Array.from({ length: hangingKeys }, (_, n) => `hanging${n}`));
      await flowFor(bus, 5 * minutes);
      expect(await deadOf(bus)).toEqual([4]);
      expect(await flowFor(bus, 10 * seconds)).toEqual(expect.not.arrayContaining([Infinity]));
      expect(bus.checker.faults).toEqual([]);
    },
  );
});

describe('an event of which the subscriber dies, with no other traffic', () => {
  it('is given up, as the subscriber is gone after each try', async () => {
    const bus = await started({ g: { maxAttempts: 3, fate: kills(1) } });
    await bus.publish(['k']);
    await bus.pass(10 * minutes);
    expect(await deadOf(bus)).toEqual([1]);
  });

  it('waits if a proxy hides whether the subscriber is there, until others are done', async () => {
    const bus = await started({ g: { maxAttempts: 3, front: 'breaks requests', fate: kills(1) } });
    await bus.publish(['k']);
    await bus.pass(60 * minutes);
    expect(await deadOf(bus)).toEqual([]);
    await flowFor(bus, 10 * minutes);
    expect(await deadOf(bus)).toEqual([1]);
  });
});

describe('a subscriber that is only away', () => {
  it.each<Front>(['nothing', 'breaks', 'breaks requests', 'answers 502'])(
    'with %s in front of it gets everything later',
    async (front) => {
      const bus = await started({ g: { maxAttempts: 1, front, batch: 5 } });
      await flowFor(bus, 2 * seconds);
      bus.crash('g', 10 * minutes);
      await flowFor(bus, 9 * minutes);
      bus.restart();
      await flowFor(bus, 2 * minutes);
      expect(await bus.drain(['g'], 2 * minutes)).toBeLessThan(2 * minutes);
      expect(await deadOf(bus)).toEqual([]);
      expect(bus.checker.faults).toEqual([]);
    },
  );

  it('gets everything though it is started anew every few seconds', async () => {
    const bus = await started({ g: { maxAttempts: 2, front: 'breaks' } });
    for (let round = 0; round < 40; round += 1) {
      await flowFor(bus, 2 * seconds + round * 50);
      bus.crash('g', 500);
    }
    await bus.drain(['g'], 2 * minutes);
    expect(await deadOf(bus)).toEqual([]);
    expect(bus.checker.faults).toEqual([]);
  });
});

describe('an event that is answered 500 for ever', () => {
  const refusal = ({ key }: { key: string }) => (key === 'ill' ? 500 : undefined);

  it('is given up after four times the attempts while other keys are done', async () => {
    const bus = await started({ g: { maxAttempts: 3, refusal } });
    await bus.publish(['ill']);
    await flowFor(bus, 10 * minutes);
    expect(await deadOf(bus)).toEqual([1]);
    const [letter] = await bus.state.letters({ group: 'g' }, { limit: 1 });
    // The first one does not count: nothing tells yet whether other keys are well.
    expect([12, 13]).toContain(letter?.attempts);
    expect(bus.checker.faults).toEqual([]);
  });

  it('waits as long as nothing else is done', async () => {
    const bus = await started({ g: { maxAttempts: 1, refusal } });
    await bus.publish(['ill']);
    await bus.pass(60 * minutes);
    expect(await deadOf(bus)).toEqual([]);
    expect(bus.status('g').parked.keys).toBe(1);
  });
});
