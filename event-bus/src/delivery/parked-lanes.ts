import type { EventLog } from '../log/event-log';
import { readOn } from '../log/read-on';
import type { Clock } from './clock';
import type { Deliver } from './deliver';
import type { DeliveryState, SavedGroup } from './delivery-state';
import { noEvidence } from './evidence';
import { type ParkedLane, parkedAtWill, remainingWaitMs } from './lane';
import type { Lane, Lanes } from './lanes';
import type { Run } from './runs';

/** A group with its lanes that are parked, and the oldest queued dead letter of each key that has one. */
export interface RestoredGroup extends SavedGroup {
  parked: readonly ParkedLane[];
  queued: readonly { key: string; sequence: number }[];
}

/** The parked lanes as they were stored; keys with a queued dead letter are parked for it, whatever they were. */
function restoredLanes({ parked, queued, cursor }: RestoredGroup, wallTime: number): ParkedLane[] {
  const lanes = new Map(parked.map((lane) => [lane.key, lane]));
  for (const { key, sequence: redelivering } of queued) {
    const lane = lanes.get(key) ?? parkedAtWill(key, cursor + 1, 'a dead letter is delivered again', wallTime);
    // Whose tries were counted is not stored: the letter begins anew.
    lanes.set(key, { ...lane, ...noEvidence, redelivering });
  }
  return [...lanes.values()];
}

/** Parks the lanes again that were parked when the group stopped. */
export function restoreLanes(
  saved: RestoredGroup,
  { lanes, clock, longestMs }: { lanes: Lanes; clock: Clock; longestMs: number },
): void {
  for (const parked of restoredLanes(saved, clock.wallTime())) {
    const lane = lanes.get(parked.key);
    lanes.park(lane, parked, clock.now() + remainingWaitMs(parked, clock.wallTime(), longestMs));
    // The cursor may have passed any event of the key up to where it is.
    lane.passedUpTo = Math.max(saved.cursor, parked.head - 1);
    lanes.release([parked.key]);
  }
}

/** Sends what a parked lane has next; at most as many events as the run may. The lane is busy. */
export type Retry = (lane: Lane, parked: ParkedLane, run: Run) => Promise<void>;

export function createRetry({
  group,
  types,
  log,
  state,
  lanes,
  clock,
  deliver,
  pushCharacters,
}: {
  group: string;
  types: readonly string[] | undefined;
  log: EventLog;
  state: DeliveryState;
  lanes: Lanes;
  clock: Clock;
  deliver: Deliver['deliver'];
  pushCharacters: number;
}): Retry {
  /** A dead letter is delivered again whatever types the group asks for by now. */
  async function redeliver(lane: Lane, sequence: number, run: Run): Promise<void> {
    const page = await log.read({ after: sequence - 1, upTo: sequence, limit: 1, key: lane.key });
    await deliver(page.events, run);
  }

  /** Reads the lane's next events from the log and sends them; where none is left, the lane flows again. */
  async function goOn(lane: Lane, parked: ParkedLane, run: Run): Promise<void> {
    const { passedUpTo } = lane;
    // A group may begin beyond the end of the log: what comes until then is not for it.
    const upTo = Math.min(passedUpTo, log.head());
    const limit = parked.attempts > 0 || parked.head <= lane.singlyUpTo ? 1 : run.events;
    const range = { after: parked.head - 1, upTo, key: lane.key, limit, maxSize: pushCharacters };
    const page = await readOn(log, { ...range, ...(types ? { types } : {}) });
    if (page.events.length > 0) await deliver(page.events, run);
    else if (page.upTo >= upTo && lane.passedUpTo === passedUpTo) {
      // Events that come while this is stored are in the window already, and the lane is busy until then.
      lanes.flow(lane);
      await state.removeLane(group, lane.key);
    }
  }

  return async (lane, parked, run) => {
    if (parked.redelivering === undefined) await goOn(lane, parked, run);
    else await redeliver(lane, parked.redelivering, run);
    if (lane.parked && !run.failedKeys.has(lane.key)) lanes.park(lane, lane.parked, clock.now());
  };
}
