import { silentLogger } from '@blog/kit';
import { createDispatcher, type Dispatcher, type DispatcherDeps } from '../../src/delivery/dispatcher';
import type { DeliveryState } from '../../src/delivery/delivery-state';
import type { GroupLimits } from '../../src/delivery/limits';
import type { Subscription } from '../../src/delivery/subscription';
import type { EventLog } from '../../src/log/event-log';
import type { MemoryDeliveryState } from '../doubles/memory-delivery-state';
import { createChecker } from './checker';
import type { SeededRandom } from './seeded-random';
import { createSimulatedSender, type Subscriber } from './subscriber';
import type { VirtualTime } from './virtual-time';

export interface World {
  time: VirtualTime;
  random: SeededRandom;
  log: EventLog;
  state: MemoryDeliveryState;
  subscribers: Record<string, Subscriber>;
  subscriptions: Record<string, Subscription>;
  checker: ReturnType<typeof createChecker>;
  limits: Partial<GroupLimits>;
  /** How likely each single transition is to be the last thing that the process does. */
  crashAtTransition: () => number;
  /** Puts a fault into the bus itself, to see that it is found. */
  sabotage?: (deps: DispatcherDeps, subscriptions: World['subscriptions']) => DispatcherDeps;
}

/** One life of the bus, from its start to its crash or stop. */
export interface Life {
  dispatcher: Dispatcher;
  isAlive(): boolean;
  /** As SIGKILL: nothing that it had begun goes on. */
  kill(): void;
  fatal: unknown[];
}

const never = new Promise<never>(() => undefined);

/** A process's view of its disk: it ends with the process, perhaps in the middle of a transition. */
function mortal<T extends DeliveryState | EventLog>(target: T, isAlive: () => boolean, mayDie: () => void): T {
  return new Proxy(target, {
    get(of, name, receiver) {
      const value: unknown = Reflect.get(of, name, receiver);
      if (typeof value !== 'function' || name === 'head') return value;
      return (...given: unknown[]): unknown => {
        if (!isAlive()) return never;
        mayDie();
        if (!isAlive()) return never;
        const result: unknown = Reflect.apply(value, of, given);
        mayDie();
        return isAlive() ? result : never;
      };
    },
  });
}

/** What is given up counts from the transition on, even where the process dies right after it. */
function watched(state: DeliveryState, { gaveUp, discarded }: World['checker']): DeliveryState {
  return {
    ...state,
    giveUp(group, letter, lane) {
      gaveUp(group, letter.sequence);
      return state.giveUp(group, letter, lane);
    },
    discard(group, sequence, lane) {
      discarded(group, sequence);
      return state.discard(group, sequence, lane);
    },
  };
}

export function startBus(world: World): Life {
  const { time, random, checker, subscribers } = world;
  let alive = true;
  const isAlive = (): boolean => alive;
  const fatal: unknown[] = [];
  const listeners: (() => void)[] = [];
  const mayDie = (): void => {
    if (random.chance(world.crashAtTransition())) alive = false;
  };
  const log = mortal(world.log, isAlive, () => undefined);
  world.log.onAppended(() => alive && listeners.forEach((listener) => listener()));
  const state = mortal<DeliveryState>(watched(world.state, checker), isAlive, mayDie);
  const deps: DispatcherDeps = {
    log: new Proxy(log, {
      get: (of, name, receiver): unknown =>
        name === 'onAppended' ? (listener: () => void) => listeners.push(listener) : Reflect.get(of, name, receiver),
    }),
    state,
    openSender(group) {
      const subscriber = subscribers[group];
      if (!subscriber) throw new Error(`no subscriber ${group}`);
      return createSimulatedSender(subscriber, {
        ...{ time, random, isAlive, watcher: checker.watch(group) },
        timeoutMs: world.subscriptions[group]?.timeoutMs ?? Infinity,
      });
    },
    clock: { ...time.clock, schedule: (ms, work) => time.clock.schedule(ms, () => alive && work()) },
    random: random.next,
    observer: { pushed: () => undefined, gaveUp: () => undefined },
    logger: silentLogger,
    onFatal: (error) => fatal.push(error),
    limits: world.limits,
  };
  const dispatcher = createDispatcher(world.sabotage?.(deps, world.subscriptions) ?? deps);
  dispatcher.start(world.subscriptions).catch((error: unknown) => fatal.push(error));
  return { dispatcher, isAlive, kill: () => void (alive = false), fatal };
}
