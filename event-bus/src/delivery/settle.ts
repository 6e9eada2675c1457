import type { StoredEvent } from '../log/event-log';
import type { Clock, Random } from './clock';
import type { DeliveryState } from './delivery-state';
import { type Failure, isSuspicious, wellMs } from './evidence';
import { afterDone, type AfterFailure, afterFailure, type LanePolicy, type ParkedLane } from './lane';
import type { Lane, Lanes } from './lanes';
import type { DeliveryObserver } from './observer';
import type { Pace } from './pace';
import type { Run } from './runs';
import type { Window } from './window';

/** Takes in what became of an event: in the lanes, in what is stored, and in what is thought of the subscriber. */
export interface Settle {
  done(events: readonly StoredEvent[]): Promise<void>;
  failed(event: StoredEvent, failure: Failure, run: Run): Promise<void>;
  /** A push of several keys failed: it may be the subscriber that is at fault. */
  count(key: string, failure: Failure, run: Run): void;
}

/**
 * While the subscriber is taken for dead, its group waits in order, and no event is parked before it has failed so
 * often. In the end it is: what looks like a dead subscriber may be a window full of poisonous events. Once each event of
 * a full window has failed, the one that fails next makes room for an event that may be well.
 */
const triesWhileDead = { event: 2, subscriber: 8, inFullWindow: 2 };

export function createSettle({
  group,
  window,
  lanes,
  pace,
  state,
  clock,
  random,
  policy,
  observer,
  onProgress,
}: {
  group: string;
  window: Pick<Window, 'room'>;
  lanes: Lanes;
  pace: Pace;
  state: DeliveryState;
  clock: Clock;
  random: Random;
  policy: LanePolicy;
  observer: DeliveryObserver;
  onProgress: () => void;
}): Settle {
  async function withNextLetter(lane: ParkedLane): Promise<ParkedLane> {
    const redelivering = await state.nextQueued(group, lane.key);
    return redelivering === undefined ? lane : { ...lane, redelivering };
  }

  async function redelivered(lane: ParkedLane, sequence: number): Promise<void> {
    await state.redelivered(group, sequence, lane);
    lanes.get(lane.key).parked = await withNextLetter(lane);
  }

  async function done(events: readonly StoredEvent[]): Promise<void> {
    const now = clock.now();
    const parked = new Map<string, number | undefined>();
    // Now the subscriber is there: what breaks a connection right after this can be told from what meets it away.
    if (pace.lastDoneAt() < now - wellMs) lanes.bringSuspiciousForward(now);
    for (const { key, sequence } of events) {
      const lane = lanes.get(key);
      pace.done(now);
      if (lane.parked) {
        const isLetter = lane.parked.redelivering === sequence;
        lane.parked = afterDone(lane.parked, sequence, clock.wallTime());
        parked.set(key, isLetter ? sequence : parked.get(key));
      } else lanes.settleFirst(lane);
    }
    for (const [key, letter] of parked) {
      const lane = lanes.get(key).parked;
      if (lane) await (letter === undefined ? state.saveLane(group, lane) : redelivered(lane, letter));
    }
    onProgress();
  }

  /** One event that fails again and again says nothing of the others; nor does silence, if others were done meanwhile. */
  function count(key: string, failure: Failure, { pushedAt }: Run): void {
    const { parked } = lanes.get(key);
    const isFirst = !parked || (parked.attempts === 0 && parked.redelivering === undefined);
    const isSilence = failure.kind === 'retry' && failure.why === 'silence';
    if (!isFirst || (isSilence && pace.lastDoneAt() > pushedAt)) return;
    pace.failed(key, failure.reason, clock.now(), random());
  }

  /** Whether the event waits as it is, because the subscriber as a whole is taken for dead. */
  function waitsInOrder(lane: Lane, failure: Failure): boolean {
    if (pace.mode() !== 'down' || lane.parked || failure.kind === 'broken') return false;
    if (failure.kind === 'retry' && failure.retryAfterMs > 0) return false;
    const hasUntried = window.room() > 0 || lanes.hasUntried();
    return lane.attempts + 1 < triesWhileDead[hasUntried ? failure.suspect : 'inFullWindow'];
  }

  function tell(event: StoredEvent, failure: Failure, before: ParkedLane | undefined, after: AfterFailure): void {
    const { lane, deadLetter } = after;
    const { reason } = failure;
    if (deadLetter) return observer.gaveUp(group, deadLetter);
    if (isSuspicious(lane) && !(before && isSuspicious(before))) {
      return observer.changed(group, { kind: 'suspicious', event, reason });
    }
    if (before && lane.attempts > 1) return;
    const detail = 'detail' in failure ? failure.detail : undefined;
    observer.changed(group, { kind: 'parked', event, reason, detail, retryAt: lane.retryAt });
  }

  async function failed(event: StoredEvent, failure: Failure, run: Run): Promise<void> {
    const lane = lanes.get(event.key);
    const { parked } = lane;
    run.failedKeys.add(event.key);
    count(event.key, failure, run);
    const now = clock.now();
    if (failure.kind === 'retry' && failure.suspect === 'subscriber' && failure.retryAfterMs > 0) {
      pace.holdUntil(now + failure.retryAfterMs);
    }
    const othersAreWell = pace.lastDoneAt() > lane.failedAt;
    const isRepeated = lane.failedAt > -Infinity;
    lane.failedAt = now;
    if (failure.kind === 'broken') lane.brokeAfterMs = now - run.pushedAt;
    if (waitsInOrder(lane, failure)) {
      lane.attempts += 1;
      return;
    }
    const whole = { subscriberIsDead: pace.mode() === 'down', othersAreWell: isRepeated && othersAreWell };
    const { isAlone: wasAlone, isBesideSlow: wasBesideSlow, isSlow: wasSlow } = run;
    const { wasGoneAfter, wasWellBefore } = run;
    const tried = { wasAlone, wasBesideSlow, wasSlow, wasGoneAfter, wasWellBefore, attemptsBefore: lane.attempts };
    const moment = { wallTime: clock.wallTime(), random: random() };
    const after = afterFailure({ event, failure, parked, ...whole, ...tried, ...moment }, policy);
    // First the disk, then the window: the cursor passes an event only once what became of it is stored.
    if (after.deadLetter) await state.giveUp(group, after.deadLetter, after.lane);
    else await state.saveLane(group, after.lane);
    const next = after.deadLetter ? await withNextLetter(after.lane) : after.lane;
    lanes.park(lane, next, clock.now() + after.waitMs);
    tell(event, failure, parked, after);
    onProgress();
  }

  return { done, failed, count };
}
