import type { GroupStatus } from '../../src/delivery/group-status';
import { Subscription } from '../../src/delivery/subscription';
import { createMemoryDeliveryState } from '../doubles/memory-delivery-state';
import { createMemoryEventLog } from '../doubles/memory-event-log';
import { type Life, startBus, type World } from './bus';
import { createChecker } from './checker';
import { createFolder } from './folder';
import { createSeededRandom } from './seeded-random';
import { type Behaviour, crash, createSubscriber, type Subscriber, wellBehaved } from './subscriber';
import { createVirtualTime } from './virtual-time';

type GivenGroup = Partial<Subscription> &
  Partial<Pick<Subscriber, 'refusal' | 'fate' | 'answer' | 'front' | 'startMs'>>;

export interface Scenario extends Pick<World, 'time' | 'log' | 'state' | 'checker'> {
  readonly life: Life;
  /** Kills the bus and starts it again on what it stored. */
  restart(): void;
  subscriber(group: string): Subscriber;
  behave(group: string, behaviour: Partial<Behaviour>, url?: string): void;
  /** The processes of a group's subscriber die, and are back after a time. */
  crash(group: string, awayMs: number): void;
  /** Appends one event for each key, in this order. Gives their sequences. */
  publish(keys: readonly string[], type?: string): Promise<number[]>;
  /** A record of the log is unreadable from now on. */
  damage(sequence: number): void;
  status(group: string): GroupStatus;
  /** How long events took from being published to being handled, ms, shortest first; Infinity if they are not. */
  waits(group: string, isMeant?: (event: { key: string; sequence: number }) => boolean): number[];
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until the groups have handled or given up everything; gives how long that took, ms. */
  drain(groups: readonly string[], atMostMs: number): Promise<number>;
}

function createWorld(
  given: Record<string, GivenGroup>,
  { seed, limits, sabotage }: { seed: number } & Pick<World, 'limits' | 'sabotage'>,
): World {
  const time = createVirtualTime();
  const subscriptions: World['subscriptions'] = {};
  const subscribers: World['subscribers'] = {};
  for (const [name, { refusal, fate, answer, front, startMs, ...wishes }] of Object.entries(given)) {
    const subscription = Subscription.parse({ endpoints: [`http://${name}/events`], ...wishes });
    subscriptions[name] = subscription;
    subscribers[name] = createSubscriber(subscription.endpoints, time.clock.now, {
      ...(refusal && { refusal }),
      ...(fate && { fate }),
      ...(answer && { answer }),
      ...(front && { front }),
      ...(startMs && { startMs }),
    });
  }
  return {
    time,
    random: createSeededRandom(seed),
    folder: createFolder(),
    log: createMemoryEventLog({ wallTime: time.clock.wallTime }),
    state: createMemoryDeliveryState(),
    subscribers,
    subscriptions,
    checker: createChecker(subscriptions, { clocks: time.clock }),
    limits,
    crashAtTransition: () => 0,
    ...(sabotage && { sabotage }),
  };
}

function createPublish({ log, checker }: World): Scenario['publish'] {
  const { read } = log;
  let made = 0;
  return async (keys, type = 'T') => {
    const before = log.head();
    const events = keys.map((key) => {
      made += 1;
      return { id: `e${made}`, source: '/s', type, key, text: JSON.stringify({ id: `e${made}`, key }) };
    });
    await log.append(events);
    (await read({ after: before, limit: keys.length })).events.forEach((event) => checker.appended(event));
    return events.map((_, index) => before + index + 1);
  };
}

/** One bus with these groups, for a story told step by step. Time passes only when the story says so. */
export function createScenario(
  given: Record<string, GivenGroup>,
  { seed = 1, limits = {}, ...rest }: { seed?: number } & Partial<Pick<World, 'limits' | 'sabotage'>> = {},
): Scenario {
  const world = createWorld(given, { seed, limits, ...rest });
  const { time, log, state, checker, subscribers } = world;
  let life = startBus(world);

  function subscriber(group: string): Subscriber {
    const found = subscribers[group];
    if (!found) throw new Error(`no group ${group}`);
    return found;
  }

  return {
    time,
    log,
    state,
    checker,
    subscriber,
    get life() {
      return life;
    },
    restart() {
      life.kill();
      life = startBus(world);
    },
    behave(group, behaviour, url) {
      const { behaviours } = subscriber(group);
      for (const one of url === undefined ? [...behaviours.keys()] : [url]) {
        behaviours.set(one, { ...(behaviours.get(one) ?? wellBehaved), ...behaviour });
      }
    },
    crash(group, awayMs) {
      for (const url of subscriber(group).processes.keys()) crash(subscriber(group), url, awayMs, time);
    },
    publish: createPublish(world),
    damage: log.damage,
    status: (group) => life.dispatcher.status(group),
    waits(group, isMeant = () => true) {
      const { book } = checker.group(group);
      return checker.log.events
        .filter(isMeant)
        .map(({ sequence }) => (book.doneAt(sequence) ?? Infinity) - checker.log.appendedAt(sequence))
        .sort((a, b) => a - b);
    },
    pass: (ms) => time.runUntil(time.clock.now() + ms),
    async drain(groups, atMostMs) {
      const start = time.clock.now();
      const isDone = (): boolean => groups.every((group) => checker.missing(group).length === 0);
      await time.runUntil(start + atMostMs, isDone);
      return isDone() ? time.clock.now() - start : Infinity;
    },
  };
}
