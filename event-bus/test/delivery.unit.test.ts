import { createScenario, type Scenario } from './simulation/scenario';

const keys = (count: number, name = 'k'): string[] => Array.from({ length: count }, (_, n) => `${name}${n}`);
const minutes = 60_000;

/** Pushes so far, and those since a time. */
const pushes = (bus: Scenario, group: string, since = 0) =>
  bus.subscriber(group).pushes.filter(({ at }) => at >= since);

async function started(...given: Parameters<typeof createScenario>): Promise<Scenario> {
  const bus = createScenario(...given);
  await bus.pass(1);
  return bus;
}

describe('one failing key', () => {
  it('delays only itself: the others are done as soon as without it', async () => {
    const failing = { refusal: ({ key }: { key: string }) => ({ bad: 400, ill: 500 })[key] };
    const bus = await started({ clean: {}, mixed: failing });
    const all = Array.from({ length: 10 }, () => [...keys(98), 'bad', 'ill']).flat();
    await bus.publish(all);
    const clean = await bus.drain(['clean'], 10 * minutes);
    const others = (): boolean => !bus.checker.missing('mixed').some(({ key }) => key.startsWith('k'));
    await bus.time.runUntil(10 * minutes, others);
    expect(others()).toBe(true);
    expect(bus.time.clock.now()).toBeLessThan(clean * 1.5);
    expect(bus.status('mixed')).toMatchObject({ state: 'flowing', parked: { keys: 2 } });
    expect(bus.checker.faults).toEqual([]);
  });

  it('has its events given up one after the other when they are at fault, and waits when they are not', async () => {
    const bus = await started({ g: { refusal: ({ key }) => ({ bad: 400, ill: 500 })[key] } });
    const sequences = await bus.publish(['bad', 'ill', 'bad', 'ill', 'fine']);
    await bus.pass(10 * minutes);
    const letters = await bus.state.letters({ group: 'g' }, { limit: 10 });
    expect(letters.map(({ sequence }) => sequence)).toEqual([sequences[0], sequences[2]]);
    expect(letters.every(({ attempts, reason }) => attempts === 8 && reason === 'answered 400')).toBe(true);
    expect(bus.status('g').parked.first).toMatchObject([{ key: 'ill', sequence: sequences[1], state: 'parked' }]);
    expect(bus.status('g').cursor).toBe(5);
    // Once a minute at most, and hardly less often than twice that.
    expect(pushes(bus, 'g', 5 * minutes).length).toBeLessThanOrEqual(20);
    expect(bus.checker.faults).toEqual([]);
  });

  it('halts behind its dead letter where that was asked for', async () => {
    const bus = await started({
      g: { onDeadLetter: 'halt-key', maxAttempts: 2, refusal: ({ sequence }) => (sequence === 2 ? 422 : undefined) },
    });
    await bus.publish(['a', 'b', 'b', 'a']);
    await bus.pass(minutes);
    expect(bus.status('g')).toMatchObject({
      cursor: 4,
      parked: { keys: 1, oldest: { key: 'b', state: 'halted', sequence: 3 } },
    });
    expect(pushes(bus, 'g').flatMap(({ sequences }) => sequences)).not.toContain(3);
  });

  it('costs the others nothing even when it is 2,000 keys', async () => {
    const bus = await started({ g: { refusal: ({ key }) => (key.startsWith('ill') ? 500 : undefined) } });
    const mixed = (n: number): string[] => keys(100, `ill-${n}-`).flatMap((ill, index) => [ill, `k${index}`]);
    for (let n = 0; n < 20; n += 1) await bus.publish(mixed(n));
    await bus.pass(5 * minutes);
    expect(bus.status('g').parked.keys).toBe(2_000);
    const healthy = await bus.publish(keys(100));
    const isDone = (): boolean => bus.checker.hasHandled('g', healthy);
    const start = bus.time.clock.now();
    await bus.time.runUntil(start + minutes, isDone);
    expect(bus.time.clock.now() - start).toBeLessThan(1_000);
  }, 60_000);
});

