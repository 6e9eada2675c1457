import { createScenario, type Scenario } from './simulation/scenario';

const seconds = 1_000;
const minutes = 60 * seconds;
const keys = (count: number): string[] => Array.from({ length: count }, (_, n) => `k${n}`);

async function started(...given: Parameters<typeof createScenario>): Promise<Scenario> {
  const bus = createScenario(...given);
  await bus.pass(1);
  return bus;
}

/** Pushes of the busiest event. */
function mostTries(bus: Scenario): number {
  const tries = new Map<number, number>();
  for (const { sequences } of bus.subscriber('g').pushes) {
    for (const sequence of sequences) tries.set(sequence, (tries.get(sequence) ?? 0) + 1);
  }
  return Math.max(...tries.values());
}

const at = (bus: Scenario): number[] => bus.subscriber('g').pushes.map((push) => push.at);

describe.each([503, 429])('a subscriber that answers everything with %i and Retry-After: 60', (status) => {
  it.each([1, 2, 20])('gets each of %i keys once in a minute, and is asked again then', async (count) => {
    const bus = await started({ g: { answer: () => ({ status, retryAfter: '60' }) } });
    await bus.publish(keys(count));
    await bus.pass(59 * seconds);
    expect(bus.subscriber('g').pushes.length).toBeLessThanOrEqual(count);
    expect(mostTries(bus)).toBe(1);
    await bus.pass(2 * minutes);
    expect(mostTries(bus)).toBeGreaterThan(1);
    expect(bus.checker.faults).toEqual([]);
  });

  it('is left alone for that time by a batch, too', async () => {
    const bus = await started({ g: { batch: 10, answer: () => ({ status, retryAfter: '60' }) } });
    await bus.publish(keys(40));
    await bus.pass(59 * seconds);
    expect(mostTries(bus)).toBe(1);
    expect(bus.checker.faults).toEqual([]);
  });

  it('is left alone for that time by new events while it is taken for dead', async () => {
    const bus = await started({ g: { answer: () => ({ status, retryAfter: '60' }) } });
    await bus.publish(keys(20));
    await bus.pass(seconds);
    expect(bus.status('g').state).toBe('down');
    const before = bus.subscriber('g').pushes.length;
    const since = bus.time.clock.now();
    await bus.publish(keys(40).slice(20));
    await bus.pass(55 * seconds);
    expect(bus.subscriber('g').pushes.length).toBe(before);
    await bus.time.runUntil(since + 10 * minutes, () => bus.subscriber('g').pushes.length > before);
    expect(at(bus).at(-1)).toBeGreaterThan(55 * seconds);
    expect(bus.checker.faults).toEqual([]);
  });
});

describe('a time that an answer asks for', () => {
  it('is kept by a batch that was in flight, and that fails after the group is taken for dead', async () => {
    let answers = 0;
    const answer = () => ((answers += 1) === 1 ? { status: 503, retryAfter: '60' } : { status: 500 });
    const bus = await started({ g: { batch: 5, answer } });
    // Both answers come in the order of the pushes.
    bus.behave('g', { latencyMs: 0 });
    await bus.publish(keys(10));
    await bus.pass(55 * seconds);
    expect(bus.status('g').state).toBe('down');
    expect(bus.subscriber('g').pushes).toHaveLength(2);
    expect(bus.checker.faults).toEqual([]);
  });

  it('is kept when the bus restarts meanwhile', async () => {
    const bus = await started({ g: { answer: () => ({ status: 503, retryAfter: '300' }) } });
    await bus.publish(['a']);
    await bus.pass(seconds);
    bus.restart();
    await bus.pass(298 * seconds);
    expect(at(bus)).toHaveLength(1);
    await bus.pass(5 * seconds);
    expect(at(bus)).toHaveLength(2);
    expect(bus.checker.faults).toEqual([]);
  });

  it('is no longer than five minutes, and nonsense counts as nothing', async () => {
    for (const [retryAfter, least, most] of [
      ['86400', 300, 302],
      ['soon', 0, 2],
      ['-5', 0, 2],
      ['', 0, 2],
    ] as const) {
      const bus = await started({ g: { answer: () => ({ status: 503, retryAfter }) } });
      await bus.publish(['a']);
      await bus.time.runUntil(10 * minutes, () => at(bus).length > 1);
      const [first = 0, second = Infinity] = at(bus);
      expect(second - first).toBeGreaterThanOrEqual(least * seconds);
      expect(second - first).toBeLessThanOrEqual(most * seconds);
    }
  });

  it('may be a date', async () => {
    const bus = createScenario({
      g: {
        answer: () => ({ status: 429, retryAfter: new Date(bus.time.clock.wallTime() + 30 * seconds).toUTCString() }),
      },
    });
    await bus.pass(1);
    await bus.publish(['a']);
    await bus.time.runUntil(10 * minutes, () => at(bus).length > 1);
    const [first = 0, second = Infinity] = at(bus);
    expect(second - first).toBeGreaterThanOrEqual(29 * seconds);
    expect(second - first).toBeLessThanOrEqual(31 * seconds);
  });

  it('is passed over if an operator wants the group tried now', async () => {
    let isBusy = true;
    const bus = await started({ g: { answer: () => (isBusy ? { status: 503, retryAfter: '300' } : undefined) } });
    await bus.publish(keys(20));
    await bus.pass(10 * seconds);
    isBusy = false;
    bus.checker.askedAgain('g', bus.time.clock.now() + 10 * seconds);
    bus.life.dispatcher.retryNow('g');
    expect(await bus.drain(['g'], 5 * seconds)).toBeLessThan(5 * seconds);
    expect(bus.checker.faults).toEqual([]);
  });
});
