import { DamagedRecord, type EventLog } from '../log/event-log';
import { type Clock, type Random, waitAtMost } from './clock';
import { createCursorSaver } from './cursor-saver';
import { createDamage, type Damage } from './damage';
import { createDeliver } from './deliver';
import type { DeliveryState } from './delivery-state';
import { createEndpoints } from './endpoints';
import { type GroupStatus, statusOf } from './group-status';
import { createKeyCommands, type KeyCommands } from './key-commands';
import { createIsGone, createKnock } from './knock';
import { createLag } from './lag';
import { createLanes } from './lanes';
import type { GroupLimits } from './limits';
import { createModeChanges } from './mode-changes';
import type { DeliveryObserver } from './observer';
import { createPace } from './pace';
import { createRetry, type RestoredGroup, restoreLanes } from './parked-lanes';
import { createPump } from './pump';
import { createRuns, type Run } from './runs';
import { type Sender, withTimeout } from './send';
import { createSettle } from './settle';
import { type EventPlace, type Standing, standingOf } from './standing';
import { createWindow } from './window';

export interface GroupDeps {
  log: EventLog;
  state: DeliveryState;
  sender: Sender;
  clock: Clock;
  /** The time by which events are stored, ms since 1970; the clock's, if it is not given. */
  logTime?: () => number;
  random: Random;
  observer: DeliveryObserver;
  limits: GroupLimits;
  /** The log or the state failed: the process must end. */
  onFatal: (error: unknown) => void;
  /** The group can't go on; the others can. */
  onStopped: (group: string, reason: string) => void;
}

export interface Group extends KeyCommands, Pick<Damage, 'setAside'> {
  /** The log has grown. */
  wake(): void;
  /** Sends nothing more; what is in flight is taken in. */
  pause(because: string): Promise<void>;
  resume(): Promise<void>;
  /** Whatever waits for a time is tried at once: the next probe, and parked lanes. */
  retryNow(): void;
  status(): GroupStatus;
  /** Undefined while the group is paused or stopped. */
  movingCursor(): number | undefined;
  /** How an event of the log stands with this group. */
  standing(event: EventPlace): Standing;
  /** Waits briefly for what is in flight, stores the cursor, closes its connections. Twice is harmless. */
  stop(): Promise<void>;
}

