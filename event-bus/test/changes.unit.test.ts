import type { DispatcherDeps } from '../src/delivery/dispatcher';
import { Subscription } from '../src/delivery/subscription';
import { createScenario, type Scenario } from './simulation/scenario';

const seconds = 1_000;
const minutes = 60 * seconds;

async function started(...given: Parameters<typeof createScenario>): Promise<Scenario> {
  const bus = createScenario(...given);
  await bus.pass(1);
  return bus;
}

const settingsOf = (bus: Scenario, changed: Partial<Subscription>): Subscription => {
  const [endpoint] = bus.status('g').endpoints;
  return Subscription.parse({ endpoints: [endpoint], ...changed });
};

describe('a pause', () => {
  it.each([2, 9, 33])('takes effect at once while a batch is being split, after %i ms', async (ms) => {
    const bus = await started({ g: { batch: 64, refusal: ({ sequence }) => (sequence === 40 ? 400 : undefined) } });
    await bus.publish(Array.from({ length: 64 }, (_, n) => `k${n}`));
    await bus.pass(ms);
    await bus.life.dispatcher.pause('g', 'for a while');
    const before = bus.subscriber('g').pushes.length;
    await bus.pass(minutes);
    expect(bus.subscriber('g').pushes.length).toBe(before);
    await bus.life.dispatcher.resume('g');
    expect(await bus.drain(['g'], minutes)).toBeLessThan(minutes);
    expect(bus.checker.faults).toEqual([]);
  });
});

describe('an operator who resumes a group while its subscriber answers that it wants no more', () => {
  it.each([0, 10, 20, 30, 40, 60])('leaves no doubt whether it is paused, %i ms after', async (resumedAt) => {
    /** It takes a while until the bus knows that its wish is stored. */
    const slowly = (deps: DispatcherDeps): DispatcherDeps => ({
      ...deps,
      state: {
        ...deps.state,
        async resumeGroup(name) {
          await deps.state.resumeGroup(name);
          await new Promise<void>((resolve) => deps.clock.schedule(30, resolve));
        },
      },
    });
    const bus = await started({ g: { refusal: () => 410 } }, { sabotage: slowly });
    bus.behave('g', { latencyMs: 60 });
    await bus.publish(['a', 'b', 'c', 'd', 'e', 'f']);
    await bus.time.runUntil(minutes, () => bus.status('g').state === 'paused');
    await bus.pass(resumedAt);
    const resumed = bus.life.dispatcher.resume('g');
    await bus.pass(minutes);
    await resumed;
    const [stored] = await bus.state.groups();
    expect(bus.status('g').state === 'paused').toBe(stored?.pausedBecause !== undefined);
  });
});

describe('new settings of a group', () => {
  it('count the tries of an event anew if the one before it is no longer of its types', async () => {
    const bus = await started({ g: { types: ['A', 'B'], maxAttempts: 6, refusal: () => 400 } });
    await bus.publish(['k'], 'A');
    const [second = 0] = await bus.publish(['k'], 'B');
    await bus.time.runUntil(minutes, () => (bus.status('g').parked.first[0]?.attempts ?? 0) >= 4);
    await bus.life.dispatcher.put('g', settingsOf(bus, { types: ['B'], maxAttempts: 6 }));
    await bus.pass(5 * minutes);
    const [letter] = await bus.state.letters({ group: 'g' }, { limit: 10 });
    expect(letter).toMatchObject({ sequence: second, attempts: 6 });
    const tries = bus.subscriber('g').pushes.filter(({ sequences }) => sequences.includes(second));
    expect(tries).toHaveLength(6);
  });

  it("don't let an event wait for what an earlier one of its key was told", async () => {
    const bus = await started({
      g: { types: ['A', 'B'], answer: () => undefined, refusal: ({ type }) => (type === 'A' ? 500 : undefined) },
    });
    await bus.publish(['k'], 'A');
    await bus.publish(['k'], 'B');
    await bus.pass(2 * minutes);
    await bus.life.dispatcher.put('g', settingsOf(bus, { types: ['B'] }));
    await bus.pass(61 * seconds);
    expect(bus.checker.hasHandled('g', [2])).toBe(true);
  });
});
