import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from '@blog/kit/sqlite';
import { checksumOfIdentity, checksumOfSchema, openNote, versionOf } from '../log-note';
import { sealOf } from '../record';
import { openKeyIndex } from '../sqlite-key-index';
import { openLogFile } from '../sqlite-log-file';
import { type FoundRecord, openFoundRecords, type Remains } from './found-records';

const building = (file: string): string => `${file}-rebuilding`;
const built = (file: string): string => `${file}-rebuilt`;
const parts = ['', '-wal', '-shm'];

function remove(file: string): void {
  for (const part of parts) rmSync(`${file}${part}`, { force: true });
}

function fsync(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Stores the records, and returns how many. A record comes once: what is found of it again is an old copy. */
function storeRecords(db: Database, records: Iterable<FoundRecord>): number {
  const insert = db.prepare(
    `INSERT OR IGNORE INTO events (sequence, id, source, type, key, cause, stored_at, checksum, text, seal)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS TEXT), ?)`,
  );
  const recordsAtOnce = 10_000;
  let stored = 0;
  db.exec('BEGIN');
  for (const { columns, checksum, text } of records) {
    const { sequence, id, source, type, key, cause, storedAt } = columns;
    const seal = sealOf(columns, checksum);
    stored += insert.run(sequence, id, source, type, key, cause, storedAt, checksum, text, seal).changes;
    if (stored % recordsAtOnce === 0) db.exec('COMMIT; BEGIN');
  }
  db.exec('COMMIT');
  return stored;
}

/** Notes which sequences are missing, with what is left of them. Returns them. */
function noteMissing(db: Database, head: number, remains: ReadonlyMap<number, Buffer>): number[] {
  const insert = db.prepare('INSERT OR REPLACE INTO unknown_keys (sequence, bytes) VALUES (?, ?)');
  const missing: number[] = [];
  let next = 1;
  const note = (end: number): void => {
    for (; next < end; next += 1) missing.push(next);
    next = end + 1;
  };
  for (const sequence of db.prepare<[], number>('SELECT sequence FROM events ORDER BY sequence').pluck().iterate()) {
    note(sequence);
  }
  note(head + 1);
  db.transaction(() => missing.forEach((sequence) => insert.run(sequence, remains.get(sequence) ?? null)))();
  return missing;
}

function fill(db: Database, found: ReturnType<typeof openFoundRecords>): { stored: number; missing: number[] } {
  db.pragma('synchronous = OFF');
  const stored = storeRecords(db, found.whole()) + storeRecords(db, found.damaged());
  const last = db.prepare<[], number | null>('SELECT max(sequence) FROM events').pluck().get() ?? 0;
  const head = Math.max(last, found.head() ?? 0);
  const remains = new Map(found.remains().map(({ sequence, bytes }: Remains) => [sequence, bytes]));
  const missing = noteMissing(db, head, remains);
  const notes = openNote(db);
  const identity = found.identity() ?? notes.read().identity;
  db.transaction(() => {
    openKeyIndex(db).rebuild(head);
    notes.write({ identity, head, indexedUpTo: head, schema: checksumOfSchema(db, versionOf(db)) });
    db.prepare('UPDATE log_copy SET identity = ?, checksum = ?').run(identity, checksumOfIdentity(identity));
  })();
  db.pragma('wal_checkpoint(TRUNCATE)');
  return { stored, missing };
}

/** Puts a rebuilt file into its place, if one is ready; a crash at any point of this is made good at the next start. */
export function finishRebuild(file: string, aside = `${file}.damaged-${Date.now()}`): void {
  remove(building(file));
  if (!existsSync(built(file))) return;
  if (existsSync(file)) linkSync(file, aside);
  // Not earlier: without its write-ahead log the old file is older than it should be.
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${aside}-wal`);
  rmSync(`${file}-shm`, { force: true });
  renameSync(built(file), file);
  if (process.platform !== 'win32') fsync(dirname(file));
}

const few = 20;

function list(sequences: readonly number[]): string {
  const more = sequences.length > few ? ` and ${sequences.length - few} more` : '';
  return `${sequences.slice(0, few).join(', ')}${more}`;
}

/**
 * Puts the log together anew from all records that are whole, read from the pages themselves: whatever else of the file
 * is damaged (its first page, the structure of its tables, its indexes) costs no record. The damaged file is kept beside
 * it. Nobody may have the log open. Returns what was found, in words.
 */
export function rebuildLog(file: string, why: string): string[] {
  remove(building(file));
  const found = openFoundRecords(file);
  let result: { stored: number; missing: number[] };
  try {
    const db = openLogFile(building(file));
    try {
      result = fill(db, found);
    } finally {
      db.close();
    }
  } finally {
    found.close();
  }
  fsync(building(file));
  const aside = `${file}.damaged-${Date.now()}`;
  renameSync(building(file), built(file));
  if (process.platform !== 'win32') fsync(dirname(file));
  finishRebuild(file, aside);
  const { stored, missing } = result;
  const lost = missing.length > 0 ? [`of these events nothing whole is left: ${list(missing)}`] : [];
  return [`${why}: the log was put together anew from ${stored} records, and what it was is kept as ${aside}`, ...lost];
}
