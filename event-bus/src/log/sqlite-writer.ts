import { crc32 } from 'node:zlib';
import type { Database } from '@blog/kit/sqlite';
import type { NewEvent } from './event-log';
import { isSameEvent } from './same-event';
import { openKeyIndex } from './sqlite-key-index';

/**
 * What became of one append: the sequences of its events, or the places of those whose id is another event's; nothing
 * of it is stored then. Sequences beyond the head before are new: they go on from it by ones, in the order of the appends.
 */
export type WrittenAppend = { sequences: number[]; reused?: never } | { sequences?: never; reused: number[] };

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

/** The text of an event as it is stored. */
export function numbered(text: string, sequence: number): string {
  return `${text.slice(0, -1)},"sequence":${sequence}}`;
}

/** Writes to the log's tables: one transaction, and one fsync, for many appends. What SQLite throws is thrown. */
export function createSqliteWriter(
  db: Database,
): (appends: readonly (readonly NewEvent[])[], wallTime: number) => Written {
  const insert = db.prepare(
    `INSERT INTO events (sequence, id, source, type, key, cause, stored_at, checksum, text)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, source) DO NOTHING`,
  );
  const find = db.prepare<[string, string], { sequence: number; text: string }>(
    'SELECT sequence, text FROM events WHERE id = ? AND source = ?',
  );
  const undo = db.prepare('DELETE FROM events WHERE sequence >= ?');
  const keys = openKeyIndex(db);
  const newest = db
    .prepare<[], { sequence: number; storedAt: number }>(
      'SELECT sequence, stored_at AS storedAt FROM events ORDER BY sequence DESC LIMIT 1',
    )
    .get();
  let head = newest?.sequence ?? 0;
  let lastStoredAt = newest?.storedAt ?? 0;

  const store = db.transaction((appends: readonly (readonly NewEvent[])[], storedAt: number) => {
    const indexedUpTo = keys.followTo(head);
    let next = head + 1;

    function place(event: NewEvent, at: number, reused: number[]): number {
      const { id, source, type, key, cause = null } = event;
      const text = numbered(event.text, next);
      const { changes } = insert.run(next, id, source, type, key, cause, storedAt, crc32(text), text);
      if (changes === 1) return next++;
      const before = find.get(id, source);
      if (before && !isSameEvent(before.text, event)) reused.push(at);
      return before?.sequence ?? 0;
    }

    const written = appends.map((events): WrittenAppend => {
      const first = next;
      const reused: number[] = [];
      const sequences = events.map((event, at) => place(event, at, reused));
      if (reused.length === 0) return { sequences };
      // The others of this commit go on as if it had never come: the next one gets its numbers.
      undo.run(first);
      next = first;
      return { reused };
    });
    return { appends: written, newHead: next - 1, indexedUpTo };
  });

  return (appends, wallTime) => {
    // A clock that was set back does not take the log with it: who looks for a time finds it by halves.
    const storedAt = Math.max(wallTime, lastStoredAt);
    const started = performance.now();
    const { newHead, ...written } = store.immediate(appends, storedAt);
    if (newHead > head) [head, lastStoredAt] = [newHead, storedAt];
    return { ...written, storedAt, seconds: (performance.now() - started) / 1000 };
  };
}
