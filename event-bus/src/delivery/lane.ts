import { type Backoff, backoffMs } from './backoff';
import type { Outcome } from './outcome';

/**
 * The queue of one key in one group.
 *
 *                 2xx                          2xx: the next event of the key
 *             ┌────────┐                          ┌────────┐
 *             │        v     retry, fault         │        v
 *   event ──> flowing (in the window) ──────────> parked (waits in the log) ──────────> flowing
 *                                                 │    ^  │         nothing left in the log
 *                                    retry, fault └────┘  │ fault for the last time: dead letter
 *                                     (after a back-off)  │
 *                                                         ├── skip: parked, going on with the next event
 *                                                         └── halt-key: halted, until its dead letter is dealt with
 *
 * A dead letter that is delivered again goes before everything else of its key: the lane parks for it, and goes on from
 * where it was. The dead letter that halted the lane lets it go on.
 *
 * A flowing lane has no state that outlives the process. What a parked lane is, is stored with the group's cursor:
 * the cursor passes over its events, and they are found again in the log by their key.
 */
export interface ParkedLane {
  key: string;
  phase: 'parked' | 'halted';
  /** Events of the key before this sequence are done; those from here on wait. */
  head: number;
  /** Failed tries of the event at the head; 0 when none has failed. */
  attempts: number;
  /** Those tries after which the event itself was at fault. */
  faults: number;
  reason: string;
  /** ms since 1970. */
  parkedAt: number;
  retryAt: number;
  /** The dead letter that is delivered next, before the head. It is not stored with the lane but with the letter. */
  redelivering?: number;
}

/** An event given up. */
export interface DeadLetter {
  sequence: number;
  eventId: string;
  type: string;
  key: string;
  reason: string;
  attempts: number;
  /** When it failed first and last, ms since 1970. */
  firstFailedAt: number;
  deadAt: number;
}

export interface LanePolicy {
  /** So many times an event may be at fault before it is given up. */
  maxAttempts: number;
  onDeadLetter: 'skip' | 'halt-key';
  backoff: Backoff;
}

export type Failure = Extract<Outcome, { kind: 'retry' | 'fault' }>;

export interface FailedTry {
  event: { sequence: number; id: string; type: string; key: string };
  failure: Failure;
  /** The lane as it was stored; undefined for a flowing lane. */
  parked: ParkedLane | undefined;
  /** Failed tries before, of a flowing lane's head. */
  attemptsBefore: number;
  /** Whether the subscriber as a whole is taken for dead: then no event is blamed. */
  subscriberIsDead: boolean;
  /** ms since 1970. */
  wallTime: number;
  /** From 0 to below 1. */
  random: number;
}

/** What a failed try makes of a lane. `waitMs`: how long from now until its next try. */
export interface AfterFailure {
  lane: ParkedLane;
  deadLetter?: DeadLetter;
  waitMs: number;
}

/** A lane that parks though nothing of it failed: for an operator, who wants events of its key to be delivered again. */
export function parkedAtWill(key: string, head: number, reason: string, wallTime: number): ParkedLane {
  const counts = { attempts: 0, faults: 0 };
  return { key, phase: 'parked', head, ...counts, reason, parkedAt: wallTime, retryAt: wallTime };
}

/** Whether the lane has something to deliver; one that is halted has not. */
export function hasWork({ phase, redelivering }: ParkedLane): boolean {
  return phase === 'parked' || redelivering !== undefined;
}

/** The lane parks with the failed event at its front, or becomes rid of it as a dead letter. */
export function afterFailure(failed: FailedTry, policy: LanePolicy): AfterFailure {
  const { event, failure, parked, wallTime } = failed;
  const attempts = (parked?.attempts ?? failed.attemptsBefore) + 1;
  const blamed = failure.kind === 'fault' && !failed.subscriberIsDead;
  const faults = (parked?.faults ?? 0) + (blamed ? 1 : 0);
  const parkedAt = parked && parked.attempts > 0 ? parked.parkedAt : wallTime;
  const lane = { key: event.key, reason: failure.reason, parkedAt };
  const again = parked?.redelivering === event.sequence ? parked : undefined;

  if (blamed && faults >= policy.maxAttempts) {
    const { sequence, id: eventId, type, key } = event;
    const deadLetter = { sequence, eventId, type, key, reason: failure.reason, attempts, firstFailedAt: parkedAt };
    const phase = again?.phase ?? (policy.onDeadLetter === 'halt-key' ? 'halted' : 'parked');
    return {
      lane: { ...lane, phase, head: again?.head ?? sequence + 1, attempts: 0, faults: 0, retryAt: wallTime },
      deadLetter: { ...deadLetter, deadAt: wallTime },
      waitMs: 0,
    };
  }
  const asked = failure.kind === 'retry' ? failure.retryAfterMs : 0;
  const waitMs = Math.max(asked, backoffMs(attempts, failed.random, policy.backoff));
  const waiting = { ...lane, attempts, faults, retryAt: wallTime + waitMs };
  if (!again) return { lane: { ...waiting, phase: 'parked', head: event.sequence }, waitMs };
  return { lane: { ...waiting, phase: again.phase, head: again.head, redelivering: event.sequence }, waitMs };
}

/** The event of this sequence is done: the lane goes on with the next one, at once. */
export function afterDone(lane: ParkedLane, sequence: number, wallTime: number): ParkedLane {
  if (lane.redelivering === sequence) return withoutLetter(lane, sequence, wallTime);
  return { ...lane, head: sequence + 1, attempts: 0, faults: 0, retryAt: wallTime };
}

/** A dead letter is dealt with (delivered or discarded): the lane that it halted goes on, any other is as before. */
export function withoutLetter(lane: ParkedLane, sequence: number, wallTime: number): ParkedLane {
  const phase = lane.head === sequence + 1 ? 'parked' : lane.phase;
  const rest = { ...lane, phase, attempts: 0, faults: 0, retryAt: wallTime };
  delete rest.redelivering;
  return rest;
}

/**
 * How long a stored lane still waits after a restart, ms. The clock may have been set meanwhile: a lane never waits
 * longer than it could have been told to.
 */
export function remainingWaitMs({ retryAt }: ParkedLane, wallTime: number, longestMs: number): number {
  return Math.min(Math.max(0, retryAt - wallTime), longestMs);
}
