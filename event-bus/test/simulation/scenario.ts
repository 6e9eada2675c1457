import { Subscription } from '../../src/delivery/subscription';
import type { GroupStatus } from '../../src/delivery/group-status';
import { createMemoryDeliveryState } from '../doubles/memory-delivery-state';
import { createMemoryEventLog } from '../doubles/memory-event-log';
import { type Life, startBus, type World } from './bus';
import { createChecker } from './checker';
import { createSeededRandom } from './seeded-random';
import { type Behaviour, type Subscriber, wellBehaved } from './subscriber';
import { createVirtualTime } from './virtual-time';

export interface Scenario extends Pick<World, 'time' | 'log' | 'state' | 'checker'> {
  readonly life: Life;
  /** Kills the bus and starts it again on what it stored. */
  restart(): void;
  subscriber(group: string): Subscriber;
  behave(group: string, behaviour: Partial<Behaviour>, url?: string): void;
  /** Appends one event for each key, in this order. Gives their sequences. */
  publish(keys: readonly string[]): Promise<number[]>;
  /** A record of the log is unreadable from now on. */
  damage(sequence: number): void;
  status(group: string): GroupStatus;
  /** Lets so much time pass. */
  pass(ms: number): Promise<void>;
  /** Lets time pass until the groups have handled or given up everything; gives how long that took, ms. */
  drain(groups: readonly string[], atMostMs: number): Promise<number>;
}

/** One bus with these groups, for a story told step by step. Time passes only when the story says so. */
export function createScenario(
  given: Record<string, Partial<Subscription> & { refusal?: Subscriber['refusal'] }>,
  { seed = 1, limits = {}, sabotage }: { seed?: number } & Partial<Pick<World, 'limits' | 'sabotage'>> = {},
): Scenario {
  const time = createVirtualTime();
  const subscriptions: World['subscriptions'] = {};
  const subscribers: World['subscribers'] = {};
  for (const [name, { refusal = () => undefined, ...wishes }] of Object.entries(given)) {
    const subscription = Subscription.parse({ endpoints: [`http://${name}/events`], ...wishes });
    subscriptions[name] = subscription;
    const behaviours = new Map(subscription.endpoints.map((url) => [url, wellBehaved]));
    subscribers[name] = { behaviours, refusal, pushes: [] };
  }
  const log = createMemoryEventLog({ wallTime: time.clock.wallTime });
  const [state, checker] = [createMemoryDeliveryState(), createChecker(subscriptions)];
  const { read } = log;
  const random = createSeededRandom(seed);
  const world: World = {
    ...{ time, random, log, state, subscribers, subscriptions, checker, limits, crashAtTransition: () => 0 },
    ...(sabotage ? { sabotage } : {}),
  };
  let life = startBus(world);
  let made = 0;

  function subscriber(group: string): Subscriber {
    const found = subscribers[group];
    if (!found) throw new Error(`no group ${group}`);
    return found;
  }

  return {
    ...{ time, log, state, checker, subscriber },
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
    async publish(keys) {
      const before = log.head();
      const events = keys.map((key) => {
        made += 1;
        return { id: `e${made}`, source: '/s', type: 'T', key, text: JSON.stringify({ id: `e${made}`, key }) };
      });
      await log.append(events);
      (await read({ after: before, limit: keys.length })).events.forEach(checker.appended);
      return events.map((_, index) => before + index + 1);
    },
    damage: log.damage,
    status: (group) => life.dispatcher.status(group),
    pass: (ms) => time.runUntil(time.clock.now() + ms),
    async drain(groups, atMostMs) {
      const start = time.clock.now();
      const isDone = (): boolean => groups.every((group) => checker.missing(group).length === 0);
      await time.runUntil(start + atMostMs, isDone);
      return isDone() ? time.clock.now() - start : Infinity;
    },
  };
}
