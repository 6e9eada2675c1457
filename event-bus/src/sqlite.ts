import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Sqlite, { type Database } from '@blog/kit/sqlite';

/** The code of an error of SQLite, as SQLITE_FULL. By its shape: the driver may have been loaded more than once. */
export function sqliteCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  const { code } = error;
  return typeof code === 'string' && code.startsWith('SQLITE_') ? code : undefined;
}

/** Whether SQLite did nothing, for want of room or of a lock, and may do it later. */
export function mayWorkLater(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^SQLITE_(FULL|BUSY)/.test(String(error.code));
}

const levels = { NORMAL: 1, FULL: 2 };

/**
 * What a connection keeps of its database's pages, KiB. A file that is read from one end to the other, or is small,
 * gains nothing from the 16 MB that better-sqlite3 takes by default: the operating system has the pages too.
 */
export const pageCacheKiB = 2_048;

/** Another process may hold a lock only for moments (a backup); whoever waits longer gets SQLITE_BUSY. */
const busyTimeoutMs = 1_000;

function migrate(db: Database, migrations: readonly string[]): void {
  const run = db.transaction(() => {
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version > migrations.length) {
      throw new Error(`the database is at version ${version}, this program knows ${migrations.length}: it is too old`);
    }
    // Opening a database writes nothing: it works on a full disk too.
    if (version === migrations.length) return;
    for (const migration of migrations.slice(version)) db.exec(migration);
    db.pragma(`user_version = ${migrations.length}`);
  });
  run.immediate();
}

function setUp(db: Database, { synchronous, cacheKiB }: { synchronous: keyof typeof levels; cacheKiB: number }): void {
  const journal = db.pragma('journal_mode = WAL', { simple: true });
  // On EVERY open: a reopened WAL database is at NORMAL, so that the first run would be durable and every restart not.
  db.pragma(`synchronous = ${synchronous}`);
  db.pragma(`cache_size = ${-cacheKiB}`);
  // What is deleted or replaced is overwritten with zeros, in pages that become free too.
  db.pragma('secure_delete = ON');
  const level = db.pragma('synchronous', { simple: true });
  if (journal !== 'wal' || level !== levels[synchronous]) {
    throw new Error(
      `SQLite runs with journal ${String(journal)}, synchronous ${String(level)}: not durable as promised`,
    );
  }
}

/**
 * Opens a database (made where it is missing) at its newest schema, in WAL mode.
 * `FULL`: a commit is fsynced before it returns. `NORMAL`: a crash of the machine may lose the last commits, always
 * the last ones first; a crash of the process loses none.
 * Throws where the durability asked for is not in force.
 */
export function openSqlite({
  file,
  synchronous,
  migrations,
  cacheKiB = pageCacheKiB,
  prepare,
}: {
  file: string;
  synchronous: keyof typeof levels;
  migrations: readonly string[];
  cacheKiB?: number;
  /** Gives the connection the functions that the migrations use. */
  prepare?: (db: Database) => void;
}): Database {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const db = new Sqlite(file, { timeout: busyTimeoutMs });
  try {
    setUp(db, { synchronous, cacheKiB });
    prepare?.(db);
    migrate(db, migrations);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Moves the write-ahead log into the file and empties it. False while somebody reads an older state: try again later. It waits for
 * nobody, as whoever calls it would keep others waiting.
 */
export function emptyWriteAheadLog(db: Database): boolean {
  db.pragma('busy_timeout = 0');
  try {
    const [result] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return result?.busy === 0;
  } finally {
    db.pragma(`busy_timeout = ${busyTimeoutMs}`);
  }
}