describe('a dead subscriber', () => {
  it.each(['refusing', 'hanging'] as const)('that is %s is waited for in order, with single probes', async (state) => {
    const bus = await started({ dead: { timeoutMs: 1_000 }, other: {} });
    bus.behave('dead', { state });
    for (let n = 0; n < 5; n += 1) await bus.publish(keys(200));
    await bus.pass(minutes);
    const now = bus.time.clock.now();
    expect(bus.status('dead').state).toBe('down');
    expect(bus.checker.missing('other')).toEqual([]);
    const { cursor } = bus.status('dead');
    await bus.pass(10 * minutes);
    // Half a second or two and a half on average between probes, and a second in which one of them hangs.
    expect(pushes(bus, 'dead', now).length).toBeLessThan(500);
    expect(pushes(bus, 'dead', now).length).toBeGreaterThan(100);
    expect(await bus.state.countDeadLetters('dead')).toBe(0);
    expect(bus.status('dead').cursor).toBe(cursor);

    bus.behave('dead', { state: 'up' });
    expect(await bus.drain(['dead'], 10 * minutes)).toBeLessThan(minutes);
    expect(bus.status('dead').state).toBe('flowing');
    expect(bus.checker.faults).toEqual([]);
  });

  it('that refuses everything loses nothing to dead letters', async () => {
    let wrongSecret = true;
    const bus = await started({ g: { maxAttempts: 2, refusal: () => (wrongSecret ? 401 : undefined) } });
    for (let n = 0; n < 5; n += 1) await bus.publish(keys(40));
    await bus.pass(30 * minutes);
    expect(await bus.state.countDeadLetters('g')).toBe(0);
    expect(bus.status('g')).toMatchObject({ state: 'down', reason: 'answered 401' });
    wrongSecret = false;
    expect(await bus.drain(['g'], 10 * minutes)).toBeLessThan(2 * minutes);
    expect(bus.checker.faults).toEqual([]);
  });

  it('gets its events back in a ramp, not in a burst', async () => {
    const bus = await started({ g: {} });
    bus.behave('g', { state: 'refusing' });
    await bus.publish(keys(200));
    await bus.pass(minutes);
    bus.behave('g', { state: 'up', latencyMs: 100 });
    const back = bus.time.clock.now();
    await bus.drain(['g'], minutes);
    const [first = 0] = pushes(bus, 'g', back).map(({ at }) => at);
    const within = (ms: number): number => pushes(bus, 'g', first).filter(({ at }) => at <= first + ms).length;
    expect(within(0)).toBe(1);
    expect(within(100)).toBeLessThan(8);
  });

  it('that wants no more events is left alone', async () => {
    const bus = await started({ g: { refusal: () => 410 } });
    await bus.publish(keys(10));
    await bus.pass(10 * minutes);
    expect(bus.status('g')).toMatchObject({ state: 'paused', reason: 'answered 410', cursor: 0 });
    expect(pushes(bus, 'g').length).toBeLessThanOrEqual(10);
    expect(await bus.state.groups()).toMatchObject([{ pausedBecause: 'answered 410' }]);
  });

  it('is not probed in a storm after a long stop of the bus', async () => {
    const bus = await started({ g: {} });
    bus.behave('g', { state: 'refusing' });
    await bus.publish(keys(200));
    await bus.pass(minutes);
    bus.time.sleep(60 * minutes);
    const awake = bus.time.clock.now();
    await bus.pass(1_000);
    expect(pushes(bus, 'g', awake).length).toBeLessThan(5);
  });
});

describe('answers', () => {
  it.each([
    ['an hour', 60 * minutes],
    ['a moment', 1_500],
  ])('that were there when the bus had been stopped for %s count: nothing is sent twice', async (_, ms) => {
    const bus = await started({ g: { timeoutMs: 1_000 } });
    bus.behave('g', { latencyMs: 100 });
    await bus.publish(keys(20));
    // All have arrived; some of the answers are still on their way.
    await bus.pass(101);
    bus.time.sleep(ms);
    await bus.drain(['g'], minutes);
    await bus.pass(minutes);
    expect(pushes(bus, 'g').length).toBe(20);
    expect(bus.status('g').cursor).toBe(20);
  });

  it('that never come count as done where sending is enough', async () => {
    const bus = await started({ g: { ack: 'sent', timeoutMs: 500 } });
    bus.behave('g', { state: 'hanging' });
    await bus.publish(['a', 'a', 'b']);
    await bus.pass(2_000);
    expect(pushes(bus, 'g').map(({ sequences }) => sequences)).toEqual([[1], [3], [2]]);
    expect(bus.status('g')).toMatchObject({ cursor: 3, delivery: 'at-most-once' });
  });
});

