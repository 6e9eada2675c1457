import type { StoredEvent } from '../log/event-log';

/** One event in the window. */
export interface Entry {
  readonly event: StoredEvent;
  /** How many were added to the window before it. */
  readonly place: number;
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
  /** It is done, parked or a dead letter: the cursor may pass it. Twice is harmless. */
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
  /** Those from the oldest unsettled one on. A settled one is let go at once, its place stays until older ones are too. */
  let entries: (Entry | undefined)[] = [];
  /** Entries before this index have left the window. */
  let first = 0;
  /** How many were cut off `entries`. */
  let cut = 0;
  let scanned = start;
  let characters = 0;

  function leave(): void {
    while (first < entries.length && !entries[first]) first += 1;
    // Cut rarely, so that a settled event costs constant time.
    if (first <= size.events) return;
    entries = entries.slice(first);
    cut += first;
    first = 0;
  }

  return {
    add(event) {
      const entry = { event, place: cut + entries.length };
      entries.push(entry);
      characters += event.text.length;
      return entry;
    },
    settle(entry) {
      const index = entry.place - cut;
      if (entries[index] !== entry) return;
      entries[index] = undefined;
      characters -= entry.event.text.length;
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
