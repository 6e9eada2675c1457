import { crc32 } from 'node:zlib';
import type { Database } from '@blog/kit/sqlite';
import type { NewEvent, ReplacedText } from './event-log';
import { type LogNote, openNote } from './log-note';
import { sealOf } from './record';
import { isSameEvent } from './same-event';
import { DamagedIndex, entriesAfter, type KeyEntry, openKeyIndex } from './sqlite-key-index';
import { createRecords } from './sqlite-records';
import { createReplace } from './sqlite-replace';

/**
 * What became of one append: the sequences of its events; or the places of those whose id is another event's; or the
 * damaged record that one of them would have to be compared with. In the last two nothing of it is stored.
 * Sequences beyond the head before are new: they go on from it by ones, in the order of the appends.
 */
export type WrittenAppend =
  | { sequences: number[]; reused?: never; damaged?: never }
  | { sequences?: never; reused: number[]; damaged?: never }
  | { sequences?: never; reused?: never; damaged: number };

/** What a commit did. Plain data, so that it gets from one thread to another. */
export interface Written {
  appends: WrittenAppend[];
  /** When, ms since 1970. */
  storedAt: number;
  /** How long it took, with its fsync. */
  seconds: number;
  /** Where the index of keys on the disk ends now. */
  indexedUpTo: number;
}

export interface SqliteWriter {
  /** What SQLite throws is thrown. */
  write(appends: readonly (readonly NewEvent[])[], wallTime: number): Written;
  /** Makes the index of keys anew. */
  reindex(): void;
  /** See {@link createReplace}. */
  replace(texts: readonly ReplacedText[]): void;
}

/** The text of an event as it is stored. */
export function numbered(text: string, sequence: number): string {
  return `${text.slice(0, -1)},"sequence":${sequence}}`;
}

/** The index follows the log when so many events are not in it. */
const entriesAtOnce = 4_096;

/** Stores events one by one, within a transaction. */
function createInsert(db: Database) {
  const insert = db.prepare(
    `INSERT INTO events (sequence, id, source, type, key, cause, stored_at, checksum, text, seal)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, source) DO NOTHING`,
  );
  const find = db.prepare<[string, string], number>('SELECT sequence FROM events WHERE id = ? AND source = ?').pluck();
  const records = createRecords(db);

  return {
    /** Returns whether it is new; one whose id and source are there is not stored. */
    add(event: NewEvent, sequence: number, storedAt: number): boolean {
      const { id, source, type, key, cause = null } = event;
      const text = numbered(event.text, sequence);
      const checksum = crc32(text);
      const seal = sealOf({ sequence, id, source, type, key, cause, storedAt }, checksum);
      return insert.run(sequence, id, source, type, key, cause, storedAt, checksum, text, seal).changes === 1;
    },
    /** The record under the id and source of an event. Throws {@link DamagedIndex} if the index leads elsewhere. */
    before({ id, source }: NewEvent): { sequence: number; text: string | undefined } {
      const sequence = find.get(id, source);
      const { columns, event } = records.at(sequence ?? 0);
      if (sequence === undefined || (columns && (columns.id !== id || columns.source !== source))) {
        throw new DamagedIndex('the index of ids is damaged');
      }
      return { sequence, text: event?.text };
    },
  };
}

/** The newest time at which a whole record was stored, of the last few. */
function lastStoredAtIn(db: Database, head: number): number {
  const newest = [...createRecords(db).inOrder(Math.max(0, head - 16), head, 'none')];
  return Math.max(0, ...newest.map(({ columns }) => columns?.storedAt ?? 0));
}

/** Writes to the log's tables: one transaction, and one fsync, for many appends. */
export function createSqliteWriter(db: Database): SqliteWriter {
  const insert = createInsert(db);
  const undo = db.prepare('DELETE FROM events WHERE sequence >= ?');
  const notes = openNote(db);
  const index = openKeyIndex(db);
  let note = notes.read();
  let lastStoredAt = lastStoredAtIn(db, note.head);
  /** The events that the index on the disk doesn't have. */
  let pending: KeyEntry[] = entriesAfter(db, note.indexedUpTo, note.head);

  function placeAll(events: readonly NewEvent[], start: number, storedAt: number): WrittenAppend {
    const sequences: number[] = [];
    const reused: number[] = [];
    let next = start;
    for (const [at, event] of events.entries()) {
      if (insert.add(event, next, storedAt)) {
        sequences.push(next++);
        continue;
      }
      const { sequence, text } = insert.before(event);
      if (text === undefined) return { damaged: sequence };
      if (!isSameEvent(text, event)) reused.push(at);
      sequences.push(sequence);
    }
    return reused.length > 0 ? { reused } : { sequences };
  }

  const store = db.transaction((appends: readonly (readonly NewEvent[])[], storedAt: number) => {
    const { head } = note;
    const follows = pending.length >= entriesAtOnce;
    if (follows) index.put(pending);
    const added: KeyEntry[] = [];
    const written = appends.map((events): WrittenAppend => {
      const first = head + added.length + 1;
      const outcome = placeAll(events, first, storedAt);
      // The others of this commit go on as if it had never come: the next one gets its numbers.
      if (!outcome.sequences) undo.run(first);
      outcome.sequences?.forEach((sequence, at) => {
        if (sequence === head + added.length + 1) added.push({ sequence, key: events[at]?.key });
      });
      return outcome;
    });
    const after: LogNote = { ...note, head: head + added.length, ...(follows ? { indexedUpTo: head } : {}) };
    if (added.length > 0 || follows) notes.write(after);
    return { written, added, after, follows };
  });

  const reindex = db.transaction((): LogNote => {
    index.rebuild(note.head);
    const after = { ...note, indexedUpTo: note.head };
    notes.write(after);
    return after;
  });

  return {
    write(appends, wallTime) {
      // A clock that was set back does not take the log with it: who looks for a time finds it by halves.
      const storedAt = Math.max(wallTime, lastStoredAt);
      const started = performance.now();
      const { written, added, after, follows } = store.immediate(appends, storedAt);
      if (added.length > 0) lastStoredAt = storedAt;
      note = after;
      pending = follows ? added : pending;
      if (!follows) pending.push(...added);
      const seconds = (performance.now() - started) / 1000;
      return { appends: written, storedAt, seconds, indexedUpTo: note.indexedUpTo };
    },
    replace: createReplace(db),
    reindex() {
      note = reindex.immediate();
      pending = [];
    },
  };
}