describe('batches', () => {
  it('hold many keys, in the order of the log', async () => {
    const bus = await started({ g: { batch: 10 } });
    bus.behave('g', { latencyMs: 50 });
    for (let n = 0; n < 10; n += 1) await bus.publish(keys(10));
    await bus.drain(['g'], minutes);
    expect(pushes(bus, 'g').length).toBeLessThan(30);
    for (const { sequences } of pushes(bus, 'g')) {
      expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
      expect(sequences.length).toBeLessThanOrEqual(10);
    }
    expect(bus.checker.faults).toEqual([]);
  });

  it.each([400, 500])('are split until the event that is answered with %i is alone', async (status) => {
    const bus = await started({ g: { batch: 64, refusal: ({ sequence }) => (sequence === 40 ? status : undefined) } });
    await bus.publish(keys(64));
    const isDone = (): boolean => bus.checker.missing('g').length === 1;
    await bus.time.runUntil(minutes, isDone);
    expect(isDone()).toBe(true);
    // One push that fails and one that doesn't for each halving.
    expect(pushes(bus, 'g').length).toBeLessThanOrEqual(14);
    await bus.pass(1);
    expect(bus.status('g').parked.first).toMatchObject([{ sequence: 40, key: 'k39' }]);
  });
});

describe('the endpoints of a group', () => {
  const endpoints = ['http://g-1/events', 'http://g-2/events', 'http://g-3/events'];

  it('share the load, and the others take over what one of them does not take', async () => {
    const bus = await started({ g: { endpoints } });
    const counts = (since: number): number[] =>
      endpoints.map((url) => pushes(bus, 'g', since).filter((push) => push.url === url).length);
    for (let n = 0; n < 10; n += 1) await bus.publish(keys(30));
    await bus.drain(['g'], minutes);
    expect(Math.min(...counts(0))).toBeGreaterThan(60);

    bus.behave('g', { state: 'refusing' }, endpoints[1]);
    const down = bus.time.clock.now();
    for (let n = 0; n < 10; n += 1) await bus.publish(keys(30));
    expect(await bus.drain(['g'], minutes)).toBeLessThan(1_000);
    expect(bus.status('g')).toMatchObject({ state: 'flowing', parked: { keys: 0 } });
    expect(counts(down)[1]).toBeLessThan(50);
    expect(bus.checker.faults).toEqual([]);
  });

  it('are found again when they are back', async () => {
    const bus = await started({ g: { endpoints } });
    bus.behave('g', { state: 'refusing' }, endpoints[1]);
    await bus.publish(keys(30));
    await bus.pass(minutes);
    bus.behave('g', { state: 'up' }, endpoints[1]);
    await bus.publish(keys(30));
    await bus.pass(minutes);
    expect(bus.status('g').endpointStates.map(({ state }) => state)).toEqual(['healthy', 'healthy', 'healthy']);
  });
});

describe('a large backlog', () => {
  it('is not held in memory: the group reads only what it may send soon', async () => {
    const bus = createScenario({ g: {} });
    bus.behave('g', { state: 'refusing' });
    let most = 0;
    const { read } = bus.log;
    bus.log.read = (range) => {
      most = Math.max(most, range.after + range.limit);
      return read(range);
    };
    await bus.pass(1);
    for (let n = 0; n < 200; n += 1) await bus.publish(keys(100));
    await bus.pass(minutes);
    expect(bus.status('g').lag.events).toBe(20_000);
    expect(most).toBeLessThanOrEqual(2_048);
  });
});
