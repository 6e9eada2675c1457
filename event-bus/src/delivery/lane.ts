import { type Backoff, backoffMs } from './backoff';
import { type Evidence, evidenceAfter, noEvidence, type Try, verdict } from './evidence';
import { longestRetryAfterMs } from './outcome';

/**
 * The queue of one key in one group.
 *
 *                 2xx                          2xx: the next event of the key
 *             ┌────────┐                          ┌────────┐
 *             │        v     retry, fault         │        v
 *   event ──> flowing (in the window) ──────────> parked (waits in the log) ──────────> flowing
 *                │      no answer for long, and   │    ^  │         nothing left in the log
 *                │      the window is held up     │    │  │
 *                │                   retry, fault └────┘  │ given up: dead letter
 *                │                    (after a back-off)  ├── skip: parked, going on with the next event
 *                │                                        └── halt-key: halted, until its dead letter is dealt with
 *                │ the connection broke suddenly, or again and again
 *                v                      broken again: one death
 *             suspicious ──┐ <────────────────────────────────────┐
 *                │         └── after a knock that is answered ────┘
 *                │             it is tried alone
 *                ├── any answer, or silence: parked, and no longer suspicious
 *                └── `maxAttempts` deaths: dead letter
 *
 *   any state ── halt by an operator ──> held ── release ──> parked
 *
 * An event is given up after `maxAttempts` refusals or deaths, or after `errorsPerAttempt` times as many errors while
 * other keys were well.
 *
 * A dead letter that is delivered again goes before everything else of its key: the lane parks for it, and goes on from
 * where it was. The dead letter that halted the lane lets it go on.
 *
 * A flowing lane has no state that outlives the process. What a parked lane is, is stored with the group's cursor:
 * the cursor passes over its events, and they are found again in the log by their key.
 */
export interface ParkedLane extends Evidence {
  key: string;
  phase: 'parked' | 'halted' | 'held';
  /** Events of the key before this sequence are done; those from here on wait. */
  head: number;
  reason: string;
  /** ms since 1970. */
  parkedAt: number;
  retryAt: number;
  /** The subscriber named `retryAt`: the event is not sent before, whatever else happens. */
  asked: boolean;
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
  /** The subscriber's own words. */
  detail: string | null;
  attempts: number;
  /** When it failed first and last, ms since 1970. */
  firstFailedAt: number;
  deadAt: number;
}

export interface LanePolicy {
  /** So many times an event may be refused, or kill the subscriber, before it is given up. */
  maxAttempts: number;
  onDeadLetter: 'skip' | 'halt-key';
  backoff: Backoff;
  /** Between the tries of an event whose content is refused. */
  refusalBackoff: Backoff;
}

export interface FailedTry extends Try {
  event: { sequence: number; id: string; type: string; key: string };
  /** The lane as it was stored; undefined for a flowing lane. */
  parked: ParkedLane | undefined;
  /** Failed tries before, of a flowing lane's head. */
  attemptsBefore: number;
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

/** A lane that parks though nothing of it failed: for an operator, or because its answer takes long. */
export function parkedAtWill(key: string, head: number, reason: string, wallTime: number): ParkedLane {
  return { key, phase: 'parked', head, ...noEvidence, reason, parkedAt: wallTime, retryAt: wallTime, asked: false };
}

/** Whether the lane has something to deliver; one that is halted has only a dead letter, one that is held has nothing. */
export function hasWork({ phase, redelivering }: ParkedLane): boolean {
  return phase === 'parked' || (phase === 'halted' && redelivering !== undefined);
}

/** What is known against this event. What was counted for another one of the key doesn't count: it may be gone. */
function evidenceBefore({ event, parked, attemptsBefore }: FailedTry): Evidence {
  if (!parked) return { ...noEvidence, attempts: attemptsBefore };
  const { attempts, faults, errors, deaths, suspicion } = parked;
  const isTheSame = event.sequence === (parked.redelivering ?? parked.head);
  return isTheSame ? { attempts, faults, errors, deaths, suspicion } : noEvidence;
}

function waitAfter({ failure, random }: FailedTry, attempts: number, policy: LanePolicy): number {
  const isFinal = failure.kind === 'fault' && failure.isFinal;
  const asked = failure.kind === 'retry' ? failure.retryAfterMs : 0;
  return Math.max(asked, backoffMs(attempts, random, isFinal ? policy.refusalBackoff : policy.backoff));
}

/** The lane parks with the failed event at its front, or becomes rid of it as a dead letter. */
export function afterFailure(failed: FailedTry, policy: LanePolicy): AfterFailure {
  const { event, failure, parked, wallTime } = failed;
  const evidence = evidenceAfter(evidenceBefore(failed), failed);
  const { attempts } = evidence;
  const parkedAt = parked && attempts > 1 ? parked.parkedAt : wallTime;
  const again = parked?.redelivering === event.sequence ? parked : undefined;

  const reason = verdict(evidence, failure, policy.maxAttempts);
  if (reason !== undefined) {
    const deadLetter = { ...letterOf(event, reason, wallTime), attempts, firstFailedAt: parkedAt };
    const phase = again?.phase ?? (policy.onDeadLetter === 'halt-key' ? 'halted' : 'parked');
    const lane = parkedAtWill(event.key, again?.head ?? event.sequence + 1, reason, wallTime);
    const detail = 'detail' in failure ? (failure.detail ?? null) : null;
    return { lane: { ...lane, phase, parkedAt }, deadLetter: { ...deadLetter, detail }, waitMs: 0 };
  }
  const waitMs = waitAfter(failed, attempts, policy);
  const asked = failure.kind === 'retry' && failure.retryAfterMs > 0;
  const base = { key: event.key, reason: failure.reason, parkedAt, ...evidence, asked, retryAt: wallTime + waitMs };
  if (!again) return { lane: { ...base, phase: 'parked', head: event.sequence }, waitMs };
  return { lane: { ...base, phase: again.phase, head: again.head, redelivering: event.sequence }, waitMs };
}

/** A dead letter of an event that was not tried. */
export function letterOf(event: FailedTry['event'], reason: string, wallTime: number): DeadLetter {
  const { sequence, id: eventId, type, key } = event;
  const when = { firstFailedAt: wallTime, deadAt: wallTime };
  return { sequence, eventId, type, key, reason, detail: null, attempts: 0, ...when };
}

/** The event of this sequence is done: the lane goes on with the next one, at once. */
export function afterDone(lane: ParkedLane, sequence: number, wallTime: number): ParkedLane {
  if (lane.redelivering === sequence) return withoutLetter(lane, sequence, wallTime);
  return { ...lane, head: sequence + 1, ...noEvidence, retryAt: wallTime, asked: false };
}

/** A dead letter is dealt with (delivered or discarded): the lane that it halted goes on, any other is as before. */
export function withoutLetter(lane: ParkedLane, sequence: number, wallTime: number): ParkedLane {
  const phase = lane.phase === 'halted' && lane.head === sequence + 1 ? 'parked' : lane.phase;
  const rest = { ...lane, phase, ...noEvidence, retryAt: wallTime, asked: false };
  delete rest.redelivering;
  return rest;
}

/**
 * How long a stored lane still waits after a restart, ms. The clock may have been set meanwhile: a lane never waits
 * longer than it could have been told to.
 */
export function remainingWaitMs({ retryAt, asked }: ParkedLane, wallTime: number, longestMs: number): number {
  return Math.min(Math.max(0, retryAt - wallTime), asked ? Math.max(longestMs, longestRetryAfterMs) : longestMs);
}
