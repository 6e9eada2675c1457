import type { Database } from '@blog/kit/sqlite';
import { openSqlite } from '../sqlite';
import { bucketOf, checksumOfBucket, hashOf, termOf } from './key-buckets';
import { checksumOfIdentity, checksumOfSchema, openNote } from './log-note';
import { keyIndexMigration, provenKeyIndexMigration } from './sqlite-key-index';

const migrations = [
  `CREATE TABLE log (identity TEXT NOT NULL) STRICT;
   INSERT INTO log VALUES (lower(hex(randomblob(16))));
   CREATE TABLE events (
     sequence INTEGER PRIMARY KEY,
     id TEXT NOT NULL,
     source TEXT NOT NULL,
     type TEXT NOT NULL,
     key TEXT NOT NULL,
     stored_at INTEGER NOT NULL,
     checksum INTEGER NOT NULL,
     text TEXT NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX events_by_id ON events (id, source);
   CREATE INDEX events_by_key ON events (key);`,
  // Partial: an event that nothing caused costs no more than before. Damaged text keeps nobody from opening the log.
  `ALTER TABLE events ADD COLUMN cause TEXT;
   UPDATE events SET cause = text ->> 'causationid'
     WHERE CASE WHEN json_valid(text) THEN json_type(text, '$.causationid') = 'text' END;
   CREATE INDEX events_by_cause ON events (cause) WHERE cause IS NOT NULL;`,
  keyIndexMigration,
  // Adding columns rewrites no record: those of older programs have no seal, and are compared with their text.
  `ALTER TABLE events ADD COLUMN seal INTEGER;
   ALTER TABLE log ADD COLUMN head INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE log ADD COLUMN schema INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE log ADD COLUMN checksum INTEGER;
   UPDATE log SET head = (SELECT coalesce(max(sequence), 0) FROM events);
   CREATE TABLE log_copy (identity TEXT NOT NULL, checksum INTEGER NOT NULL) STRICT;
   INSERT INTO log_copy SELECT identity, checksum_of_identity(identity) FROM log;
   CREATE TABLE unknown_keys (sequence INTEGER PRIMARY KEY, bytes BLOB) STRICT;
   ${provenKeyIndexMigration}`,
];

export const newestVersion = migrations.length;

/**
 * The write-ahead log goes into the file when it has so many pages (of 4 KB). Each commit touches many pages of the
 * indexes, and this way a page is copied once for many commits; SQLite's own 1,000 costs half of the throughput.
 */
const pagesPerCheckpoint = 4_000;
/** The index of ids is written all over, so that a page of it is soon wanted again. */
const cacheKiB = 4_096;

/** What SQL of the migrations asks for. */
function addFunctions(db: Database): void {
  const deterministic = { deterministic: true };
  db.function('bucket_of', deterministic, (key: unknown) => bucketOf(hashOf(String(key))));
  db.function('term_of', deterministic, (key: unknown, sequence: unknown) =>
    termOf(hashOf(String(key)), Number(sequence)),
  );
  db.function('checksum_of_bucket', deterministic, (bucket: unknown, entries: unknown, sum: unknown) =>
    checksumOfBucket(Number(bucket), Number(entries), Number(sum)),
  );
  db.function('checksum_of_identity', deterministic, (identity: unknown) => checksumOfIdentity(String(identity)));
}

/** Seals what the log says of itself, where no program has done so. */
function sealNote(db: Database): void {
  const row = db.prepare<[], { identity: string; head: number; indexedUpTo: number; checksum: number | null }>(
    'SELECT identity, head, indexed_up_to AS indexedUpTo, checksum FROM log',
  );
  const seal = db.transaction(() => {
    const note = row.get();
    if (!note || note.checksum !== null) return;
    openNote(db).write({ ...note, schema: checksumOfSchema(db, newestVersion) });
  });
  if (row.get()?.checksum === null) seal.immediate();
}

/**
 * Opens the log's file for writing, at its newest schema; commits are fsynced. Throws where they would not be.
 * @param look is called before anything is changed; what it throws is thrown
 */
export function openLogFile(file: string, look: (db: Database) => void = () => undefined): Database {
  const prepare = (opened: Database): void => {
    addFunctions(opened);
    look(opened);
  };
  const db = openSqlite({ file, synchronous: 'FULL', migrations, cacheKiB, prepare });
  sealNote(db);
  db.pragma(`wal_autocheckpoint = ${pagesPerCheckpoint}`);
  return db;
}
