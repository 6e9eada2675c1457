import { createDeadLetters, type DeadLetters } from '../src/delivery/dead-letters';
import { createReplay } from '../src/delivery/replay';
import { createScenario, type Scenario } from './simulation/scenario';

const minutes = 60_000;
/** Keys that the subscriber refuses at present. */
let refused: Set<string>;
let bus: Scenario;
let letters: DeadLetters;
beforeEach(() => {
  refused = new Set();
});

const refusal = ({ key }: { key: string }) => (refused.has(key) ? 400 : undefined);

async function start(...given: Parameters<typeof createScenario>): Promise<void> {
  bus = createScenario(...given);
  let jobs = 0;
  letters = createDeadLetters({
    ...{ state: bus.state, dispatcher: bus.life.dispatcher, wallTime: bus.time.clock.wallTime },
    newId: () => `job-${(jobs += 1)}`,
    onFatal: (error) => bus.life.fatal.push(error),
  });
  await bus.pass(1);
}

/** The sequences that the subscriber got since a time, of one key where it is given. */
const received = (group: string, since = 0): number[] =>
  bus
    .subscriber(group)
    .pushes.filter(({ at }) => at >= since)
    .flatMap(({ sequences }) => sequences);

afterEach(() => {
  expect(bus.checker.faults).toEqual([]);
  expect(bus.life.fatal).toEqual([]);
});

describe('a dead letter that is delivered again', () => {
  async function withDeadLetters(keys: string[]): Promise<number[]> {
    refused = new Set(keys);
    const sequences = await bus.publish(keys);
    await bus.pass(5 * minutes);
    refused.clear();
    return sequences;
  }

  it('is delivered once, though it is asked for twice at once, and its lineage is kept', async () => {
    await start({ g: { refusal } });
    const [dead] = await withDeadLetters(['bad']);
    const since = bus.time.clock.now();
    const [job, second] = await Promise.all([letters.redeliver({ group: 'g' }), letters.redeliver({ group: 'g' })]);
    await bus.pass(1_000);
    expect([job.total, second.total]).toEqual([1, 0]);
    expect(received('g', since)).toEqual([dead]);
    expect(await letters.job(job.id)).toMatchObject({ waiting: 0, delivered: 1 });
    const [kept] = await letters.list({}, { limit: 9 });
    expect(kept).toMatchObject({ phase: 'redelivered', redeliveries: 1, job: job.id, attempts: 8 });
    expect(bus.status('g').parked.keys).toBe(0);
  });

  it('disturbs neither other keys nor the later events of its own, which were delivered before', async () => {
    await start({ g: { refusal } });
    const dead = await withDeadLetters(['bad']);
    await bus.publish(['good', 'bad', 'good']);
    await bus.pass(1_000);
    const since = bus.time.clock.now();
    await letters.redeliver({ group: 'g' });
    await bus.pass(1_000);
    expect(received('g', since)).toEqual(dead);
    const next = await bus.publish(['bad']);
    await bus.pass(1_000);
    expect(received('g', since)).toEqual([...dead, ...next]);
  });

  it('goes before whatever of its key waits', async () => {
    await start({ g: { refusal } });
    const dead = await withDeadLetters(['bad', 'bad']);
    refused.add('bad');
    const waiting = await bus.publish(['bad', 'bad']);
    await bus.pass(300);
    refused.clear();
    const since = bus.time.clock.now();
    await letters.redeliver({ group: 'g' });
    await bus.pass(1 * minutes);
    expect(received('g', since)).toEqual([...dead, ...waiting]);
  });

  it('lets the key go on that it halted, in order', async () => {
    await start({ g: { refusal, onDeadLetter: 'halt-key' } });
    const [dead] = await withDeadLetters(['bad']);
    const later = await bus.publish(['bad', 'bad']);
    await bus.pass(1_000);
    expect(bus.status('g').parked.first).toMatchObject([{ key: 'bad', state: 'halted' }]);
    const since = bus.time.clock.now();
    await letters.redeliver({ key: 'bad' });
    await bus.pass(1_000);
    expect(received('g', since)).toEqual([dead, ...later]);
    expect(bus.status('g').parked.keys).toBe(0);
  });

  it('is a dead letter again when it is refused again, and its key stays halted', async () => {
    await start({ g: { refusal, onDeadLetter: 'halt-key', maxAttempts: 3 } });
    await withDeadLetters(['bad']);
    refused.add('bad');
    await bus.publish(['bad']);
    const job = await letters.redeliver({ group: 'g' });
    await bus.pass(5 * minutes);
    expect(await letters.job(job.id)).toMatchObject({ waiting: 0, delivered: 0, failed: 1 });
    expect(await letters.list({ phase: 'dead' }, { limit: 9 })).toMatchObject([{ redeliveries: 1, sequence: 1 }]);
    expect(bus.status('g').parked.first).toMatchObject([{ key: 'bad', state: 'halted', sequence: 2 }]);
  });

  it('waits while its subscriber is away, and is not lost by a restart of the bus', async () => {
    await start({ g: { refusal } });
    const dead = await withDeadLetters(['bad', 'worse', 'bad']);
    bus.behave('g', { state: 'refusing' });
    const job = await letters.redeliver({ group: 'g' });
    await bus.pass(1 * minutes);
    bus.restart();
    bus.behave('g', { state: 'up' });
    const since = bus.time.clock.now();
    await bus.pass(1 * minutes);
    expect(received('g', since).sort()).toEqual(dead);
    expect(await bus.state.job(job.id)).toMatchObject({ waiting: 0, delivered: 3 });
  });

  it('can be discarded: its key goes on without it', async () => {
    await start({ g: { refusal, onDeadLetter: 'halt-key' } });
    const [dead = 0] = await withDeadLetters(['bad']);
    const later = await bus.publish(['bad']);
    const since = bus.time.clock.now();
    await letters.discard({ group: 'g', sequence: dead });
    await bus.pass(1_000);
    expect(received('g', since)).toEqual(later);
    expect(await letters.list({}, { limit: 9 })).toEqual([]);
    await expect(letters.discard({ group: 'g', sequence: dead })).rejects.toThrow('no dead letter g:1');
  });
});

