import type { StoredEvent } from '../../src/log/event-log';
import type { GroupBook, LogBook } from './book';
import type { Ending, SeenPush } from './network';

/** The longest wait that a subscriber may ask for, ms. */
const longestAskedMs = 5 * 60_000;
/** The longest wait between two tries of an event that failed, ms. */
const longestBackoffMs = 60_000;

export interface ProgressCheck {
  ended(push: SeenPush, ending: Ending): void;
  /** Until now something kept the group as a whole from its work. */
  disturbed(): void;
  /** An operator halts the key, and releases it. */
  kept(key: string): void;
  freed(key: string): void;
  /** The machine failed: keys that were released may be halted again. */
  mayHaveForgotten(): void;
  /** The wall clock was set: what is stored as waiting may wait for the longest time after the next start. */
  clockSet(): void;
  /** The group starts. */
  started(): void;
  /** Notes what has waited for longer than `boundMs`. */
  look(boundMs: number): void;
}

/**
 * A key that is well makes progress, whatever other keys do: within the bound, its next event is done. The bound begins
 * when the event is published, when the one before it is done, or when the group is undisturbed again (bus and subscriber
 * are up, nobody has paused it …), whichever is last. A key of which an event failed has the longest back-off, or
 * the time that the answer asked for, on top.
 */
export function createProgressCheck(
  log: LogBook,
  book: GroupBook,
  { now, wallTime, isWell }: { now: () => number; wallTime: () => number; isWell: (event: StoredEvent) => boolean },
  fault: (text: string) => void,
): ProgressCheck {
  /** By key: until when it may wait because one of its events failed. */
  const waitsUntil = new Map<string, number>();
  const reported = new Set<number>();
  const kept = new Set<string>();
  const everKept = new Set<string>();
  let disturbedAt = 0;
  let isClockSet = false;

  /** Not behind an event that keeps its key. */
  function isFree(event: StoredEvent): boolean {
    if (!isWell(event) || kept.has(event.key)) return false;
    for (const { sequence, ...earlier } of log.ofKey(event.key)) {
      if (sequence >= event.sequence) break;
      if (book.settings.haltsKeys() && book.isGivenUp(sequence)) return false;
      if (!book.isDone(sequence) && !isWell({ sequence, ...earlier })) return false;
    }
    return true;
  }

  function freeSince({ key, sequence }: StoredEvent): number {
    const before = log.ofKey(key).filter((event) => event.sequence < sequence);
    const lastDone = before.reduce((last, event) => Math.max(last, book.doneAt(event.sequence) ?? 0), 0);
    return Math.max(log.appendedAt(sequence), lastDone, disturbedAt, waitsUntil.get(key) ?? 0);
  }

  return {
    ended({ events }, { answer, asked }) {
      const isDone = answer !== 'gave up' && answer.kind === 'answered' && answer.status === 200;
      if (isDone) return events.forEach(({ key }) => waitsUntil.delete(key));
      const askedMs = Math.min((asked?.until ?? 0) - wallTime(), longestAskedMs);
      const until = now() + Math.max(longestBackoffMs, askedMs);
      for (const { key } of events) waitsUntil.set(key, Math.max(waitsUntil.get(key) ?? 0, until));
    },
    disturbed: () => void (disturbedAt = Math.max(disturbedAt, now())),
    kept(key) {
      kept.add(key);
      everKept.add(key);
    },
    mayHaveForgotten: () => everKept.forEach((key) => kept.add(key)),
    freed(key) {
      kept.delete(key);
      disturbedAt = Math.max(disturbedAt, now());
    },
    clockSet: () => void (isClockSet = true),
    started: () => void (disturbedAt = now() + (isClockSet ? longestAskedMs : 0)),
    look(boundMs) {
      const before = now() - boundMs;
      if (disturbedAt > before) return;
      for (const key of log.keys()) {
        const event = book.firstUndone(key);
        if (!event || log.appendedAt(event.sequence) > before || reported.has(event.sequence)) continue;
        if (freeSince(event) > before || !isFree(event)) continue;
        reported.add(event.sequence);
        fault(`${book.name} is held up: it has not got ${event.sequence} of ${key} within ${boundMs} ms`);
      }
    },
  };
}
