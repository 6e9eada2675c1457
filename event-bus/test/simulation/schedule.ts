import { Subscription } from '../../src/delivery/subscription';
import { createMemoryDeliveryState } from '../doubles/memory-delivery-state';
import { createMemoryEventLog } from '../doubles/memory-event-log';
import { type Life, startBus, type World } from './bus';
import { createChecker } from './checker';
import { createSeededRandom, type SeededRandom } from './seeded-random';
import { type Behaviour, type Subscriber, wellBehaved } from './subscriber';
import { createVirtualTime } from './virtual-time';

const troubleMs = 60_000;
/** Once all is well again, everything must be done within this time; the longest back-off is a part of it. */
const healingMs = 30 * 60_000;

function randomSubscription(random: SeededRandom, name: string): Subscription {
  const endpoints = Array.from({ length: random.between(1, 3) }, (_, n) => `http://${name}-${n}/events`);
  return Subscription.parse({
    endpoints,
    timeoutMs: random.pick([200, 1_000, 5_000]),
    batch: random.pick([1, 1, 2, 5, 20]),
    maxAttempts: random.between(1, 5),
    onDeadLetter: random.chance(0.3) ? 'halt-key' : 'skip',
    ...(random.chance(0.3) ? { types: ['A'] } : {}),
  });
}

function randomSubscriber(random: SeededRandom, { endpoints }: Subscription, isOver: () => boolean): Subscriber {
  const status = random.pick([400, 422, 500]);
  const refusedKey = random.chance(0.5) ? `k${random.between(0, 3)}` : undefined;
  const refusedEvery = random.pick([0, 0, 7]);
  return {
    behaviours: new Map(endpoints.map((url) => [url, wellBehaved])),
    refusal({ key, sequence }) {
      if (refusedEvery > 0 && sequence % refusedEvery === 0) return status === 500 && isOver() ? undefined : status;
      return key === refusedKey && !isOver() ? status : undefined;
    },
    pushes: [],
  };
}

function randomBehaviour(random: SeededRandom): Behaviour {
  const sometimes = (): number => (random.chance(0.4) ? random.next() * 0.5 : 0);
  return {
    state: random.pick(['up', 'up', 'up', 'refusing', 'hanging']),
    latencyMs: random.pick([2, 20, 300]),
    failing: random.chance(0.1) ? 1 : sometimes(),
    breaking: sometimes(),
    losingAnswers: sometimes(),
    busy: random.chance(0.2) ? random.next() : 0,
  };
}

function createWorld(seed: number, sabotage: World['sabotage']): World & { endTrouble: () => void } {
  const random = createSeededRandom(seed);
  const time = createVirtualTime({ creepMs: random.pick([0, 0.5]) });
  let over = false;
  const names = ['one', 'two', 'three'].slice(0, random.between(1, 3));
  const subscriptions = Object.fromEntries(names.map((name) => [name, randomSubscription(random, name)]));
  const subscribers = Object.fromEntries(
    Object.entries(subscriptions).map(([name, subscription]) => [
      name,
      randomSubscriber(random, subscription, () => over),
    ]),
  );
  const crashes = random.pick([0, 0, 0.002, 0.02]);
  return {
    ...{ time, random, subscriptions, subscribers },
    log: createMemoryEventLog({ wallTime: time.clock.wallTime }),
    state: createMemoryDeliveryState(),
    checker: createChecker(subscriptions),
    // A small window, so that a short schedule fills it.
    limits: { window: { events: random.pick([4, 16, 256]), characters: 20_000 } },
    crashAtTransition: () => (over ? 0 : crashes),
    ...(sabotage ? { sabotage } : {}),
    endTrouble() {
      over = true;
      for (const { behaviours } of Object.values(subscribers)) {
        for (const url of behaviours.keys()) behaviours.set(url, wellBehaved);
      }
    },
  };
}

