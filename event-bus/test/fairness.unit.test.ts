import { createScenario, type Scenario } from './simulation/scenario';
import type { Subscriber } from './simulation/subscriber';

const seconds = 1_000;
const minutes = 60 * seconds;
/** One waits no longer for others to be counted as held up by them, ms. */
const floorMs = 10;

type Event = Parameters<Subscriber['fate']>[0];

const isHanging = ({ key }: Pick<Event, 'key'>): boolean => key.startsWith('hanging');
const isHealthy = ({ key }: Pick<Event, 'key'>): boolean => key.startsWith('healthy');
const fate: Subscriber['fate'] = (event) => (isHanging(event) ? 'hangs' : undefined);

function at99(waits: readonly number[]): number {
  return waits[Math.ceil(waits.length * 0.99) - 1] ?? Infinity;
}

/** Publishes events of healthy keys, evenly, for so long. */
async function publishHealthy(
  bus: Scenario,
  { perSecond, forMs }: { perSecond: number; forMs: number },
): Promise<void> {
  const stepMs = 20;
  const end = bus.time.clock.now() + forMs;
  for (let made = 0, published = 0; bus.time.clock.now() < end; made += (perSecond * stepMs) / seconds) {
    const fresh = Math.floor(made) - published;
    published += fresh;
    await bus.publish(Array.from({ length: fresh }, (_, n) => `healthy${(published + n) % 500}`));
    await bus.pass(stepMs);
  }
}

/** How long 99 of 100 healthy events wait at most, once the first pushes of the hanging keys have timed out. */
async function waitBeside(hangingKeys: number, { restarts }: { restarts: boolean }): Promise<number> {
  const timeoutMs = 10 * seconds;
  const bus = createScenario({ g: { timeoutMs, fate } });
  await publishHealthy(bus, { perSecond: 50, forMs: 2 * seconds });
  await bus.publish(Array.from({ length: hangingKeys }, (_, n) => `hanging${n}`));
  await publishHealthy(bus, { perSecond: 50, forMs: timeoutMs + seconds });
  if (restarts) {
    bus.crash('g', 2 * seconds);
    // It is found again by a probe, and what broke with it may be tried alone once.
    await publishHealthy(bus, { perSecond: 50, forMs: 20 * seconds });
  }
  const start = bus.log.head();
  await publishHealthy(bus, { perSecond: 50, forMs: minutes });
  await bus.pass(seconds);
  expect(bus.checker.faults).toEqual([]);
  return at99(bus.waits('g', (event) => isHealthy(event) && event.sequence > start));
}

describe('keys whose events are never answered', () => {
  it.each([
    [4, false],
    [8, false],
    [40, false],
    [60, false],
    [4, true],
    [8, true],
    [40, true],
    [60, true],
  ])('hold up no other key: %i of them, and the subscriber restarts: %s', async (hangingKeys, restarts) => {
    const clean = await waitBeside(0, { restarts });
    expect(await waitBeside(hangingKeys, { restarts })).toBeLessThanOrEqual(Math.max(1.5 * clean, clean + floorMs));
  });
});

describe('a push that is not answered for ten minutes', () => {
  it('lets 100,000 events of other keys pass, and the group holds no more of them in memory than its window', async () => {
    const given = { read: 0 };
    const window = { events: 1_024, characters: 4 * 1024 * 1024 };
    const bus = createScenario(
      { g: { timeoutMs: 10 * minutes, fate } },
      {
        limits: { window },
        sabotage: (deps) => {
          const { log } = deps;
          const read: typeof log.read = async (range) => {
            const page = await log.read(range);
            if (range.key === undefined) given.read += page.events.length;
            return page;
          };
          return {
            ...deps,
            log: new Proxy(log, { get: (of, name): unknown => (name === 'read' ? read : Reflect.get(of, name)) }),
          };
        },
      },
    );
    await bus.pass(1);
    await bus.publish(['hanging']);
    let held = 0;
    let handled = 0;
    for (let published = 0; published < 100_000; published += 1_000) {
      const [first = 0] = await bus.publish(Array.from({ length: 1_000 }, (_, n) => `healthy${n}`));
      await bus.time.runUntil(9 * minutes, () => bus.checker.hasHandled('g', [first + 999]));
      handled = bus.waits('g', ({ sequence }) => sequence >= first).filter((ms) => ms < Infinity).length + published;
      held = Math.max(held, given.read - handled);
    }
    await bus.pass(5 * seconds);
    expect(bus.time.clock.now()).toBeLessThan(9 * minutes);
    expect(bus.waits('g', isHealthy).at(-1)).toBeLessThan(Infinity);
    expect(held).toBeLessThanOrEqual(window.events + 1);
    expect(bus.status('g').inFlight).toBe(1);
    expect(bus.checker.faults).toEqual([]);
  }, 240_000);
});

describe('500 keys at 600 events a second', () => {
  it('wait no longer because one key hangs, one always fails, and one is always refused', async () => {
    async function wait(ill: boolean): Promise<number> {
      const answers: Record<string, number> = { healthy1: 500, healthy2: 400 };
      const bus = createScenario({
        g: {
          timeoutMs: 2 * seconds,
          refusal: ({ key }) => (ill ? answers[key] : undefined),
          fate: ({ key }) => (ill && key === 'healthy0' ? 'hangs' : undefined),
        },
      });
      await publishHealthy(bus, { perSecond: 600, forMs: 20 * seconds });
      await bus.pass(seconds);
      expect(bus.checker.faults).toEqual([]);
      return at99(bus.waits('g', ({ key }) => !['healthy0', 'healthy1', 'healthy2'].includes(key)));
    }
    const clean = await wait(false);
    expect(await wait(true)).toBeLessThanOrEqual(Math.max(1.5 * clean, floorMs));
  });
});

describe('a window full of events that are never answered, of a subscriber that was away', () => {
  it.each([4, 16])('lets an event of another key in soon: a window of %i events', async (size) => {
    const timeoutMs = seconds;
    const window = { events: size, characters: 1024 * 1024 };
    const bus = createScenario({ g: { timeoutMs, fate } }, { limits: { window } });
    bus.crash('g', 5 * seconds);
    await bus.publish(Array.from({ length: size }, (_, n) => `hanging${n}`));
    await bus.publish(['healthy']);
    // Two tries of each event, each with its wait for the next probe.
    await bus.pass(5 * seconds + 2 * size * (timeoutMs + seconds) + 10 * seconds);
    expect(bus.waits('g', isHealthy)).toHaveLength(1);
    expect(bus.waits('g', isHealthy)[0]).toBeLessThan(Infinity);
  });
});
