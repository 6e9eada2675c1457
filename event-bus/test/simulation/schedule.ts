import { Subscription } from '../../src/delivery/subscription';
import type { LetterPhase } from '../../src/delivery/dead-letter-state';
import { createMemoryDeliveryState } from '../doubles/memory-delivery-state';
import { createMemoryEventLog } from '../doubles/memory-event-log';
import { type Life, startBus, type World } from './bus';
import { createChecker } from './checker';
import { createOperator, type Operator } from './operator';
import { createSeededRandom, type SeededRandom } from './seeded-random';
import { type Behaviour, type Subscriber, wellBehaved } from './subscriber';
import { createVirtualTime } from './virtual-time';

const troubleMs = 60_000;
/** Once all is well again, everything must be done within this time; the longest back-off is a part of it. */
const healingMs = 30 * 60_000;
/** A group whose subscriber is well has an event within this time, whatever befalls the others. */
const promptMs = 5_000;

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

/** A subscriber that is always well; what befalls others must not hold it up. */
function createSparedSubscriber({ endpoints }: Subscription): Subscriber {
  return { behaviours: new Map(endpoints.map((url) => [url, wellBehaved])), refusal: () => undefined, pushes: [] };
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

interface Schedule extends World {
  /** The group that no trouble befalls, where there is one. */
  spared: string | undefined;
  hasOperator: boolean;
  fillDisk: (forMs: number) => void;
  endTrouble: () => void;
}

function createWorld(seed: number, sabotage: World['sabotage']): Schedule {
  const random = createSeededRandom(seed);
  const time = createVirtualTime({ creepMs: random.pick([0, 0.5]) });
  let over = false;
  let fullUntil = 0;
  const names = ['one', 'two', 'three'].slice(0, random.between(1, 3));
  const subscriptions = Object.fromEntries(names.map((name) => [name, randomSubscription(random, name)]));
  const spared = names.length > 1 && random.chance(0.5) ? 'one' : undefined;
  const subscribers = Object.fromEntries(
    Object.entries(subscriptions).map(([name, subscription]) => [
      name,
      name === spared ? createSparedSubscriber(subscription) : randomSubscriber(random, subscription, () => over),
    ]),
  );
  const crashes = random.pick([0, 0, 0.002, 0.02]);
  return {
    ...{ time, random, subscriptions, subscribers, spared, hasOperator: random.chance(0.4) },
    log: createMemoryEventLog({ wallTime: time.clock.wallTime }),
    state: createMemoryDeliveryState(),
    checker: createChecker(subscriptions),
    // A small window, so that a short schedule fills it.
    limits: { window: { events: random.pick([4, 16, 256]), characters: 20_000 } },
    isFull: () => !over && time.clock.now() < fullUntil,
    fillDisk: (forMs) => void (fullUntil = time.clock.now() + forMs),
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
    void log
      .read({ after: before, limit: 100 })
      .then(({ events }) => events.forEach((event) => checker.appended(event, time.clock.now())));
    if (made < total) time.after(random.between(0, Math.floor((2 * troubleMs) / total)), publish);
  };
  time.after(0, publish);
}

/** Notes what the spared group still lacks when the bus has run without a pause for some time. */
function watchTheSpared({ time, checker, spared }: Schedule, calmSince: () => number): void {
  if (spared === undefined) return;
  const look = (): void => {
    const calmMs = time.clock.now() - calmSince();
    if (calmMs > promptMs) checker.expectDone(spared, time.clock.now() - promptMs);
    time.after(500, look);
  };
  time.after(500, look);
}

/** What befalls subscribers, clock and bus, until the trouble is over. */
function troubleAtRandom(world: Schedule, life: { current: Life }, operator: Operator): void {
  const { time, random, state, spared } = world;
  const subscribers = Object.entries(world.subscribers).flatMap(([name, one]) => (name === spared ? [] : [one]));
  let calmSince = 0;
  watchTheSpared(world, () => calmSince);

  function restart(): void {
    calmSince = time.clock.now();
    life.current.kill();
    if (random.chance(0.5)) state.forgetLast(random.between(0, 10));
    life.current = startBus(world);
  }
  async function stopWell(): Promise<void> {
    const stopping = life.current;
    await stopping.stop();
    if (stopping === life.current) restart();
  }
  /** A pause matters when an answer is on its way. */
  function sleepWhileBusy(looks = 100): void {
    const isBusy = life.current.dispatcher.statuses().some(({ inFlight }) => inFlight > 0);
    if (!isBusy && looks > 0) return time.after(7, () => sleepWhileBusy(looks - 1));
    time.sleep(random.between(100, random.pick([2_000, 60_000])));
    calmSince = time.clock.now();
  }
  function changeBehaviour(urls: (all: string[]) => string[]): void {
    const { behaviours } = random.pick(subscribers);
    const behaviour = randomBehaviour(random);
    for (const url of urls([...behaviours.keys()])) behaviours.set(url, behaviour);
  }
  const troubles: (() => void)[] = [
    () => changeBehaviour((all) => [random.pick(all)]),
    () => changeBehaviour((all) => all),
    restart,
    () => void stopWell().catch((error: unknown) => life.current.fatal.push(error)),
    () => time.setWallClock(random.between(-3_600_000, 3_600_000)),
    sleepWhileBusy,
    () => world.fillDisk(random.between(100, 20_000)),
    ...(world.hasOperator ? [operator.act] : [restart]),
  ];
  const weights = [0, 0, 0, 0, 1, 1, 1, 2, 3, 4, 5, 6, 7, 7];
  const next = (): void => {
    if (time.clock.now() > troubleMs) return;
    troubles[random.pick(weights)]?.();
    time.after(random.between(0, 8_000), next);
  };
  time.after(random.between(0, 2_000), next);
  reviveTheDead(time, life, restart);
}

/** Whoever supervises the bus looks for it twice a second. */
function reviveTheDead(time: World['time'], life: { readonly current: Life }, restart: () => void): void {
  if (!life.current.isAlive()) restart();
  time.after(500, () => reviveTheDead(time, life, restart));
}

async function lettersOf({ state }: World, group: string, phases: readonly LetterPhase[]): Promise<Set<number>> {
  const letters = await state.letters({ group }, { limit: Number.MAX_SAFE_INTEGER });
  return new Set(letters.filter(({ phase }) => phases.includes(phase)).map(({ sequence }) => sequence));
}

async function faultsAtTheEnd(world: World, { dispatcher, fatal }: Life): Promise<string[]> {
  const { checker, subscriptions, log } = world;
  const faults = [...checker.faults, ...fatal.map((error) => `fatal: ${String(error)}`)];
  for (const group of Object.keys(subscriptions)) {
    for (const { sequence, key } of checker.missing(group, await lettersOf(world, group, ['dead', 'queued'])))
      faults.push(`${group} never got ${sequence} of ${key}`);
    for (const sequence of await lettersOf(world, group, ['queued']))
      faults.push(`${group} did not deliver its dead letter ${sequence} again`);
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
  const groups = Object.keys(world.subscriptions).filter((name) => name !== world.spared);
  const operator = createOperator(world, life, groups);
  troubleAtRandom(world, life, operator);
  await world.time.runUntil(2 * troubleMs);
  world.endTrouble();
  const end = world.time.clock.now() + healingMs;
  const isHealed = async (): Promise<boolean> =>
    life.current.isAlive() && (await faultsAtTheEnd(world, life.current)).length === 0;
  // Looking costs more than a step, so it is done now and then.
  for (let at = world.time.clock.now(); at < end && !(await isHealed()); at = world.time.clock.now()) {
    await world.time.runUntil(at + 10_000);
  }
  if (world.hasOperator) {
    await operator.makeUp();
    await world.time.runUntil(world.time.clock.now() + healingMs);
  }
  await life.current.stop();
  return faultsAtTheEnd(world, life.current);
}
