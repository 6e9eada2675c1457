import type { SavedGroup } from './delivery-state';
import type { InFlight } from './deliver';
import type { ParkedLane } from './lane';
import type { Lane, Lanes } from './lanes';
import type { Pace } from './pace';
import type { Window } from './window';

/** Where an event is: enough to tell what a group has to do with it. */
export interface EventPlace {
  sequence: number;
  type: string;
  key: string;
}

/** Something that an event waits for. Times are ISO 8601; null: nobody knows. */
export type Wait =
  /** Its next try. */
  | { for: 'retry'; until: string; attempts: number; reason: string }
  /** An earlier event of its key, which may itself wait until a time. */
  | { for: 'earlier-event'; sequence: number; until: string | null }
  /** Its key is halted: somebody has to deal with a dead letter. */
  | { for: 'dead-letter'; reason: string }
  /** The subscriber is taken for dead; `until` is the next probe, null while one is under way. */
  | { for: 'subscriber'; reason: string; until: string | null }
  /** The group is paused, or its key is halted: an operator has to resume or release it. */
  | { for: 'operator'; reason: string }
  /** The group met damage in the log. */
  | { for: 'repair'; reason: string }
  /** Nothing but its turn: at most so many events come before it. */
  | { for: 'turn'; ahead: number };

/** How an event stands with a group, as far as the group knows: it keeps no list of what it has done. */
export type Standing =
  /** Done, a dead letter, or never this group's business: it is behind the group's place. */
  | { state: 'passed' }
  | { state: 'in-flight'; endpoint: string; attempt: number; startedAt: string }
  /** The nearest reason first. */
  | { state: 'waiting'; waitsFor: Wait[] }
  | { state: 'not-subscribed' };

export interface GroupInside {
  saved: SavedGroup;
  window: Window;
  lanes: Lanes;
  pace: Pace;
  pushes: Iterable<InFlight>;
  pausedBecause: string | undefined;
  stoppedBecause: string | undefined;
  /** ms since 1970, and by the monotonic clock. */
  now: number;
  monotonicNow: number;
}

const timeOf = (ms: number): string => new Date(ms).toISOString();

function inFlight({ sequence }: EventPlace, pushes: Iterable<InFlight>): InFlight | undefined {
  for (const one of pushes) if (one.push.events.some((event) => event.sequence === sequence)) return one;
  return undefined;
}

/** What keeps the group as a whole from sending. */
function groupWaits({ pace, pausedBecause, stoppedBecause, now, monotonicNow }: GroupInside): Wait[] {
  if (stoppedBecause !== undefined) return [{ for: 'repair', reason: stoppedBecause }];
  if (pausedBecause !== undefined) return [{ for: 'operator', reason: pausedBecause }];
  if (pace.mode() !== 'down') return [];
  const inMs = pace.probeAt() - monotonicNow;
  const until = inMs === Infinity ? null : timeOf(now + Math.max(0, inMs));
  return [{ for: 'subscriber', reason: pace.reason() ?? '', until }];
}

/** What keeps a parked lane from sending this event of it; undefined when the event is behind it. */
function parkedWait({ sequence }: EventPlace, parked: ParkedLane): Wait | undefined {
  const { head, phase, attempts, reason, redelivering } = parked;
  const until = timeOf(parked.retryAt);
  const next = redelivering ?? head;
  if (phase !== 'held' && sequence === next && (attempts > 0 || redelivering !== undefined)) {
    return { for: 'retry', until, attempts, reason };
  }
  if (sequence < head) return undefined;
  if (phase === 'held') return { for: 'operator', reason };
  if (phase === 'halted') return { for: 'dead-letter', reason };
  // Only a head that has failed is known to be an event of this key.
  if (attempts > 0 || redelivering !== undefined) return { for: 'earlier-event', sequence: next, until };
  return { for: 'turn', ahead: sequence - head };
}

function flowingWait({ sequence }: EventPlace, lane: Lane | undefined, window: Window): Wait | undefined {
  const ahead = sequence - window.cursor() - 1;
  if (ahead < 0) return undefined;
  if (sequence > window.scanned()) return { for: 'turn', ahead };
  const [first] = lane?.queue ?? [];
  if (!lane?.queue.some(({ event }) => event.sequence === sequence) || !first) return undefined;
  if (first.event.sequence === sequence) return { for: 'turn', ahead };
  return { for: 'earlier-event', sequence: first.event.sequence, until: null };
}

/** Tells how an event of the log stands with a group. */
export function standingOf(event: EventPlace, inside: GroupInside): Standing {
  const { saved, lanes } = inside;
  const flight = inFlight(event, inside.pushes);
  if (flight) {
    const { push, startedAt } = flight;
    return { state: 'in-flight', endpoint: push.url, attempt: push.attempt, startedAt: timeOf(startedAt) };
  }
  const lane = lanes.find(event.key);
  const { types } = saved.subscription;
  const isRedelivered = lane?.parked?.redelivering === event.sequence;
  if (types && !types.includes(event.type) && !isRedelivered) return { state: 'not-subscribed' };
  const own = lane?.parked ? parkedWait(event, lane.parked) : flowingWait(event, lane, inside.window);
  if (!own) return { state: 'passed' };
  const whole = groupWaits(inside);
  return { state: 'waiting', waitsFor: own.for === 'turn' && whole.length > 0 ? whole : [own, ...whole] };
}
