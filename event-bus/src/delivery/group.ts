import { DamagedRecord, type EventLog, type StoredEvent } from '../log/event-log';
import type { Clock, Random } from './clock';
import { createCursorSaver } from './cursor-saver';
import { createDeliver, type DeliveryObserver, type Run } from './deliver';
import type { DeliveryState } from './delivery-state';
import { createEndpoints } from './endpoints';
import { type GroupStatus, statusOf } from './group-status';
import { createKeyCommands, type KeyCommands } from './key-commands';
import { createLanes, type Lane } from './lanes';
import type { GroupLimits } from './limits';
import { createPace } from './pace';
import { createRetry, type RestoredGroup, restoreLanes } from './parked-lanes';
import { type Sender, withTimeout } from './send';
import { type EventPlace, type Standing, standingOf } from './standing';
import { createWindow } from './window';

export interface GroupDeps {
  log: EventLog;
  state: DeliveryState;
  sender: Sender;
  clock: Clock;
  random: Random;
  observer: DeliveryObserver;
  limits: GroupLimits;
  /** The log or the state failed: the process must end. */
  onFatal: (error: unknown) => void;
  /** The group can't go on; the others can. */
  onStopped: (group: string, reason: string) => void;
}

export interface Group extends KeyCommands {
  /** The log has grown. */
  wake(): void;
  /** Sends nothing more; what is in flight is taken in. */
  pause(because: string): Promise<void>;
  resume(): Promise<void>;
  /** Whatever waits for a time is tried at once: the next probe, and parked lanes. */
  retryNow(): void;
  status(): GroupStatus;
  /** How an event of the log stands with this group. */
  standing(event: EventPlace): Standing;
  /** Waits briefly for what is in flight, stores the cursor, closes its connections. Twice is harmless. */
  stop(): Promise<void>;
}

