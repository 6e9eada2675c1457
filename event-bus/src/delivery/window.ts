import type { StoredEvent } from '../log/event-log';

/** One event in the window. Settled: done, parked or a dead letter, so that the cursor may pass it. */
export interface Entry {
  event: StoredEvent;
  settled: boolean;
}

/**
 * The part of the log that a group holds in memory: what is in flight and what comes next. It is bounded in events and
 * in characters, whatever waits behind it.
 *
 *     log  ───── done ─────┬─ settled or not ─┬──── not read yet ────>
 *                        cursor             scanned
 */
export interface Window {
  add(event: StoredEvent): Entry;
  settle(entry: Entry): void;
  /** The log was read up to here: what was not added is none of the group's business, or parked. */
  scannedUpTo(sequence: number): void;
  scanned(): number;
  /** Every event up to here is settled. */
  cursor(): number;
  /** How many events may be added. */
  room(): number;
  /** The oldest event that is not settled. */
  oldest(): StoredEvent | undefined;
}

export interface WindowSize {
  events: number;
  /** Of text. The event that passes it is still added. */
  characters: number;
}

export function createWindow(start: number, size: WindowSize): Window {
  let entries: Entry[] = [];
  /** Entries before this index have left the window. */
  let first = 0;
  let scanned = start;
  let characters = 0;

  function leave(): void {
    while (entries[first]?.settled) first += 1;
    // Cut rarely, so that a settled event costs constant time.
    if (first > size.events) {
      entries = entries.slice(first);
      first = 0;
    }
  }

  return {
    add(event) {
      const entry = { event, settled: false };
      entries.push(entry);
      characters += event.text.length;
      return entry;
    },
    settle(entry) {
      if (entry.settled) return;
      entry.settled = true;
      characters -= entry.event.text.length;
      // The text can go now; the entry may have to stay behind an older one.
      entry.event = { ...entry.event, text: '' };
      leave();
    },
    scannedUpTo: (sequence) => void (scanned = Math.max(scanned, sequence)),
    scanned: () => scanned,
    cursor: () => {
      const oldest = entries[first];
      return oldest ? oldest.event.sequence - 1 : scanned;
    },
    // Settled entries behind an unsettled one count too: they bound what a crash repeats.
    room: () => (characters >= size.characters ? 0 : Math.max(0, size.events - (entries.length - first))),
    oldest: () => entries[first]?.event,
  };
}
