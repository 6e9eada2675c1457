import type { Clock } from './clock';
import type { Endpoint } from './endpoints';
import type { StoredEvent } from '../log/event-log';

/** One go at some events: they may be sent in several POSTs, one after the other. */
export interface Run {
  /** `flowing`: new events of the window. `retry`: of parked lanes, or of flowing ones that have failed before. */
  readonly kind: 'flowing' | 'retry';
  /** So many events may be in flight for it. */
  readonly events: number;
  probe: boolean;
  /** Nothing else is in flight, and the subscriber has just answered a knock: a broken connection is its event's. */
  isAlone: boolean;
  /** As `isAlone`, but for what is in flight for long already. */
  isBesideSlow: boolean;
  /** Its endpoint had done an event right before, and had broken no connection since. */
  wasWellBefore: boolean;
  /** Its endpoint kept no connection open right after its event had broken one. */
  wasGoneAfter: boolean;
  /** The endpoint that its events go to, if not to any. */
  endpoint: Endpoint | undefined;
  /** What is in flight at present, and since when by the monotonic clock. */
  push: { events: readonly StoredEvent[]; at: number } | undefined;
  /** When its newest POST began. */
  pushedAt: number;
  /** It is in flight for long: it doesn't count as one that others wait for. */
  isSlow: boolean;
  /** Keys of which an event failed: their later events must not be sent in this run. */
  failedKeys: Set<string>;
  /** The rest of the run is called off; what was not sent stays at the head of its lane. */
  halted: boolean;
}

/** POSTs in flight and the events that they may hold. */
export interface InFlightCount {
  requests: number;
  events: number;
}

/**
 * What a group has in flight, in three budgets, so that none of them can take what another needs:
 *
 *     flowing ──────┐ in flight for longer than `slowMs`
 *                   ├──────────────────────────────────> slow (as many as there is room for; others stay)
 *     retry ────────┘
 */
export interface Runs {
  begin(run: Run): void;
  end(run: Run): void;
  flowing(): InFlightCount;
  retrying(): number;
  /** All of them. */
  count(): number;
  /** When the youngest one will have been in flight for so long; -Infinity if all have. */
  allOlderThan(ms: number, now: number): number;
  /** Resolves when there are none. */
  ended(): Promise<void>;
  /** Looks for slow ones no more. */
  stop(): void;
}

export function createRuns({
  clock,
  slowMs,
  slowRequests,
  onSwept,
}: {
  clock: Clock;
  slowMs: number;
  slowRequests: number;
  /** Some of the runs have just become slow, or have been for a while. */
  onSwept: (slow: readonly Run[]) => void;
}): Runs {
  const runs = new Set<Run>();
  /** Slow ones within the budget for them. */
  const slow = new Set<Run>();
  const flowing = { requests: 0, events: 0 };
  let retrying = 0;
  let cancel: (() => void) | undefined;
  let waiting: (() => void)[] = [];

  function count({ kind, events }: Run, by: 1 | -1): void {
    if (kind === 'retry') retrying += by;
    else {
      flowing.requests += by;
      flowing.events += by * events;
    }
  }

  const age = ({ push }: Run, now: number): number => (push ? now - push.at : 0);

  function sweep(): void {
    cancel = undefined;
    const now = clock.now();
    for (const run of runs) {
      if (age(run, now) >= slowMs) run.isSlow = true;
      if (!run.isSlow || slow.has(run) || slow.size >= slowRequests) continue;
      slow.add(run);
      count(run, -1);
    }
    watch();
    const found = [...runs].filter(({ isSlow }) => isSlow);
    if (found.length > 0) onSwept(found);
  }

  /** A few times as often as a run gets slow: a timer for each one would cost more. */
  function watch(): void {
    if (runs.size > 0) cancel ??= clock.schedule(slowMs / 4, sweep);
  }

  return {
    begin(run) {
      runs.add(run);
      count(run, 1);
      watch();
    },
    end(run) {
      runs.delete(run);
      if (!slow.delete(run)) count(run, -1);
      if (runs.size > 0) return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    flowing: () => flowing,
    retrying: () => retrying,
    count: () => runs.size,
    allOlderThan(ms, now) {
      let youngest = -Infinity;
      for (const { push } of runs) youngest = Math.max(youngest, push?.at ?? now);
      return youngest + ms <= now ? -Infinity : youngest + ms;
    },
    ended: () => new Promise((resolve) => (runs.size === 0 ? resolve() : waiting.push(resolve))),
    stop() {
      cancel?.();
      // No timer is set again for what is still in flight.
      cancel = () => undefined;
    },
  };
}