/** Runs one group: reads ahead in the log, sends what may be sent, and moves its cursor. */
export function createGroup(saved: RestoredGroup, deps: GroupDeps): Group {
  const { log, state, clock, random, limits } = deps;
  const { name: group, subscription } = saved;
  const types = subscription.types ? { types: subscription.types } : {};
  const requests = subscription.batch > 1 ? limits.requests.array : limits.requests.single;
  /** Parked keys, however many, leave the others half of the connections. */
  const parkedRequests = Math.max(1, Math.floor(requests / 2));

  const window = createWindow(saved.cursor, limits.window);
  const lanes = createLanes(window);
  const pace = createPace({ ...limits, requests, batch: subscription.batch });
  const endpoints = createEndpoints(subscription.endpoints, { clock, random, backoff: limits.awayBackoff });
  const inFlight = { requests: 0, events: 0, parked: 0 };
  const runs = new Set<Promise<void>>();

  let stoppedBecause: string | undefined;
  let pausedBecause = saved.pausedBecause;
  let stopping: Promise<void> | undefined;
  let reading = false;
  let alarm: { at: number; cancel: () => void } | undefined;

  const isActive = (): boolean => !stopping && stoppedBecause === undefined && pausedBecause === undefined;

  const cursor = createCursorSaver({
    ...{ group, state, clock, cursor: window.cursor, saved: saved.cursor },
    everyMs: limits.saveCursorMs,
    onError: failWith,
  });
  const {
    deliver,
    abort,
    inFlight: pushes,
  } = createDeliver({
    ...deps,
    group,
    subscription,
    lanes,
    pace,
    endpoints,
    send: withTimeout(deps.sender.send, { clock, timeoutMs: subscription.timeoutMs }),
    laneBackoff: limits.laneBackoff,
    onGone: pause,
    onProgress: cursor.saveSoon,
  });
  const retry = createRetry({
    ...{ group, types: subscription.types, log, state, lanes, clock, deliver },
    pushCharacters: limits.pushCharacters,
  });

  async function pause(because: string): Promise<void> {
    pausedBecause = because;
    await state.pauseGroup(group, because);
  }

  function failWith(error: unknown): void {
    stoppedBecause ??= error instanceof Error ? error.message : String(error);
    if (error instanceof DamagedRecord) deps.onStopped(group, stoppedBecause);
    else deps.onFatal(error);
  }

  async function readAhead(): Promise<void> {
    const room = window.room();
    const { characters: maxSize } = limits.window;
    const page = await log.read({ after: window.scanned(), limit: room, maxSize, ...types });
    reading = false;
    if (!isActive()) return;
    for (const event of page.events) lanes.enqueue(event);
    window.scannedUpTo(page.upTo);
    cursor.saveSoon();
    // Where nothing of what was read is for the window, the next page comes later: others get their turn between.
    if (window.room() === room) clock.schedule(0, pump);
    else pump();
  }

  function fill(): void {
    const room = window.room();
    if (reading || room === 0 || window.scanned() >= log.head()) return;
    // A read costs more than an event: not for each one that is done, while there is something to send.
    if (room < limits.window.events / 2 && lanes.hasReady()) return;
    if (lanes.parkedCount() >= limits.parkedKeys) return;
    reading = true;
    readAhead().catch(failWith);
  }

  /** Starts some work that keeps lanes busy, and goes on with others when it ends. */
  function start(keys: Set<string>, size: { events: number; parked: number }, work: (run: Run) => Promise<void>): void {
    const run: Run = { probe: pace.mode() === 'down', failedKeys: new Set(), halted: false };
    if (run.probe) pace.probeStarted();
    inFlight.requests += 1;
    inFlight.events += size.events;
    inFlight.parked += size.parked;
    const done = work(run)
      .catch(failWith)
      .then(() => {
        runs.delete(done);
        inFlight.requests -= 1;
        inFlight.events -= size.events;
        inFlight.parked -= size.parked;
        if (run.probe) pace.probeEnded(clock.now(), random());
        lanes.release(keys);
        pump();
      });
    runs.add(done);
  }

  function takeParked(now: number): Lane | undefined {
    if (pace.mode() === 'down') return lanes.hasReady() ? undefined : lanes.takeDue(Infinity);
    return inFlight.parked < parkedRequests ? lanes.takeDue(now) : undefined;
  }

  function takeFlowing(room: number): StoredEvent[] {
    // A probe may be of any key: where some keys are ill, another one soon shows that the subscriber is alive.
    if (pace.mode() === 'down') return lanes.takeAnyReady(random());
    return lanes.takeReady({ events: room, characters: limits.pushCharacters }, subscription.batch > 1);
  }

  function startNext(now: number): boolean {
    const room = pace.room(inFlight, now);
    if (room === 0) return false;
    const lane = takeParked(now);
    if (lane?.parked) {
      const { parked } = lane;
      start(new Set([lane.key]), { events: room, parked: 1 }, (run) => retry(lane, parked, room, run));
      return true;
    }
    const events = takeFlowing(room);
    if (events.length === 0) return false;
    const keys = new Set(events.map(({ key }) => key));
    start(keys, { events: events.length, parked: 0 }, (run) => deliver(events, run));
    return true;
  }

  /** Rings when the next probe or parked lane is due. What waits for anything else is woken by that. */
  function setAlarm(now: number): void {
    const down = pace.mode() === 'down';
    const at = down ? pace.probeAt() : inFlight.parked < parkedRequests ? lanes.nextDue() : Infinity;
    if (alarm && alarm.at === at) return;
    alarm?.cancel();
    alarm = undefined;
    if (at <= now || at === Infinity) return;
    const ring = (): void => {
      alarm = undefined;
      pump();
    };
    alarm = { at, cancel: clock.schedule(at - now, ring) };
  }

  function pump(): void {
    if (!isActive()) return;
    fill();
    // One look at the clock: what becomes due between two of them would be neither started nor waited for.
    const now = clock.now();
    while (startNext(now));
    setAlarm(now);
  }

  async function stop(): Promise<void> {
    cursor.stop();
    alarm?.cancel();
    let cancelGrace: () => void = () => undefined;
    const grace = new Promise<void>((resolve) => (cancelGrace = clock.schedule(limits.stopGraceMs, resolve)));
    await Promise.race([Promise.all(runs), grace]);
    cancelGrace();
    abort();
    await Promise.all(runs);
    await cursor.save();
    deps.sender.close();
  }

  const inside = () => ({ saved, window, lanes, pace, pausedBecause, stoppedBecause, now: clock.wallTime() });

  restoreLanes(saved, { lanes, clock, longestMs: limits.laneBackoff.longestMs });
  pump();

  return {
    ...createKeyCommands({
      ...{ group, lanes, window, state, clock },
      isStopping: () => stopping !== undefined,
      onReleased: pump,
    }),
    wake: pump,
    pause,
    async resume() {
      await state.resumeGroup(group);
      pausedBecause = undefined;
      pump();
    },
    retryNow() {
      const now = clock.now();
      lanes.bringForward(now);
      endpoints.probeNow();
      pace.probeNow(now);
      pump();
    },
    stop: () => (stopping ??= stop()),
    status: () => statusOf({ ...inside(), endpoints, head: log.head(), inFlight: inFlight.requests }),
    standing: (event) => standingOf(event, { ...inside(), pushes: pushes(), monotonicNow: clock.now() }),
  };
}
