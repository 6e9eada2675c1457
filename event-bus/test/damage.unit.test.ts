import { createReplay } from '../src/delivery/replay';
import { createSkip } from '../src/delivery/skip';
import { createScenario, type Scenario } from './simulation/scenario';

const minutes = 60_000;
/** Keys that the subscriber refuses at present. */
let refused: Set<string>;
let bus: Scenario;
beforeEach(() => {
  refused = new Set();
});

const refusal = ({ key }: { key: string }) => (refused.has(key) ? 500 : undefined);
const received = (group: string, since = 0): number[] =>
  bus
    .subscriber(group)
    .pushes.filter(({ at }) => at >= since)
    .flatMap(({ sequences }) => sequences);
const skip = (group: string, sequence: number) =>
  createSkip({ log: bus.log, dispatcher: bus.life.dispatcher })(group, sequence);
const letters = (group: string) => bus.state.letters({ group }, { limit: 99 });
const keys = (count: number): string[] => Array.from({ length: count }, (_, n) => `k${n}`);

afterEach(() => {
  expect(bus.checker.faults).toEqual([]);
  expect(bus.life.fatal).toEqual([]);
});

describe('a group that meets a damaged event in the log', () => {
  it('delivers and retries what is before it, stops there, and says which event it is and what can be done', async () => {
    bus = createScenario({ g: { refusal } });
    refused.add('k1');
    bus.damage(6);
    await bus.publish(keys(9));
    await bus.pass(1_000);
    expect(received('g').filter((sequence) => sequence !== 2)).toEqual([1, 3, 4, 5]);
    const { state, reason } = bus.status('g');
    expect([state, reason]).toEqual(['stopped', expect.stringContaining('event 6 of the log is damaged')]);
    expect(reason).toContain('npm run bus -- skip g 6');
    refused.clear();
    const since = bus.time.clock.now();
    await bus.pass(1 * minutes);
    expect(received('g', since)).toEqual([2]);
  });

  it('goes on in order once it is set aside, which is kept as a dead letter', async () => {
    bus = createScenario({ g: {} });
    bus.damage(3);
    await bus.publish(keys(5));
    await bus.pass(1_000);
    await skip('g', 3);
    await bus.pass(1_000);
    expect(received('g')).toEqual([1, 2, 4, 5]);
    expect(bus.status('g')).toMatchObject({ state: 'flowing', cursor: 5 });
    expect(await letters('g')).toMatchObject([{ sequence: 3, phase: 'damaged' }]);
  });

  it('stops again after a restart, after a resume, and after new settings, and loses nothing by that', async () => {
    bus = createScenario({ g: { refusal } });
    refused.add('k0');
    bus.damage(3);
    await bus.publish(keys(5));
    await bus.pass(1_000);
    bus.restart();
    await bus.pass(1_000);
    expect(bus.status('g')).toMatchObject({ state: 'stopped', parked: { keys: 1 } });
    await bus.life.dispatcher.resume('g');
    await bus.pass(1_000);
    expect(bus.status('g').state).toBe('stopped');
    const { endpoints } = bus.status('g');
    await bus.life.dispatcher.put('g', { ...bus.status('g'), endpoints, maxAttempts: 100 });
    await bus.pass(1_000);
    expect(bus.status('g')).toMatchObject({ state: 'stopped', parked: { keys: 1 } });
    refused.clear();
    await skip('g', 3);
    await bus.pass(2 * minutes);
    expect(bus.checker.missing('g')).toEqual([]);
  });

  it('passes over what was set aside when it is replayed, and after a restart right after that', async () => {
    bus = createScenario({ g: {} });
    bus.damage(3);
    await bus.publish(keys(5));
    await bus.pass(1_000);
    await skip('g', 3);
    bus.restart();
    await bus.pass(1_000);
    expect(received('g')).toEqual(expect.arrayContaining([1, 2, 4, 5]));
    const since = bus.time.clock.now();
    const replays = createReplay({ log: bus.log, dispatcher: bus.life.dispatcher });
    bus.checker.askedAgain('g', since + minutes);
    await replays.replay('g', { from: 'beginning' });
    await bus.pass(1_000);
    expect(received('g', since)).toEqual([1, 2, 4, 5]);
    expect(await letters('g')).toMatchObject([{ sequence: 3, phase: 'damaged' }]);
  });

  it('harms no other group that does not meet it', async () => {
    bus = createScenario({ behind: {}, ahead: {} });
    await bus.pass(1);
    await bus.life.dispatcher.pause('behind', 'for a while');
    await bus.publish(keys(3));
    await bus.pass(1_000);
    bus.damage(2);
    await bus.life.dispatcher.resume('behind');
    await bus.publish(keys(3));
    await bus.pass(1_000);
    expect([bus.status('behind').state, bus.status('ahead').state]).toEqual(['stopped', 'flowing']);
    expect(received('ahead')).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('lets a whole event be set aside by no one', async () => {
    bus = createScenario({ g: {} });
    bus.damage(3);
    await bus.publish(keys(5));
    await bus.pass(1_000);
    await expect(bus.life.dispatcher.keyCommands('g').setAside(4)).rejects.toThrow('is not damaged');
    expect(await letters('g')).toEqual([]);
  });
});

describe('a parked key that meets a damaged event in the log', () => {
  async function park(): Promise<void> {
    bus = createScenario({ g: { refusal } });
    refused.add('bad');
    await bus.publish(['bad', 'good', 'bad', 'bad']);
    await bus.pass(1_000);
    bus.damage(3);
    refused.clear();
    await bus.pass(2 * minutes);
  }

  it('waits behind it with the events after it, while other keys go on', async () => {
    await park();
    const later = await bus.publish(['good', 'new']);
    await bus.pass(1_000);
    expect(received('g')).toEqual(expect.arrayContaining([2, ...later]));
    expect(received('g')).not.toContain(4);
    expect(bus.status('g').parked.first).toMatchObject([{ key: 'bad', sequence: 2 }]);
    expect(bus.status('g').parked.first[0]?.reason).toContain('npm run bus -- skip g 3');
  });

  it('goes on after it once it is set aside', async () => {
    await park();
    const since = bus.time.clock.now();
    await skip('g', 3);
    await bus.pass(1_000);
    expect(received('g', since)).toEqual([4]);
    expect(bus.status('g').parked.keys).toBe(0);
    expect(await letters('g')).toMatchObject([{ sequence: 3, phase: 'damaged' }]);
  });
});

describe('a dead letter whose event is damaged in the log', () => {
  it('can not be delivered again, says so, and holds up nothing of its key', async () => {
    bus = createScenario({
      g: { refusal: ({ sequence }) => (sequence === 1 ? 400 : undefined), onDeadLetter: 'halt-key' },
    });
    await bus.publish(['k', 'k']);
    await bus.pass(5 * minutes);
    bus.damage(1);
    const { job } = await bus.state.queueLetters({ group: 'g' }, { id: 'job', createdAt: 0 });
    await bus.life.dispatcher.keyCommands('g').redeliver('k');
    await bus.pass(1_000);
    expect(await bus.state.job(job.id)).toMatchObject({ waiting: 0, failed: 1 });
    expect(await letters('g')).toMatchObject([{ sequence: 1, phase: 'damaged' }]);
    expect(received('g').at(-1)).toBe(2);
  });
});