function publishAtRandom({ time, random, log, checker }: World): void {
  const keys = random.between(1, 12);
  const total = random.between(20, 120);
  let made = 0;
  const publish = (): void => {
    const count = Math.min(random.between(1, 8), total - made);
    const batch = Array.from({ length: count }, () => {
      made += 1;
      const [key, type] = [`k${random.between(0, keys - 1)}`, random.pick(['A', 'A', 'B'])];
      return { id: `e${made}`, source: '/s', type, key, text: JSON.stringify({ id: `e${made}`, key, type }) };
    });
    const before = log.head();
    void log.append(batch);
    void log.read({ after: before, limit: 100 }).then(({ events }) => events.forEach(checker.appended));
    if (made < total) time.after(random.between(0, Math.floor((2 * troubleMs) / total)), publish);
  };
  time.after(0, publish);
}

/** What befalls subscribers, clock and bus, until the trouble is over. */
function troubleAtRandom(world: World, life: { current: Life }): void {
  const { time, random, subscribers, state } = world;

  function restart(): void {
    life.current.kill();
    if (random.chance(0.5)) state.forgetLast(random.between(0, 10));
    life.current = startBus(world);
  }
  async function stopWell(): Promise<void> {
    const stopping = life.current;
    await stopping.dispatcher.stop();
    if (stopping === life.current) restart();
  }
  const troubles: (() => void)[] = [
    () => {
      const { behaviours } = random.pick(Object.values(subscribers));
      behaviours.set(random.pick([...behaviours.keys()]), randomBehaviour(random));
    },
    () => {
      const { behaviours } = random.pick(Object.values(subscribers));
      const behaviour = randomBehaviour(random);
      for (const url of behaviours.keys()) behaviours.set(url, behaviour);
    },
    restart,
    () => void stopWell().catch((error: unknown) => life.current.fatal.push(error)),
    () => time.setWallClock(random.between(-3_600_000, 3_600_000)),
    () => time.sleep(random.between(100, 60_000)),
  ];
  const weights = [0, 0, 0, 0, 1, 1, 1, 2, 3, 4, 5];
  const next = (): void => {
    if (time.clock.now() > troubleMs) return;
    troubles[random.pick(weights)]?.();
    time.after(random.between(0, 8_000), next);
  };
  time.after(random.between(0, 2_000), next);
  const reviveTheDead = (): void => {
    if (!life.current.isAlive()) restart();
    time.after(500, reviveTheDead);
  };
  time.after(500, reviveTheDead);
}

function faultsAtTheEnd({ checker, subscriptions, log }: World, { dispatcher, fatal }: Life): string[] {
  const faults = [...checker.faults, ...fatal.map((error) => `fatal: ${String(error)}`)];
  for (const group of Object.keys(subscriptions)) {
    for (const { sequence, key } of checker.missing(group)) faults.push(`${group} never got ${sequence} of ${key}`);
    const { cursor, parked, state, reason } = dispatcher.status(group);
    const waiting = parked.first.filter((lane) => lane.state === 'parked');
    if (cursor !== log.head()) faults.push(`${group} stands at ${cursor} of ${log.head()}, ${state} (${reason ?? ''})`);
    if (waiting.length > 0) faults.push(`${group} still has ${waiting.map(({ key }) => key).join(', ')} parked`);
  }
  return faults;
}

/** Runs one schedule of publishes, faults and crashes. Gives what went wrong: nothing, it is hoped. */
export async function runSchedule(seed: number, { sabotage }: Pick<World, 'sabotage'> = {}): Promise<string[]> {
  const world = createWorld(seed, sabotage);
  const life = { current: startBus(world) };
  publishAtRandom(world);
  troubleAtRandom(world, life);
  await world.time.runUntil(2 * troubleMs);
  world.endTrouble();
  const end = world.time.clock.now() + healingMs;
  const isHealed = (): boolean => life.current.isAlive() && faultsAtTheEnd(world, life.current).length === 0;
  // Looking costs more than a step, so it is done now and then.
  for (let at = world.time.clock.now(); at < end && !isHealed(); at = world.time.clock.now()) {
    await world.time.runUntil(at + 10_000);
  }
  await life.current.dispatcher.stop();
  return faultsAtTheEnd(world, life.current);
}
