import { percentile } from '../figures/percentiles';
import { forEachEvent, microseconds } from './event';

export interface Expected {
  /** Events sent since `begin`, and the numbers of those that were not acknowledged. */
  sent: number;
  refused: readonly number[];
  /** Gives up when nothing has come for so long, or after `withinMs`. */
  quietMs: number;
  withinMs: number;
}

export interface Receipts {
  /** Acknowledged events that never came, over all groups. */
  lost: number;
  /** Receipts beyond the first. */
  repeated: number;
  /** Milliseconds from publish to receipt, over all groups. */
  p50: number;
  p99: number;
  /** When the last one came, by `microseconds`. */
  lastAt: number;
}

export interface Tally {
  /** A group got a body with one event or more. */
  note(group: number, body: string): void;
  /** Forgets all, and counts events from this number on only. */
  begin(from: number): void;
  /** Resolves when every group has all that was acknowledged, or when there is no more hope. */
  settled(expected: Expected): Promise<Receipts>;
}

const pollMs = 20;

/** Counts what the groups receive, by the numbers in the events. */
export function createTally(groups: number): Tally {
  let first = 0;
  let seen: Set<number>[] = [];
  let latencies: number[] = [];
  let repeated = 0;
  let lastAt = 0;

  function begin(from: number): void {
    first = from;
    seen = Array.from({ length: groups }, () => new Set<number>());
    latencies = [];
    repeated = 0;
    lastAt = microseconds();
  }
  begin(0);

  function missing({ sent, refused }: Expected): number {
    const notAcknowledged = new Set(refused);
    let count = 0;
    for (let n = first; n < first + sent; n += 1) {
      if (!notAcknowledged.has(n)) count += seen.filter((known) => !known.has(n)).length;
    }
    return count;
  }

  function untilSettled({ sent, refused, quietMs, withinMs }: Expected): Promise<void> {
    const deadline = microseconds() + withinMs * 1_000;
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        const complete = seen.every(({ size }) => size >= sent - refused.length);
        const now = microseconds();
        if (!complete && now - lastAt < quietMs * 1_000 && now < deadline) return;
        clearInterval(timer);
        resolve();
      }, pollMs);
    });
  }

  return {
    begin,
    note(group, body) {
      const now = microseconds();
      const known = seen[group] ?? new Set<number>();
      forEachEvent(body, (n, sentAt) => {
        if (n < first) return;
        if (known.has(n)) return void (repeated += 1);
        known.add(n);
        latencies.push((now - sentAt) / 1_000);
        lastAt = now;
      });
    },
    async settled(expected) {
      await untilSettled(expected);
      const [p50, p99] = [percentile(latencies, 0.5), percentile(latencies, 0.99)];
      return { lost: missing(expected), repeated, p50, p99, lastAt };
    },
  };
}
