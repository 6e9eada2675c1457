import type { Database } from '@blog/kit/sqlite';
import { bucketOf, type BucketNote, checksumOfBucket, hashOf, isWholeNote, termOf } from './key-buckets';
import { createRecords } from './sqlite-records';

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

/** The index in buckets that can be proven: see `key-buckets.ts`. */
export const provenKeyIndexMigration = `
  CREATE TABLE key_index (
    bucket INTEGER NOT NULL,
    key TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (bucket, key, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE key_buckets (
    bucket INTEGER PRIMARY KEY,
    entries INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    checksum INTEGER NOT NULL
  ) STRICT;
  INSERT INTO key_index SELECT bucket_of(key), key, sequence FROM keys ORDER BY 1, 2, 3;
  INSERT INTO key_buckets SELECT bucket, count(*), sum(term_of(key, sequence)), 0 FROM key_index GROUP BY bucket;
  UPDATE key_buckets SET checksum = checksum_of_bucket(bucket, entries, sum);
  DROP TABLE keys;`;

export interface KeyEntry {
  sequence: number;
  /** Undefined for a damaged record: nobody knows its key. */
  key: string | undefined;
}

/** The index of keys, or that of ids, leads to a record that is not the one it is meant to be. */
export class DamagedIndex extends Error {
  override readonly name = 'DamagedIndex';
}

const entriesAtOnce = 4_096;

/** The part on the disk, for the writer. Call these in a transaction. */
export interface KeyIndex {
  /** Throws {@link DamagedIndex}. */
  put(entries: readonly KeyEntry[]): void;
  /** Makes the whole index anew from the records, up to a sequence. */
  rebuild(upTo: number): void;
}

/** The events of a key that are put into the index at once, in their order. */
interface SequencesOfKey {
  key: string;
  hash: number;
  sequences: number[];
}

/** Puts entries of one bucket in, and notes them. */
function createBuckets(db: Database) {
  const insert = db.prepare('INSERT INTO key_index (bucket, key, sequence) VALUES (?, ?, ?)');
  const find = db.prepare<[number], BucketNote>(
    'SELECT bucket, entries, sum, checksum FROM key_buckets WHERE bucket = ?',
  );
  const save = db.prepare(
    `INSERT INTO key_buckets (bucket, entries, sum, checksum) VALUES (?, ?, ?, ?)
     ON CONFLICT (bucket) DO UPDATE SET entries = excluded.entries, sum = excluded.sum, checksum = excluded.checksum`,
  );

  return (bucket: number, keys: readonly SequencesOfKey[]): void => {
    const note = find.get(bucket) ?? { bucket, entries: 0, sum: 0, checksum: checksumOfBucket(bucket, 0, 0) };
    if (!isWholeNote(note)) throw new DamagedIndex(`bucket ${bucket} of the index of keys is damaged`);
    let { entries, sum } = note;
    for (const { key, hash, sequences } of keys) {
      for (const sequence of sequences) {
        insert.run(bucket, key, sequence);
        sum += termOf(hash, sequence);
      }
      entries += sequences.length;
    }
    save.run(bucket, entries, sum, checksumOfBucket(bucket, entries, sum));
  };
}

export function openKeyIndex(db: Database): KeyIndex {
  const insertUnknown = db.prepare('INSERT INTO unknown_keys (sequence) VALUES (?) ON CONFLICT DO NOTHING');
  const putInBucket = createBuckets(db);
  const records = createRecords(db);

  function put(entries: readonly KeyEntry[]): void {
    const keys = new Map<string, SequencesOfKey>();
    for (const { key, sequence } of entries) {
      const found = key === undefined ? undefined : keys.get(key);
      if (found) found.sequences.push(sequence);
      else if (key === undefined) insertUnknown.run(sequence);
      else keys.set(key, { key, hash: hashOf(key), sequences: [sequence] });
    }
    const buckets = new Map<number, SequencesOfKey[]>();
    // In the order of the index, so that each of its pages is written once.
    for (const one of [...keys.values()].sort((a, b) => (a.key < b.key ? -1 : 1))) {
      const bucket = bucketOf(one.hash);
      const others = buckets.get(bucket);
      if (others) others.push(one);
      else buckets.set(bucket, [one]);
    }
    for (const [bucket, some] of [...buckets].sort(([a], [b]) => a - b)) putInBucket(bucket, some);
  }

  return {
    put,
    rebuild(upTo) {
      db.exec('DELETE FROM key_index; DELETE FROM key_buckets');
      for (let after = 0; after < upTo; after += entriesAtOnce) {
        put(entriesIn([...records.inOrder(after, Math.min(upTo, after + entriesAtOnce), 'none')]));
      }
    },
  };
}

const entriesIn = (looked: readonly { sequence: number; columns: { key: string } | undefined }[]): KeyEntry[] =>
  looked.map(({ sequence, columns }) => ({ sequence, key: columns?.key }));

/** The keys of the events after a sequence, up to another. */
export const entriesAfter = (db: Database, after: number, upTo: number): KeyEntry[] =>
  entriesIn([...createRecords(db).inOrder(after, upTo, 'none')]);

/** The part in memory, for readers. */
export interface NewerKeys {
  indexedUpTo(): number;
  /** The sequences of a key after that, in their order. */
  of(key: string): readonly number[];
  /** Those after that whose records are damaged, so that they may be of any key. */
  unknown(): readonly number[];
  /** An event has been stored. */
  add(entry: KeyEntry): void;
  /** The index on the disk has got so far, with all that was added. */
  forgetUpTo(indexedUpTo: number): void;
}

export function createNewerKeys(start: number, entries: readonly KeyEntry[]): NewerKeys {
  let indexedUpTo = start;
  let sequencesOf = new Map<string, number[]>();
  let unknown: number[] = [];

  function add({ sequence, key }: KeyEntry): void {
    if (key === undefined) return void unknown.push(sequence);
    const sequences = sequencesOf.get(key);
    if (sequences) sequences.push(sequence);
    else sequencesOf.set(key, [sequence]);
  }

  entries.forEach(add);

  return {
    indexedUpTo: () => indexedUpTo,
    of: (key) => sequencesOf.get(key) ?? [],
    unknown: () => unknown,
    add,
    forgetUpTo(end) {
      if (end === indexedUpTo) return;
      indexedUpTo = end;
      sequencesOf = new Map();
      unknown = [];
    },
  };
}
