import { Subscription } from '../../src/delivery/subscription';
import type { GroupLimits } from '../../src/delivery/limits';
import { createMemoryDeliveryState } from '../doubles/memory-delivery-state';
import { createMemoryEventLog } from '../doubles/memory-event-log';
import type { World } from './bus';
import { createChecker } from './checker';
import { createFolder } from './folder';
import { createSeededRandom, type SeededRandom } from './seeded-random';
import { createSubscriber, type Fate, type Front, type Subscriber, wellBehaved } from './subscriber';
import { createVirtualTime, type VirtualTime } from './virtual-time';

/** What a schedule may be run with, to see that the simulation finds it. */
export interface Sabotage {
  sabotage?: World['sabotage'];
  limits?: Partial<GroupLimits>;
  /** Whether a bus takes the lock of its folder. */
  locksFolder?: boolean;
}

export interface RandomWorld extends World {
  /** How many keys events have. */
  keys: number;
  /** The group that no trouble befalls, if there is one. */
  spared: string | undefined;
  hasOperator: boolean;
  /** Whether records of the log get damaged. */
  getsDamage: boolean;
  /** Whether all but the ill events is well in the second part of the trouble. */
  getsCalm: boolean;
  fillDisk: (forMs: number) => void;
  /** Whether anything keeps the group as a whole from its work. */
  isTroubled: (group: string) => boolean;
  /** Subscribers and disk are well; ill events stay so. */
  calm: () => void;
  isOver: () => boolean;
  /** Everything is well, but for what a subscriber refuses or dies of for ever. */
  endTrouble: () => void;
}

export function randomSubscription(random: SeededRandom, urls: readonly string[]): Subscription {
  const first = random.between(0, urls.length - 1);
  return Subscription.parse({
    endpoints: urls.slice(first, first + random.between(1, 3)),
    timeoutMs: random.pick([200, 1_000, 5_000, 90_000]),
    batch: random.pick([1, 1, 2, 5, 20]),
    maxAttempts: random.between(1, 5),
    ...(random.chance(0.3) ? { types: ['A'] } : {}),
  });
}

export const urlsOf = (group: string): string[] => Array.from({ length: 4 }, (_, n) => `http://${group}-${n}/events`);

/** No subscriber is ill of an event of this key. */
export const calmKey = 'calm';

/** Which events a subscriber can't stand. */
function randomIllness(
  random: SeededRandom,
  keys: number,
  isOver: () => boolean,
): Pick<Subscriber, 'refusal' | 'fate'> {
  const status = random.pick([400, 422, 500]);
  const anyKey = (): string => `k${random.between(0, keys - 1)}`;
  const refusedKey = random.chance(0.5) ? anyKey() : undefined;
  const refusedEvery = random.pick([0, 0, 7]);
  const hanging = new Set(Array.from({ length: random.pick([0, 0, 1, Math.floor(keys / 2)]) }, anyKey));
  const killedEvery = random.pick([0, 0, 0, 31]);
  return {
    refusal({ key, sequence }) {
      if (key === calmKey) return undefined;
      if (refusedEvery > 0 && sequence % refusedEvery === 0) return status === 500 && isOver() ? undefined : status;
      return key === refusedKey && !isOver() ? status : undefined;
    },
    fate({ key, sequence }): Fate | undefined {
      if (key === calmKey) return undefined;
      if (killedEvery > 0 && sequence % killedEvery === 3) return 'kills';
      return hanging.has(key) && !isOver() ? 'hangs' : undefined;
    },
  };
}

function createRandomSubscriber(
  { random, clock }: { random: SeededRandom; clock: VirtualTime['clock'] },
  group: string,
  keys: number,
  isOver: () => boolean,
): Subscriber {
  return createSubscriber(urlsOf(group), clock.now, {
    front: random.pick<Front>(['nothing', 'nothing', 'breaks', 'breaks requests', 'answers 502']),
    startMs: () => random.between(20, 3_000),
    ...randomIllness(random, keys, isOver),
  });
}

function createSubscribers(
  names: readonly string[],
  { random, time, keys, spared }: Pick<RandomWorld, 'random' | 'time' | 'keys' | 'spared'>,
  isOver: () => boolean,
): World['subscribers'] {
  const { clock } = time;
  return Object.fromEntries(
    names.map((name) => [
      name,
      name === spared
        ? createSubscriber(urlsOf(name), clock.now)
        : createRandomSubscriber({ random, clock }, name, keys, isOver),
    ]),
  );
}

/** A small window and few requests, so that a short schedule fills them. */
function randomLimits(random: SeededRandom): Partial<GroupLimits> {
  return {
    window: { events: random.pick([4, 16, 256]), characters: 20_000 },
    requests: random.pick([
      { single: 32, array: 4 },
      { single: 4, array: 2 },
    ]),
  };
}

export function createRandomWorld(seed: number, { sabotage, limits = {}, locksFolder = true }: Sabotage): RandomWorld {
  const random = createSeededRandom(seed);
  const time = createVirtualTime({ creepMs: random.pick([0, 0.5]) });
  let over = false;
  let fullUntil = 0;
  const keys = random.between(1, 12);
  const names = ['one', 'two', 'three'].slice(0, random.between(1, 3));
  const subscriptions = Object.fromEntries(
    names.map((name) => {
      const onDeadLetter = random.chance(0.3) ? 'halt-key' : 'skip';
      return [name, { ...randomSubscription(random, urlsOf(name)), onDeadLetter } satisfies Subscription];
    }),
  );
  const spared = names.length > 1 && random.chance(0.5) ? 'one' : undefined;
  const subscribers = createSubscribers(names, { random, time, keys, spared }, () => over);
  const crashes = random.pick([0, 0, 0.002, 0.02]);
  const isFull = (): boolean => !over && time.clock.now() < fullUntil;

  function calm(): void {
    fullUntil = 0;
    for (const { behaviours } of Object.values(subscribers)) {
      for (const url of behaviours.keys()) behaviours.set(url, wellBehaved);
    }
  }

  return {
    time,
    random,
    keys,
    subscriptions,
    subscribers,
    spared,
    isFull,
    calm,
    isOver: () => over,
    folder: createFolder({ isLocked: locksFolder }),
    hasOperator: random.chance(0.4),
    getsDamage: random.chance(0.2),
    getsCalm: random.chance(0.7),
    log: createMemoryEventLog({ wallTime: time.clock.wallTime }),
    state: createMemoryDeliveryState(),
    checker: createChecker(subscriptions, {
      clocks: time.clock,
      isWell: (group, event) => !subscribers[group]?.refusal(event) && !subscribers[group]?.fate(event),
    }),
    limits: { ...randomLimits(random), ...limits },
    fillDisk: (forMs) => void (fullUntil = time.clock.now() + forMs),
    crashAtTransition: () => (over ? 0 : crashes),
    ...(sabotage && { sabotage }),
    isTroubled(group) {
      const subscriber = subscribers[group];
      if (!subscriber || isFull()) return true;
      const isIll = [...subscriber.behaviours.values()].some((behaviour) => behaviour !== wellBehaved);
      return isIll || [...subscriber.processes.values()].some(({ isUp }) => !isUp);
    },
    endTrouble() {
      over = true;
      calm();
    },
  };
}
