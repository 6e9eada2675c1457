import { createSkip } from '../src/delivery/skip';
import { createScenario, type Scenario } from './simulation/scenario';

const minutes = 60_000;
let refused: Set<string>;
beforeEach(() => {
  refused = new Set();
});

const refusal = ({ key }: { key: string }): number | undefined => (refused.has(key) ? 503 : undefined);

async function started(...given: Parameters<typeof createScenario>): Promise<Scenario> {
  const bus = createScenario(...given);
  await bus.pass(1);
  return bus;
}

const skipIn = (bus: Scenario, sequence: number): Promise<void> =>
  createSkip({ log: bus.log, dispatcher: bus.life.dispatcher })('g', sequence);

const commandsOf = (bus: Scenario) => bus.life.dispatcher.keyCommands('g');

const received = (bus: Scenario, since = 0): number[] =>
  bus
    .subscriber('g')
    .pushes.filter(({ at }) => at >= since)
    .flatMap(({ sequences }) => sequences);

/** Lets time pass while a command waits for its turn. */
async function meanwhile<T>(bus: Scenario, command: Promise<T>, ms = 5_000): Promise<T> {
  const done = command.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  await bus.pass(ms);
  const result = await done;
  if ('error' in result) throw result.error;
  return result.value;
}

describe('an operator who skips an event', () => {
  it('makes a dead letter of the one that fails, and its key goes on in order', async () => {
    const bus = await started({ g: { refusal } });
    refused.add('a');
    const [first = 0, second, , third] = await bus.publish(['a', 'a', 'b', 'a']);
    await bus.pass(minutes);
    const since = bus.time.clock.now();
    await meanwhile(bus, skipIn(bus, first), 1);
    refused.clear();
    await bus.pass(2 * minutes);
    expect(received(bus, since)).toEqual(expect.arrayContaining([second, third]));
    expect(received(bus, since)).not.toContain(first);
    const [letter] = await bus.state.letters({}, { limit: 9 });
    expect(letter).toMatchObject({ sequence: first, reason: 'skipped by an operator', phase: 'dead' });
    expect(bus.status('g')).toMatchObject({ cursor: 4, parked: { keys: 0 } });
  });

  it('ends the push of an event that hangs', async () => {
    const bus = await started({ g: { timeoutMs: 10 * minutes } });
    bus.behave('g', { state: 'hanging' });
    const [first = 0, second] = await bus.publish(['a', 'a']);
    await bus.pass(5_000);
    bus.behave('g', { state: 'up' });
    const since = bus.time.clock.now();
    await meanwhile(bus, skipIn(bus, first), 100);
    await bus.pass(5_000);
    expect(received(bus, since)).toEqual([second]);
    expect(await bus.state.countDeadLetters('g')).toBe(1);
  });

  it('is told if another event of the key comes first, or if the event is done', async () => {
    const bus = await started({ g: { refusal } });
    await bus.publish(['b']);
    refused.add('a');
    await bus.publish(['a', 'a']);
    await bus.pass(1_000);
    await expect(meanwhile(bus, skipIn(bus, 3))).rejects.toThrow('Event 3 waits for event 2 of its key');
    await expect(meanwhile(bus, skipIn(bus, 1))).rejects.toThrow('Event 1 does not wait any more');
    await expect(skipIn(bus, 99)).rejects.toThrow('There is no event 99');
    expect(await bus.state.countDeadLetters('g')).toBe(0);
  });

  it('skips the next event of a key that was halted, and the key stays halted', async () => {
    const bus = await started({ g: {} });
    await meanwhile(bus, commandsOf(bus).halt('a'), 1);
    const [first = 0, second] = await bus.publish(['a', 'a']);
    await bus.pass(1_000);
    await meanwhile(bus, skipIn(bus, first), 1);
    await bus.pass(minutes);
    expect(received(bus)).toEqual([]);
    await meanwhile(bus, commandsOf(bus).release('a'), 1_000);
    expect(received(bus)).toEqual([second]);
  });
});

describe('an operator who halts a key', () => {
  it('keeps all its events back until it is released, also after a restart and a replay; others go on', async () => {
    const bus = await started({ g: {} });
    const before = await bus.publish(['a', 'b']);
    await bus.pass(1_000);
    await meanwhile(bus, commandsOf(bus).halt('a'), 1);
    const held = await bus.publish(['a', 'a']);
    const others = await bus.publish(['b', 'c']);
    await bus.pass(minutes);
    expect(received(bus)).toEqual([...before, ...others]);
    expect(bus.status('g').parked.first).toMatchObject([
      { key: 'a', state: 'halted', reason: 'halted by an operator' },
    ]);
    bus.restart();
    await bus.pass(minutes);
    const since = bus.time.clock.now();
    bus.checker.askedAgain('g', since + minutes);
    await bus.life.dispatcher.rewind('g', 0);
    await bus.pass(1_000);
    expect(received(bus, since)).not.toContain(held[0]);
    await meanwhile(bus, commandsOf(bus).release('a'), 1_000);
    expect(received(bus, since).filter((sequence) => ![...others, before[1]].includes(sequence))).toEqual([
      before[0],
      ...held,
    ]);
    expect(bus.checker.faults).toEqual([]);
  });

  it('lets a key that waits for its next try have it at once by a release', async () => {
    const bus = await started({ g: { refusal } });
    refused.add('a');
    await bus.publish(['a']);
    await bus.pass(5 * minutes);
    refused.clear();
    const since = bus.time.clock.now();
    await meanwhile(bus, commandsOf(bus).release('a'), 10);
    expect(received(bus, since)).toEqual([1]);
  });
});

describe('a pause', () => {
  it('begins at once: a batch that is being split sends nothing more', async () => {
    const bus = await started({ g: { batch: 64, refusal: ({ sequence }) => (sequence === 40 ? 400 : undefined) } });
    bus.behave('g', { latencyMs: 400 });
    await bus.publish(Array.from({ length: 64 }, (_, n) => `k${n}`));
    await bus.pass(300);
    await bus.life.dispatcher.pause('g', 'paused by an operator');
    const since = bus.time.clock.now();
    await bus.pass(minutes);
    expect(received(bus, since)).toEqual([]);
    await bus.life.dispatcher.resume('g');
    await bus.pass(minutes);
    expect(bus.checker.missing('g').map(({ sequence }) => sequence)).toEqual([]);
  });

  it('that races a resume is the same in memory and on the disk', async () => {
    const bus = await started({ g: {} });
    const { dispatcher } = bus.life;
    await dispatcher.pause('g', 'paused by an operator');
    await Promise.all([dispatcher.resume('g'), dispatcher.pause('g', 'again')]);
    await bus.pass(1_000);
    const [stored] = await bus.state.groups();
    expect(stored?.pausedBecause).toBe('again');
    expect(bus.status('g')).toMatchObject({ state: 'paused', reason: 'again' });
  });
});
