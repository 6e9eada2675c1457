import type { Database } from 'better-sqlite3';

/**
 * The events of each key. The events of a moment are mostly of different keys, and in an index that is written along
 * with them each would cost a page of its own (4 KB, twice). So the index on the disk follows the log with a delay,
 * many events at once; those that it doesn't have yet are in memory, where opening the log puts them again.
 *
 *     log  ──────── on the disk ────────┬── in memory ──>
 *                                  indexedUpTo         head
 */
export interface KeyIndex {
  /** Where the index on the disk ends. */
  indexedUpTo(): number;
  /** The sequences of a key after that, in their order. */
  newerOf(key: string): readonly number[];
  /** Takes in an event that has been stored. */
  note(event: { sequence: number; key: string }): void;
  /**
   * Writes what was noted, once that is much; call it in the transaction of the writer.
   * Where it returns a function, call that when the transaction has been committed.
   */
  write(): (() => void) | undefined;
}

const writtenAtOnce = 4_096;

export const keyIndexMigration = `
  DROP INDEX events_by_key;
  CREATE TABLE keys (
    key TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (key, sequence)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO keys SELECT key, sequence FROM events ORDER BY key, sequence;
  ALTER TABLE log ADD COLUMN indexed_up_to INTEGER NOT NULL DEFAULT 0;
  UPDATE log SET indexed_up_to = (SELECT coalesce(max(sequence), 0) FROM events);`;

export function openKeyIndex(db: Database): KeyIndex {
  const insert = db.prepare(
    'INSERT INTO keys SELECT key, sequence FROM events WHERE sequence > ? AND sequence <= ? ORDER BY key, sequence',
  );
  const move = db.prepare('UPDATE log SET indexed_up_to = ?');
  let indexedUpTo = db.prepare<[], number>('SELECT indexed_up_to FROM log').pluck().get() ?? 0;
  let newest = indexedUpTo;
  let newer = new Map<string, number[]>();

  function note({ sequence, key }: { sequence: number; key: string }): void {
    const sequences = newer.get(key);
    if (sequences) sequences.push(sequence);
    else newer.set(key, [sequence]);
    newest = sequence;
  }

  const rest = db.prepare<[number], { sequence: number; key: string }>(
    'SELECT sequence, key FROM events WHERE sequence > ? ORDER BY sequence',
  );
  for (const event of rest.iterate(indexedUpTo)) note(event);

  return {
    indexedUpTo: () => indexedUpTo,
    newerOf: (key) => newer.get(key) ?? [],
    note,
    write() {
      const upTo = newest;
      if (upTo - indexedUpTo < writtenAtOnce) return undefined;
      insert.run(indexedUpTo, upTo);
      move.run(upTo);
      return () => {
        indexedUpTo = upTo;
        newer = new Map();
      };
    },
  };
}