/** Runs one group: reads ahead in the log, sends what may be sent, and moves its cursor. */
export function createGroup(saved: RestoredGroup, deps: GroupDeps): Group {
  const { log, state, clock, random, limits, observer } = deps;
  const { name: group, subscription } = saved;
  const { batch, timeoutMs } = subscription;
  const types = subscription.types ? { types: subscription.types } : {};
  const requests = batch > 1 ? limits.requests.array : limits.requests.single;

  const window = createWindow(saved.cursor, limits.window);
  const lag = createLag({ log, window, types: subscription.types, now: deps.logTime ?? clock.wallTime });
  const lanes = createLanes(window);
  const pace = createPace({ ...limits, requests, batch });
  const tellMode = createModeChanges({ group, pace, observer });
  const endpoints = createEndpoints(subscription.endpoints, { clock, random, backoff: limits.awayBackoff });
  const runs = createRuns({ clock, slowMs: limits.slowMs, slowRequests: requests, onSwept });

  let stoppedBecause: string | undefined;
  let pausedBecause = saved.pausedBecause;
  let stopping: Promise<void> | undefined;
  let reading = false;

  const isActive = (): boolean => !stopping && stoppedBecause === undefined && pausedBecause === undefined;

  const cursor = createCursorSaver({
    ...{ group, state, clock, cursor: window.cursor, saved: saved.cursor },
    isAtRest: () => window.cursor() === window.scanned(),
    everyMs: limits.saveCursorMs,
    onError: failWith,
  });
  const policy = { ...subscription, backoff: limits.laneBackoff, refusalBackoff: limits.refusalBackoff };
  const shared = { group, subscription, lanes, pace, endpoints, clock, random, observer };
  const settle = createSettle({ ...shared, window, state, policy, onProgress: cursor.saveSoon });
  const knock = withTimeout(deps.sender.knock, { clock, timeoutMs: limits.knockMs });
  const deliver = createDeliver({
    ...{ ...shared, settle, isActive, onGone: pause, isGone: createIsGone(knock) },
    send: withTimeout(deps.sender.send, { clock, timeoutMs }),
    onUnreachable: (reason) => pace.unreachable(reason, clock.now(), random()),
  });
  const damage = createDamage({
    ...{ group, log, state, lanes, window, clock, observer, onStopped: deps.onStopped },
    onProgress() {
      cursor.saveSoon();
      pump();
    },
  });
  const retry = createRetry({
    ...{ group, types: subscription.types, log, state, lanes, clock, deliver: deliver.deliver },
    pushCharacters: limits.pushCharacters,
  });
  const { pump, stop: stopPump } = createPump({
    ...{
      ...shared,
      runs,
      limits,
      requests,
      batch,
      timeoutMs,
      isActive,
      deliver,
      retry: damage.guard(retry),
      onError: failWith,
    },
    knock: createKnock({ endpoints, pace, clock, random, knock }),
    fill,
  });

  /** Memory first and at once, then the disk: what is stored changes in the same order, as the calls come. */
  async function pause(because: string): Promise<void> {
    pausedBecause = because;
    pump();
    observer.changed(group, { kind: 'paused', reason: because });
    await state.pauseGroup(group, because);
  }

  async function resume(): Promise<void> {
    const before = pausedBecause;
    pausedBecause = undefined;
    try {
      await state.resumeGroup(group);
    } catch (error) {
      pausedBecause ??= before;
      throw error;
    }
    if (before !== undefined && pausedBecause === undefined) observer.changed(group, { kind: 'resumed' });
    damage.lookAgain();
    pump();
  }

  function failWith(error: unknown): void {
    stoppedBecause ??= error instanceof Error ? error.message : String(error);
    deps.onFatal(error);
  }

  async function metDamage(error: unknown): Promise<void> {
    if (!(error instanceof DamagedRecord)) throw error;
    reading = false;
    await damage.met(error);
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
    // If nothing of what was read is for the window, the next page comes later: others get their turn between.
    if (window.room() === room) clock.schedule(0, () => pump());
    else pump();
  }

  function fill(): void {
    tellMode();
    const room = window.room();
    if (reading || room === 0 || window.scanned() >= log.head() || damage.stopsReading()) return;
    // A read costs more than an event: not for each one that is done, while there is something to send.
    if (room < limits.window.events / 2 && lanes.hasUntried()) return;
    if (lanes.parkedCount() >= limits.parkedKeys) return;
    reading = true;
    readAhead().catch(metDamage).catch(failWith);
  }

  /** Lets the window go on without what takes long, if it is held up by that and by nothing else. */
  function onSwept(slow: readonly Run[]): void {
    const isHeldUp = window.room() < limits.window.events / 2 && pace.mode() !== 'down';
    if (isHeldUp && isActive()) {
      for (const { key, sequence } of slow.flatMap(({ push }) => push?.events ?? [])) {
        const parked = lanes.parkInFlight(key, sequence, clock.wallTime());
        // The cursor is stored after this, as the calls come: it passes no event that is stored nowhere.
        if (parked) state.saveLane(group, parked).catch(failWith);
      }
    }
    for (const run of slow) giveUpProbe(run);
    pump();
  }

  /** A probe that takes long shows nothing yet: another one may, of another key. */
  function giveUpProbe(run: Run): void {
    if (!run.probe) return;
    run.probe = false;
    pace.probeEnded(clock.now(), random());
  }

  async function stop(): Promise<void> {
    cursor.stop();
    stopPump();
    runs.stop();
    await waitAtMost(limits.stopGraceMs, clock, runs.ended());
    deliver.abort();
    await runs.ended();
    await cursor.save();
    deps.sender.close();
  }

  const inside = () => ({
    ...{ saved, window, lanes, pace, pausedBecause, now: clock.wallTime() },
    stoppedBecause: stoppedBecause ?? damage.reason(),
  });

  restoreLanes(saved, { lanes, clock, longestMs: limits.laneBackoff.longestMs });
  pump();
  lag.look();

  return {
    ...createKeyCommands({
      ...{ group, types: subscription.types, log, lanes, window, state, clock, observer },
      callOff: deliver.callOff,
      isStopping: () => stopping !== undefined,
      onReleased: pump,
    }),
    setAside: damage.setAside,
    wake() {
      pump();
      if (!isActive()) lag.look();
    },
    pause,
    resume,
    retryNow() {
      const now = clock.now();
      lanes.bringForward(now);
      endpoints.probeNow();
      pace.probeNow(now);
      pump();
    },
    stop: () => (stopping ??= stop()),
    movingCursor: () => (isActive() && !damage.stopsReading() ? window.cursor() : undefined),
    status: () => statusOf({ ...inside(), endpoints, lag: lag.current(), inFlight: runs.count() }),
    standing: (event) => standingOf(event, { ...inside(), pushes: deliver.inFlight(), monotonicNow: clock.now() }),
  };
}
