import type { Database } from '@blog/kit/sqlite';
import { bucketOf, type BucketNote, hashOf, isWholeNote, termOf } from './key-buckets';
import { isUnreadable } from './sqlite-records';

/** What was proven stays so for a while: a bucket is looked at again only then. */
const provenForMs = 60_000;

/** The index of keys on the disk, for readers. */
export interface KeyLookup {
  /** Whether the index has all events of this key, and no others. If not, it must not be asked. */
  isProven(key: string): boolean;
  sequencesOf(key: string, after: number, upTo: number): IterableIterator<number>;
  /** The first event of a range whose key nobody knows. */
  firstUnknown(after: number, upTo: number): number | undefined;
}

/** @param onDamage called once for each bucket that is not what was stored */
export function createKeyLookup(
  db: Database,
  { now, onDamage }: { now: () => number; onDamage: (what: string) => void },
): KeyLookup {
  const noteOf = db.prepare<[number], BucketNote>(
    'SELECT bucket, entries, sum, checksum FROM key_buckets WHERE bucket = ?',
  );
  const entriesOf = db
    .prepare<[number], [string, number]>('SELECT key, sequence FROM key_index WHERE bucket = ?')
    .raw();
  const select = db
    .prepare<[number, string, number, number], number>(
      `SELECT sequence FROM key_index WHERE bucket = ? AND key = ? AND sequence > ? AND sequence <= ? ORDER BY sequence`,
    )
    .pluck();
  const unknown = db
    .prepare<[number, number], number | null>(
      'SELECT min(sequence) FROM unknown_keys WHERE sequence > ? AND sequence <= ?',
    )
    .pluck();
  const looked = new Map<number, { at: number; isWhole: boolean }>();

  /** In one transaction: the writer may put entries in meanwhile. */
  const look = db.transaction((bucket: number): boolean => {
    const note = noteOf.get(bucket) ?? { entries: 0, sum: 0 };
    if ('checksum' in note && !isWholeNote(note)) return false;
    let [entries, sum] = [0, 0];
    let [last, hash] = ['', hashOf('')];
    for (const [key, sequence] of entriesOf.iterate(bucket)) {
      if (typeof key !== 'string') return false;
      if (key !== last) [last, hash] = [key, hashOf(key)];
      entries += 1;
      sum += termOf(hash, sequence);
    }
    return entries === note.entries && sum === note.sum;
  });

  function isWhole(bucket: number): boolean {
    try {
      return look(bucket);
    } catch (error) {
      if (isUnreadable(error)) return false;
      throw error;
    }
  }

  return {
    isProven(key) {
      const bucket = bucketOf(hashOf(key));
      const before = looked.get(bucket);
      if (before && now() - before.at < provenForMs) return before.isWhole;
      const after = { at: now(), isWhole: isWhole(bucket) };
      if (!after.isWhole && before?.isWhole !== false) onDamage(`bucket ${bucket} of the index of keys is damaged`);
      looked.set(bucket, after);
      return after.isWhole;
    },
    sequencesOf: (key, after, upTo) => select.iterate(bucketOf(hashOf(key)), key, after, upTo),
    firstUnknown: (after, upTo) => unknown.get(after, upTo) ?? undefined,
  };
}
