import { type Backoff, backoffMs } from './backoff';

/** How much may be in flight at once: POSTs, and events in one POST. */
export interface PaceLimits {
  requests: number;
  batch: number;
  /** Between probes: of a subscriber that can't be reached, and of one that fails. */
  awayBackoff: Backoff;
  failingBackoff: Backoff;
}

/**
 * Whether the subscriber as a whole is alive, and how much may be sent to it.
 *
 *              no connection, or most keys fail alike
 *     flowing ─────────────────────────────────────────> down: one probe at a time, after a back-off
 *        ^                                              ^ │
 *        │ the limit is reached             the same    │ │ a probe is answered well
 *        │                                              │ v
 *        └──────────────────────────────────────────── ramping: one event in flight, each one done allows one more
 */
export type Mode = 'flowing' | 'down' | 'ramping';

export interface Pace {
  mode(): Mode;
  /** Why it is down. */
  reason(): string | undefined;
  /** How many events may be in flight; while it is down, the one of the probe. */
  allowed(): number;
  /** How many events the next POST may hold; 0 when it must wait. */
  room(inFlight: { requests: number; events: number }, now: number): number;
  /** When the next probe may go out; Infinity unless it is down. */
  probeAt(): number;
  /** Whether it is down, and asked for no events at this time. */
  isHeld(now: number): boolean;
  /** Lets the next probe go out at once, and the ones after it soon. */
  probeNow(now: number): void;
  probeStarted(): void;
  /** Every probe that started must end. */
  probeEnded(now: number, random: number): void;
  /** An event was done. */
  done(now: number): void;
  /** When an event was done last; -Infinity if none was. */
  lastDoneAt(): number;
  /** The first event of a key that was flowing failed. */
  failed(key: string, reason: string, now: number, random: number): void;
  /** The subscriber asked for no events until a time: while it is down, no probe goes out before. */
  holdUntil(time: number): void;
  /** No endpoint can be reached. */
  unreachable(reason: string, now: number, random: number): void;
  /** The subscriber refused an event in plain words: someone is there. */
  refused(): void;
}

/** Of the last so many events … */
const remembered = 64;
/** … those of so many keys must have failed, and this part of all, for the subscriber to be taken for dead. */
const fewestFailed = 4;
const failedPart = 0.75;

export function createPace({ requests, batch, awayBackoff, failingBackoff }: PaceLimits): Pace {
  const full = requests * batch;
  let mode: Mode = 'flowing';
  let cause: { kind: 'unreachable' | 'failing'; reason: string } | undefined;
  let allowed = full;
  /** A ring of the last outcomes: the key of a failed one, undefined for one that was done. */
  let recent: (string | undefined)[] = [];
  let turn = 0;
  let failedProbes = 0;
  let probing = false;
  let probeAt = Infinity;
  let heldUntil = 0;
  let lastDoneAt = -Infinity;

  function remember(failedKey: string | undefined): void {
    recent[turn] = failedKey;
    turn = (turn + 1) % remembered;
  }

  function mostFail(): boolean {
    const failures = recent.filter((key) => key !== undefined);
    return new Set(failures).size >= fewestFailed && failures.length >= failedPart * recent.length;
  }

  function scheduleProbe(now: number, random: number): void {
    const backoff = cause?.kind === 'failing' ? failingBackoff : awayBackoff;
    probeAt = Math.max(heldUntil, now + backoffMs(failedProbes + 1, random, backoff));
  }

  function goDown(kind: 'unreachable' | 'failing', reason: string, now: number, random: number): void {
    if (mode === 'down') return;
    mode = 'down';
    cause = { kind, reason };
    failedProbes = 0;
    scheduleProbe(now, random);
  }

  function recover(): void {
    if (mode !== 'down') return;
    mode = 'ramping';
    cause = undefined;
    allowed = 1;
    recent = [];
    turn = 0;
    probeAt = Infinity;
    heldUntil = 0;
  }

  return {
    mode: () => mode,
    reason: () => cause?.reason,
    allowed: () => (mode === 'down' ? 1 : allowed),
    room(inFlight, now) {
      if (mode === 'down') return !probing && now >= probeAt ? 1 : 0;
      if (inFlight.requests >= requests) return 0;
      return Math.max(0, Math.min(batch, allowed - inFlight.events));
    },
    probeAt: () => (mode === 'down' && !probing ? probeAt : Infinity),
    isHeld: (now) => mode === 'down' && now < heldUntil,
    probeNow(now) {
      failedProbes = 0;
      heldUntil = 0;
      probeAt = Math.min(probeAt, now);
    },
    probeStarted: () => void (probing = true),
    probeEnded(now, random) {
      probing = false;
      if (mode !== 'down') return;
      failedProbes += 1;
      scheduleProbe(now, random);
    },
    lastDoneAt: () => lastDoneAt,
    done(now) {
      lastDoneAt = now;
      heldUntil = 0;
      if (mode === 'down') {
        recover();
        // It has just shown that it is alive: to be taken for dead again needs more than a few ill keys.
        recent = Array.from({ length: remembered }, () => undefined);
      }
      remember(undefined);
      if (mode !== 'ramping') return;
      // One more for each one done: the number in flight doubles with every round trip.
      allowed += 1;
      if (allowed >= full) mode = 'flowing';
    },
    failed(key, reason, now, random) {
      remember(key);
      // There it is again: it is probed more often than one that nobody can reach.
      if (mode === 'down') cause = { kind: 'failing', reason };
      if (mostFail()) goDown('failing', reason, now, random);
    },
    holdUntil(time) {
      heldUntil = Math.max(heldUntil, time);
      if (mode === 'down') probeAt = Math.max(probeAt, heldUntil);
    },
    unreachable(reason, now, random) {
      // Whoever asked for a wait is gone.
      heldUntil = 0;
      if (mode === 'down') cause = { kind: 'unreachable', reason };
      goDown('unreachable', reason, now, random);
    },
    refused() {
      if (cause?.kind === 'unreachable') recover();
    },
  };
}
