import { silentLogger, Unavailable } from '@blog/kit';
import type { Clock } from '../../src/delivery/clock';
import { createDispatcher, type Dispatcher, type DispatcherDeps } from '../../src/delivery/dispatcher';
import type { GroupLimits } from '../../src/delivery/limits';
import { createPatientState } from '../../src/delivery/patient-state';
import type { Subscription } from '../../src/delivery/subscription';
import type { EventLog } from '../../src/log/event-log';
import type { MemoryDeliveryState } from '../doubles/memory-delivery-state';
import type { MemoryEventLog } from '../doubles/memory-event-log';
import type { Checker, WatchedLife } from './checker';
import { DiskFull, mortal, onDisk, watched } from './disk';
import type { Folder } from './folder';
import { createSimulatedSender } from './network';
import type { SeededRandom } from './seeded-random';
import type { Subscriber } from './subscriber';
import type { VirtualTime } from './virtual-time';

export interface World {
  time: VirtualTime;
  random: SeededRandom;
  folder: Folder;
  log: MemoryEventLog;
  state: MemoryDeliveryState;
  subscribers: Record<string, Subscriber>;
  subscriptions: Record<string, Subscription>;
  checker: Checker;
  limits: Partial<GroupLimits>;
  /** How likely each single transition is to be the last thing that the process does. */
  crashAtTransition: () => number;
  /** Whether the disk is full at present. */
  isFull?: () => boolean;
  /** Puts a fault into the bus itself, to see that it is found. */
  sabotage?: (deps: DispatcherDeps, subscriptions: World['subscriptions']) => DispatcherDeps;
}

/** One life of the bus, from its start to its crash or stop. */
export interface Life {
  dispatcher: Dispatcher;
  isAlive(): boolean;
  /** As SIGKILL: nothing that it had begun goes on. */
  kill(): void;
  /** As SIGTERM. */
  stop(): Promise<void>;
  fatal: unknown[];
}

/** Its timers end with the process. */
function lifeClock({ time }: World, isAlive: () => boolean): Clock {
  return { ...time.clock, schedule: (ms, work) => time.clock.schedule(ms, () => isAlive() && work()) };
}

/** Where pushes to a group go. */
function createOpenSender({ time, random, checker, subscribers }: World, life: WatchedLife) {
  return (group: string): ReturnType<DispatcherDeps['openSender']> => {
    const subscriber = subscribers[group];
    if (!subscriber) throw new Error(`no subscriber ${group}`);
    const watcher = checker.watch(group, life);
    return createSimulatedSender(subscriber, { time, random, isAlive: life.isAlive, watcher });
  };
}

function watchedLife(isAlive: () => boolean, dispatcher: () => Dispatcher): WatchedLife {
  return {
    isAlive,
    isDown: (group) =>
      dispatcher()
        .statuses()
        .some((status) => status.group === group && status.state === 'down'),
  };
}

/** The log as one life sees it: what it hears of new events ends with the process. */
function logOf(world: World, isAlive: () => boolean): EventLog {
  const listeners: (() => void)[] = [];
  world.log.onAppended(() => isAlive() && listeners.forEach((listener) => listener()));
  return new Proxy(
    mortal<EventLog>(world.log, isAlive, () => undefined),
    {
      get: (of, name, receiver): unknown =>
        name === 'onAppended' ? (listener: () => void) => listeners.push(listener) : Reflect.get(of, name, receiver),
    },
  );
}

export function startBus(world: World): Life {
  const { random, checker } = world;
  let alive = true;
  const isAlive = (): boolean => alive;
  const fatal: unknown[] = [];
  const mayDie = (): void => {
    if (random.chance(world.crashAtTransition())) alive = false;
  };
  const clock = lifeClock(world, isAlive);
  const stored = onDisk(watched(world.state, checker), world.isFull ?? (() => false));
  const state = createPatientState(mortal(stored, isAlive, mayDie), {
    clock,
    logger: silentLogger,
    isLackOfRoom: (error) => error instanceof DiskFull,
  });
  /** A start or a stop on a full disk ends the process. */
  const endWith = (error: unknown): void => {
    if (error instanceof Unavailable) alive = false;
    else fatal.push(error);
  };
  const deps: DispatcherDeps = {
    log: logOf(world, isAlive),
    state,
    openSender: createOpenSender(
      world,
      watchedLife(isAlive, () => dispatcher),
    ),
    clock,
    random: random.next,
    observer: { pushed: () => undefined, gaveUp: () => undefined, changed: () => undefined },
    logger: silentLogger,
    onFatal: endWith,
    limits: world.limits,
  };
  const dispatcher = createDispatcher(world.sabotage?.(deps, world.subscriptions) ?? deps);
  // Another process that has the folder lives on; this one ends before it reads or sends anything.
  if (!world.folder.take(isAlive)) alive = false;
  if (alive) dispatcher.start(world.subscriptions).catch(endWith);
  return {
    dispatcher,
    isAlive,
    fatal,
    kill: () => void (alive = false),
    async stop() {
      state.stopWaiting();
      await dispatcher.stop();
    },
  };
}
