import type { StoredEvent } from '../log/event-log';
import { createDueLanes, type DueLanes } from './due-lanes';
import { hasWork, type ParkedLane, parkedAtWill } from './lane';
import type { Entry, Window } from './window';

/** The lane of one key, as it is in memory. Its states are drawn in `lane.ts`. */
export interface Lane {
  readonly key: string;
  /** Flowing: its events in the window, in order. Parked lanes have none in memory. */
  queue: Entry[];
  /** One of its events is in flight, or its state is being stored: nothing else of it may start. */
  busy: boolean;
  /** Failed tries of the first event of a flowing lane. */
  attempts: number;
  /** When a try of it failed last, by the monotonic clock; -Infinity if none has. */
  failedAt: number;
  /** How long its event had been in flight when it broke the connection last, ms. */
  brokeAfterMs: number;
  /** Knocks before a try alone that had no answer, one after the other. */
  unansweredKnocks: number;
  parked: ParkedLane | undefined;
  /** The last event of a parked lane that the cursor may have passed: up to here its events come from the log. */
  passedUpTo: number;
  /** A push up to this event broke the connection: a parked lane sends its events one by one until it is past it. */
  singlyUpTo: number;
  /** When a parked lane is tried next, by the monotonic clock. */
  dueAt: number;
  /** Whoever wants the lane as soon as it isn't busy; see `claim`. */
  claims: (() => void)[];
  /** Counts up whenever the lane gets busy: a place in the queue from before means nothing then. */
  turn: number;
}

export interface Lanes {
  /** An event came from the log. */
  enqueue(event: StoredEvent): void;
  hasReady(): boolean;
  /** Whether there is a flowing lane that may be sent, whose first event has never failed. */
  hasUntried(): boolean;
  /**
   * Takes events that may be sent, at most so many: one of each lane, or (`several`) all that a lane has.
   * Their lanes are busy until they are released. Those whose first event has failed before are left to `takeTried`.
   */
  takeReady(most: { events: number; characters: number }, several: boolean): StoredEvent[];
  /**
   * Takes one event, of any lane that has one to send; if possible of one of which none has failed. If all have, and the
   * window is full, it is the oldest: only if that one is parked has the window room for others.
   */
  takeAnyReady(random: number): StoredEvent[];
  /** Takes the first event of a lane that flows though that event has failed before. */
  takeTried(): StoredEvent[];
  /**
   * Takes the parked lane that is due first, if it is due by then, as {@link DueLanes.take} says. It is busy until it is
   * released. `early`: it need not be due, unless its subscriber asked for the wait.
   */
  takeDue(now: number, early?: boolean): Lane | undefined;
  /** When there is a lane for `takeDue`; Infinity when there is none. */
  nextDue(early?: boolean): number;
  release(keys: Iterable<string>): void;
  /** Takes a lane, whatever its state, as soon as nothing keeps it busy. It is busy until it is released. */
  claim(key: string): Promise<Lane>;
  /** Parked lanes that wait for a time are due now. */
  bringForward(now: number): void;
  /** Suspicious ones among them are. */
  bringSuspiciousForward(now: number): void;
  get(key: string): Lane;
  /** The lane of a key, if it holds anything. */
  find(key: string): Lane | undefined;
  /** The first event of a flowing lane is done. */
  settleFirst(lane: Lane): void;
  /** Its events leave the window. Once released it is due at that time, or never while it is halted. */
  park(lane: Lane, parked: ParkedLane, dueAt: number): void;
  /** Lets the window go on without a flowing lane whose event is in flight. Gives what the lane is stored as. */
  parkInFlight(key: string, sequence: number, wallTime: number): ParkedLane | undefined;
  /** A parked lane flows again: its events come from the window from now on. */
  flow(lane: Lane): void;
  parked(): Iterable<Lane>;
  parkedCount(): number;
}

const headOf = (lane: Lane | undefined): number => lane?.queue[0]?.event.sequence ?? Infinity;

function oldestOf(lanes: Iterable<Lane>): Lane | undefined {
  let oldest: Lane | undefined;
  for (const lane of lanes) if (headOf(lane) < headOf(oldest)) oldest = lane;
  return oldest;
}

