import type { Database } from '@blog/kit/sqlite';
import { openSqlite } from '../sqlite';
import { keyIndexMigration } from './sqlite-key-index';

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
];

/**
 * The write-ahead log goes into the file when it has so many pages (of 4 KB). Each commit touches many pages of the
 * indexes, and this way a page is copied once for many commits; SQLite's own 1,000 costs half of the throughput.
 */
const pagesPerCheckpoint = 4_000;
/** The index of ids is written all over, so that a page of it is soon wanted again. */
const cacheKiB = 4_096;

/** Opens the log's file for writing, at its newest schema; commits are fsynced. Throws where they would not be. */
export function openLogFile(file: string): Database {
  const db = openSqlite({ file, synchronous: 'FULL', migrations, cacheKiB });
  db.pragma(`wal_autocheckpoint = ${pagesPerCheckpoint}`);
  return db;
}
