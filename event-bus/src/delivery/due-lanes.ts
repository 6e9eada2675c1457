import { createDueQueue } from './due-queue';
import { isSuspicious } from './evidence';
import type { Lane } from './lanes';

/** Parked lanes that have something to send and wait for their time. Times are of the monotonic clock, ms. */
export interface DueLanes {
  add(lane: Lane): void;
  /**
   * Takes the lane that is due first, if it is due by then; of suspicious ones that are due, the one whose event broke the
   * connection soonest after it was sent. Each suspicious one lets those go first that were due before the last of them.
   * `early`: the lane need not be due, unless its subscriber asked for the wait.
   */
  take(now: number, early?: boolean): Lane | undefined;
  /** When there is a lane for `take`; Infinity if there is none. */
  next(early?: boolean): number;
  /** Lanes that wait for a time are due now. */
  bringForward(now: number): void;
  /** Suspicious lanes that wait for a time are due now. */
  bringSuspiciousForward(now: number): void;
}

/** A lane that was busy since it was added has another turn: its place means nothing then. */
interface Place {
  lane: Lane;
  turn: number;
}

/** A queue that passes over places that mean nothing any more. */
function createPlaces() {
  const queue = createDueQueue<Place>();

  function first(): Lane | undefined {
    for (let place = queue.first(); place; place = queue.first()) {
      if (place.turn === place.lane.turn) return place.lane;
      queue.take();
    }
    return undefined;
  }

  return {
    first,
    add: (at: number, lane: Lane): void => queue.add(at, { lane, turn: lane.turn }),
    next: (): number => (first() ? queue.next() : Infinity),
    take: (): Lane | undefined => (first() ? queue.take()?.lane : undefined),
    bringForward: (to: number): void => queue.bringForward(to),
  };
}

export function createDueLanes(): DueLanes {
  const plain = createPlaces();
  const suspicious = createPlaces();
  /**
   * Suspicious lanes that are due, by how soon their event broke the connection: what kills does so soon after it was sent,
   * and what was only in flight beside it has mostly been so for longer.
   */
  const dueSuspicious = createPlaces();
  /** Since when a suspicious lane waits for its turn. */
  let waitsSince = 0;

  function nextOf({ first, next }: typeof plain, early: boolean): number {
    return early && first()?.parked?.asked === false ? -Infinity : next();
  }

  function sortDue(now: number, early: boolean): void {
    while (nextOf(suspicious, early) <= now) {
      const isFirst = dueSuspicious.first() === undefined;
      const lane = suspicious.take();
      if (!lane) return;
      if (isFirst) waitsSince = Math.max(waitsSince, lane.dueAt);
      dueSuspicious.add(lane.brokeAfterMs, lane);
    }
  }

  return {
    add(lane) {
      const isSuspect = lane.parked !== undefined && isSuspicious(lane.parked);
      (isSuspect ? suspicious : plain).add(lane.dueAt, lane);
    },
    take(now, early = false) {
      sortDue(now, early);
      // By when they are due, also where neither need be: otherwise one kind would have all probes.
      const isSuspectsTurn = dueSuspicious.first() !== undefined && waitsSince <= plain.next();
      if (!isSuspectsTurn && nextOf(plain, early) <= now) return plain.take();
      const taken = dueSuspicious.take();
      if (taken) waitsSince = Math.max(now, taken.dueAt);
      return taken;
    },
    next(early = false) {
      if (dueSuspicious.first()) return -Infinity;
      return Math.min(nextOf(plain, early), nextOf(suspicious, early));
    },
    bringForward(now) {
      plain.bringForward(now);
      suspicious.bringForward(now);
    },
    bringSuspiciousForward: suspicious.bringForward,
  };
}
