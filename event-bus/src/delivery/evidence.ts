import type { Backoff } from './backoff';
import type { Outcome } from './outcome';

/** What the failed tries of one event say against it. */
export interface Evidence {
  /** Failed tries of the event that is next; 0 when none has failed. */
  attempts: number;
  /** Those tries after which the subscriber refused the event. */
  faults: number;
  /** Those that failed with an error while other keys were well. */
  errors: number;
  /**
   * Those that broke the connection though nothing else was in flight and the subscriber had just answered a knock, if it
   * could be seen to die: it was gone afterwards, or had done another event right before. Once the
   * suspicion is at its largest, also those beside pushes that had been in flight for long.
   */
  deaths: number;
  /** Grows with each try in a row that broke the connection: see `isSuspicious`. */
  suspicion: number;
}

export const noEvidence: Evidence = { attempts: 0, faults: 0, errors: 0, deaths: 0, suspicion: 0 };

export type Failure = Extract<Outcome, { kind: 'retry' | 'fault' | 'broken' }>;

/** What is to be known of a failed try, to judge the event by it. */
export interface Try {
  failure: Failure;
  /** The subscriber as a whole is taken for dead: then no event is blamed. */
  subscriberIsDead: boolean;
  /** Nothing else was in flight, and the subscriber had just answered a knock. */
  wasAlone: boolean;
  /** As `wasAlone`, but for pushes that had been in flight for long already. */
  wasBesideSlow: boolean;
  /** The subscriber kept no connection open right after this one broke, though it did so before. */
  wasGoneAfter: boolean;
  /** The endpoint had done an event right before, and had broken no connection since. */
  wasWellBefore: boolean;
  /** The answer had been waited for so long already that the event is not what broke the connection, most likely. */
  wasSlow: boolean;
  /** The subscriber has done an event of another key since the try before this one. */
  othersAreWell: boolean;
}

/** A subscriber that has done an event so shortly before is there, ms. */
export const wellMs = 1_000;

/** What a sudden break adds to the suspicion; any other break adds 1. */
const sudden = 3;
const largestSuspicion = 16;

/** Whether the next event of the lane may kill the subscriber: then it is tried alone. */
export function isSuspicious({ suspicion }: Evidence): boolean {
  return suspicion >= sudden;
}

/** Whether the event broke the connection so often in a row that it is blamed also beside others that take long. */
export function isMostSuspicious({ suspicion }: Evidence): boolean {
  return suspicion >= largestSuspicion;
}

/**
 * How long a suspicious event has the subscriber for itself, ms. If it breaks the connection later than that, others
 * were in flight again: it gets longer the next time.
 */
export function timeAlone({ suspicion }: Evidence, { firstMs, longestMs }: Backoff): number {
  return Math.min(longestMs, firstMs * 2 ** Math.max(0, suspicion - sudden));
}

/** An error may pass by itself, so it takes this many times more of them than refusals to give an event up. */
export const errorsPerAttempt = 4;

/** An event that has had an answer, or silence, before is hardly what breaks the connection now. */
function suspicionAfter({ failure, wasAlone, wasSlow }: Try, { attempts, suspicion }: Evidence): number {
  if (failure.kind !== 'broken') return 0;
  if (wasAlone) return Math.max(sudden, suspicion);
  const isSudden = !wasSlow && (attempts === 0 || suspicion > 0);
  return Math.min(largestSuspicion, suspicion + (isSudden ? sudden : 1));
}

/** What is known against an event after one more failed try. */
export function evidenceAfter(before: Evidence, failed: Try): Evidence {
  const { failure, subscriberIsDead, wasAlone, wasBesideSlow, wasGoneAfter, wasWellBefore, othersAreWell } = failed;
  const { attempts, faults, errors, deaths } = before;
  const isFault = failure.kind === 'fault' && !subscriberIsDead;
  const isError = failure.kind === 'retry' && failure.why === 'error' && othersAreWell && !subscriberIsDead;
  // With many keys that are never answered, an event may never be quite alone: then it is the one that is always there.
  const isBlamed = wasAlone || (wasBesideSlow && isMostSuspicious(before));
  // A proxy may break connections for as long as the subscriber behind it is away, which no event is blamed for.
  const isDeath = failure.kind === 'broken' && isBlamed && (wasGoneAfter || wasWellBefore);
  return {
    attempts: attempts + 1,
    faults: faults + Number(isFault),
    errors: errors + Number(isError),
    deaths: deaths + Number(isDeath),
    suspicion: suspicionAfter(failed, before),
  };
}

/** Why the event is given up now; undefined while it is not. */
export function verdict(
  { faults, errors, deaths }: Evidence,
  failure: Failure,
  maxAttempts: number,
): string | undefined {
  if (failure.kind === 'fault' && faults >= maxAttempts) return failure.reason;
  if (failure.kind === 'broken' && deaths >= maxAttempts) {
    return `the subscriber died of it ${deaths} times: ${failure.reason}`;
  }
  if (failure.kind === 'retry' && errors >= maxAttempts * errorsPerAttempt) {
    return `${failure.reason} ${errors} times while other keys were well`;
  }
  return undefined;
}
