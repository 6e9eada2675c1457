import type { SavedGroup } from './delivery-state';
import type { Endpoints } from './endpoints';
import type { ParkedLane } from './lane';
import type { Lanes } from './lanes';
import type { Mode, Pace } from './pace';
import type { Subscription } from './subscription';
import type { Window } from './window';

/** One group, as shown. Times are ISO 8601. */
export interface GroupStatus extends Subscription {
  group: string;
  /** `down`, `ramping`: see `pace.ts`. `paused`: it waits for somebody. `stopped`: it met damage in the log. */
  state: Mode | 'paused' | 'stopped';
  reason: string | null;
  endpointStates: { url: string; state: 'healthy' | 'failing'; reason: string | null; inFlight: number }[];
  /** `at-most-once` where silence counts as done. */
  delivery: 'at-least-once' | 'at-most-once';
  cursor: number;
  /** The log's head minus the cursor, and the age of the oldest event that is not done (parked ones not counted). */
  lag: { events: number; seconds: number };
  /** POSTs. */
  inFlight: number;
  /** Events that may be in flight at once: less than usual while it is ramping. */
  allowedInFlight: number;
  parked: { keys: number; oldest: ShownLane | null; first: ShownLane[] };
}

interface ShownLane {
  key: string;
  state: 'parked' | 'halted';
  /** The event that it waits for, or goes on from. */
  sequence: number;
  attempts: number;
  reason: string;
  since: string;
  retryAt: string;
}

const shownLanes = 20;

const timeOf = (ms: number): string => new Date(ms).toISOString();

function show({ key, phase, head, attempts, reason, parkedAt, retryAt }: ParkedLane): ShownLane {
  const state = phase === 'parked' ? phase : 'halted';
  return { key, state, sequence: head, attempts, reason, since: timeOf(parkedAt), retryAt: timeOf(retryAt) };
}

function statusOfParked(lanes: Lanes): GroupStatus['parked'] {
  let oldest: ParkedLane | undefined;
  const first: ShownLane[] = [];
  for (const { parked } of lanes.parked()) {
    if (!parked) continue;
    if (!oldest || parked.parkedAt < oldest.parkedAt) oldest = parked;
    if (first.length < shownLanes) first.push(show(parked));
  }
  return { keys: lanes.parkedCount(), oldest: oldest ? show(oldest) : null, first };
}

export function statusOf(group: {
  saved: SavedGroup;
  window: Window;
  lanes: Lanes;
  pace: Pace;
  endpoints: Endpoints;
  inFlight: number;
  pausedBecause: string | undefined;
  stoppedBecause: string | undefined;
  lag: GroupStatus['lag'];
}): GroupStatus {
  const { saved, window, pace, stoppedBecause, pausedBecause } = group;
  const state = stoppedBecause !== undefined ? 'stopped' : pausedBecause !== undefined ? 'paused' : pace.mode();
  return {
    group: saved.name,
    state,
    reason: stoppedBecause ?? pausedBecause ?? pace.reason() ?? null,
    ...saved.subscription,
    delivery: saved.subscription.ack === 'sent' ? 'at-most-once' : 'at-least-once',
    endpointStates: group.endpoints
      .all()
      .map(({ url, failing, inFlight }) => ({
        ...{ url, inFlight, reason: failing?.reason ?? null },
        state: failing ? ('failing' as const) : ('healthy' as const),
      }))
      .sort((a, b) => (a.url < b.url ? -1 : 1)),
    cursor: window.cursor(),
    lag: group.lag,
    inFlight: group.inFlight,
    allowedInFlight: pace.allowed(),
    parked: statusOfParked(group.lanes),
  };
}