export function createLanes(window: Window): Lanes {
  const lanes = new Map<string, Lane>();
  const parkedLanes = new Map<string, Lane>();
  /** Flowing lanes with an event to send, those that waited longest first: one that is new, or one that has failed. */
  const ready = new Set<Lane>();
  const tried = new Set<Lane>();
  /** Parked lanes with work that nothing keeps busy. */
  const due: DueLanes = createDueLanes();

  function get(key: string): Lane {
    let lane = lanes.get(key);
    if (!lane) {
      lane = {
        key,
        queue: [],
        busy: false,
        attempts: 0,
        failedAt: -Infinity,
        brokeAfterMs: 0,
        unansweredKnocks: 0,
        parked: undefined,
        passedUpTo: 0,
        singlyUpTo: 0,
        dueAt: 0,
        claims: [],
        turn: 0,
      };
      lanes.set(key, lane);
    }
    return lane;
  }

  function settle(lane: Lane): void {
    if (lane.busy || lane.parked) {
      ready.delete(lane);
      tried.delete(lane);
    } else if (lane.queue.length > 0) (lane.attempts > 0 ? tried : ready).add(lane);
    else lanes.delete(lane.key);
  }

  function occupy(lane: Lane): Lane {
    lane.busy = true;
    lane.turn += 1;
    return lane;
  }

  function takeFirst(lane: Lane | undefined): StoredEvent[] {
    const first = lane?.queue[0];
    if (!lane || !first) return [];
    settle(occupy(lane));
    return [first.event];
  }

  function park(lane: Lane, parked: ParkedLane, dueAt: number): void {
    lane.parked = parked;
    lane.attempts = 0;
    lane.passedUpTo = Math.max(lane.passedUpTo, parked.head - 1, lane.queue.at(-1)?.event.sequence ?? 0);
    for (const entry of lane.queue) window.settle(entry);
    lane.queue = [];
    lanes.set(lane.key, lane);
    parkedLanes.set(lane.key, lane);
    ready.delete(lane);
    tried.delete(lane);
    lane.dueAt = dueAt;
  }

  return {
    get,
    find: (key) => lanes.get(key),
    enqueue(event) {
      const lane = get(event.key);
      if (lane.parked) {
        lane.passedUpTo = event.sequence;
        return;
      }
      lane.queue.push(window.add(event));
      settle(lane);
    },
    hasReady: () => ready.size > 0 || tried.size > 0,
    hasUntried: () => ready.size > 0,
    takeReady(most, several) {
      const taken: StoredEvent[] = [];
      let characters = 0;
      for (const lane of ready) {
        for (const { event } of several ? lane.queue : lane.queue.slice(0, 1)) {
          if (taken.length > 0 && (taken.length >= most.events || characters >= most.characters)) break;
          taken.push(event);
          characters += event.text.length;
          occupy(lane);
        }
        settle(lane);
        if (taken.length >= most.events || characters >= most.characters) break;
      }
      return taken.sort((a, b) => a.sequence - b.sequence);
    },
    takeAnyReady(random) {
      const some = ready.size > 0 ? ready : tried;
      if (some === tried && window.room() === 0) return takeFirst(oldestOf(tried));
      return takeFirst([...some][Math.floor(random * some.size)]);
    },
    takeTried: () => takeFirst(tried.values().next().value),
    takeDue(now, early) {
      const lane = due.take(now, early);
      return lane && occupy(lane);
    },
    nextDue: (early) => due.next(early),
    release(keys) {
      for (const key of keys) {
        const lane = get(key);
        const claim = lane.claims.shift();
        if (claim) {
          claim();
          continue;
        }
        lane.busy = false;
        if (lane.parked && hasWork(lane.parked)) due.add(lane);
        settle(lane);
      }
    },
    async claim(key) {
      const lane = get(key);
      if (lane.busy) await new Promise<void>((resolve) => lane.claims.push(resolve));
      else settle(occupy(lane));
      return lane;
    },
    bringForward: due.bringForward,
    bringSuspiciousForward: due.bringSuspiciousForward,
    settleFirst(lane) {
      const entry = lane.queue.shift();
      if (entry) window.settle(entry);
      lane.attempts = 0;
    },
    park,
    parkInFlight(key, sequence, wallTime) {
      const lane = get(key);
      if (lane.parked) return undefined;
      const { attempts } = lane;
      const parked = { ...parkedAtWill(key, sequence, 'its answer takes long', wallTime), attempts };
      park(lane, parked, lane.dueAt);
      return parked;
    },
    flow(lane) {
      lane.parked = undefined;
      lane.unansweredKnocks = 0;
      parkedLanes.delete(lane.key);
    },
    parked: () => parkedLanes.values(),
    parkedCount: () => parkedLanes.size,
  };
}