describe('a pause', () => {
  it('holds everything back in order, outlasts a restart, and ends when the group is resumed', async () => {
    await start({ g: {}, other: {} });
    await bus.life.dispatcher.pause('g', 'paused by an operator');
    const sequences = await bus.publish(['a', 'b', 'a']);
    await bus.pass(1 * minutes);
    bus.restart();
    await bus.pass(1 * minutes);
    expect(received('g')).toEqual([]);
    expect(received('other')).toHaveLength(3);
    expect(bus.status('g')).toMatchObject({ state: 'paused', reason: 'paused by an operator', lag: { events: 3 } });
    await bus.life.dispatcher.resume('g');
    await bus.pass(1_000);
    expect(received('g').sort()).toEqual(sequences);
    expect(bus.status('g')).toMatchObject({ state: 'flowing', lag: { events: 0 } });
  });
});

describe('a replay', () => {
  const replays = () => createReplay({ log: bus.log, dispatcher: bus.life.dispatcher });

  it('delivers a group everything again from a place on, and leaves the others alone', async () => {
    await start({ g: {}, other: {} });
    await bus.publish(['a', 'b', 'a', 'c']);
    await bus.pass(1_000);
    const since = bus.time.clock.now();
    expect(await replays().preview('g', { from: 2 })).toEqual({ from: 2, events: 3 });
    expect(received('g', since)).toEqual([]);
    expect(await replays().replay('g', { from: 2 })).toEqual({ from: 2, events: 3 });
    await bus.pass(1_000);
    expect(received('g', since).sort()).toEqual([2, 3, 4]);
    expect(received('other', since)).toEqual([]);
  });

  it('begins with a moment', async () => {
    await start({ g: {} });
    await bus.publish(['a', 'b']);
    await bus.pass(10_000);
    const moment = new Date(bus.time.clock.wallTime());
    await bus.publish(['c']);
    await bus.pass(1_000);
    expect(await replays().preview('g', { from: moment })).toEqual({ from: 3, events: 1 });
    expect(await replays().preview('g', { from: new Date(0) })).toEqual({ from: 1, events: 3 });
  });

  it('of one key leaves the other keys alone', async () => {
    await start({ g: {} });
    await bus.publish(['a', 'b', 'a', 'b', 'a']);
    await bus.pass(1_000);
    const since = bus.time.clock.now();
    bus.checker.askedAgain('g', since);
    expect(await replays().replay('g', { from: 'beginning', key: 'a' })).toEqual({ from: 1, events: 3 });
    const next = await bus.publish(['a', 'b']);
    await bus.pass(1_000);
    expect(received('g', since).filter((sequence) => sequence !== next[1])).toEqual([1, 3, 5, next[0]]);
  });

  it('gives dead letters another chance', async () => {
    await start({ g: { refusal, onDeadLetter: 'halt-key' } });
    refused.add('bad');
    await bus.publish(['bad', 'good', 'bad']);
    await bus.pass(5 * minutes);
    refused.clear();
    await replays().replay('g', { from: 'beginning' });
    await bus.pass(1_000);
    expect(bus.checker.hasHandled('g', [1, 2, 3])).toBe(true);
    expect(await letters.list({}, { limit: 9 })).toEqual([]);
  });

  it('of a halted key, from after what halted it, changes nothing', async () => {
    await start({ g: { refusal, onDeadLetter: 'halt-key' } });
    refused.add('bad');
    await bus.publish(['bad', 'bad']);
    await bus.pass(5 * minutes);
    refused.clear();
    await bus.publish(['bad', 'good']);
    await bus.pass(1_000);
    const since = bus.time.clock.now();
    await replays().replay('g', { from: 2, key: 'bad' });
    await bus.pass(5 * minutes);
    expect(received('g', since)).toEqual([]);
    expect(bus.status('g').parked.first).toMatchObject([{ key: 'bad', state: 'halted' }]);
  });

  it('never skips what was not delivered yet', async () => {
    await start({ g: {} });
    bus.behave('g', { state: 'refusing' });
    await bus.publish(['a', 'b', 'a']);
    await bus.pass(1_000);
    await expect(replays().replay('g', { from: 3 })).rejects.toMatchObject({ faults: [{ path: 'from' }] });
    await replays().replay('g', { from: 'beginning', key: 'a' });
    bus.behave('g', { state: 'up' });
    await bus.pass(1 * minutes);
    expect(received('g').length).toBeGreaterThanOrEqual(3);
    expect(bus.checker.missing('g')).toEqual([]);
  });
});
