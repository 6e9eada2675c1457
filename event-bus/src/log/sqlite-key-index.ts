import type { Database } from '@blog/kit/sqlite';

/**
 * The events of each key. The events of a moment are mostly of different keys, and in an index that is written along
 * with them each would cost a page of its own (4 KB, twice). So the index on the disk follows the log with a delay,
 * many events at once; those that it doesn't have yet are in memory, where opening the log puts them again.
 *
 *     log  ──────── on the disk ────────┬── in memory ──>
 *                                  indexedUpTo         head
 */
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

const indexedAtOnce = 4_096;

const indexedUpToIn = (db: Database) => db.prepare<[], number>('SELECT indexed_up_to FROM log').pluck();

/** The part on the disk, for the writer. */
export interface KeyIndex {
  /** Call it in a transaction: where much is missing, it is put in. Returns where the index ends then. */
  followTo(head: number): number;
}

export function openKeyIndex(db: Database): KeyIndex {
  const insert = db.prepare(
    'INSERT INTO keys SELECT key, sequence FROM events WHERE sequence > ? AND sequence <= ? ORDER BY key, sequence',
  );
  const move = db.prepare('UPDATE log SET indexed_up_to = ?');
  const end = indexedUpToIn(db);
  return {
    followTo(head) {
      // As the disk says: what a transaction did that failed is undone there, and nowhere else.
      const indexedUpTo = end.get() ?? 0;
      if (head - indexedUpTo < indexedAtOnce) return indexedUpTo;
      insert.run(indexedUpTo, head);
      move.run(head);
      return head;
    },
  };
}

/** The part in memory, for readers. */
export interface NewerKeys {
  indexedUpTo(): number;
  /** The sequences of a key after that, in their order. */
  of(key: string): readonly number[];
  /** An event has been stored. */
  add(event: { sequence: number; key: string }): void;
  /** The index on the disk has got so far, with all that was added. */
  forgetUpTo(indexedUpTo: number): void;
}

export function createNewerKeys(db: Database): NewerKeys {
  let indexedUpTo = indexedUpToIn(db).get() ?? 0;
  let sequencesOf = new Map<string, number[]>();

  function add({ sequence, key }: { sequence: number; key: string }): void {
    const sequences = sequencesOf.get(key);
    if (sequences) sequences.push(sequence);
    else sequencesOf.set(key, [sequence]);
  }

  const rest = db.prepare<[number], { sequence: number; key: string }>(
    'SELECT sequence, key FROM events WHERE sequence > ? ORDER BY sequence',
  );
  for (const event of rest.iterate(indexedUpTo)) add(event);

  return {
    indexedUpTo: () => indexedUpTo,
    of: (key) => sequencesOf.get(key) ?? [],
    add,
    forgetUpTo(end) {
      if (end === indexedUpTo) return;
      indexedUpTo = end;
      sequencesOf = new Map();
    },
  };
}
