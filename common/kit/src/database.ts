import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { lockFile } from '@blog/kit/file-lock';
import Sqlite, { type Database as SqliteDatabase } from '@blog/kit/sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  SqliteDialect,
  SqliteDriver,
  type Transaction,
} from 'kysely';
import { Unavailable } from './errors';
import { scrubFiles, sharedRun } from './scrub';

export type { Kysely, SqliteDatabase, Transaction };

export interface Database<Tables> {
  db: Kysely<Tables>;
  /** Runs `work` in one transaction: all of it is committed and fsynced when this resolves, or none of it. */
  transaction<T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T>;
  /**
   * Resolves when no byte of what was deleted is left in the files. Rejects with Unavailable while somebody reads an older
   * state: ask again.
   */
  scrub(): Promise<void>;
  /** Whether the database answers. */
  isOpen(): boolean;
  close(): Promise<void>;
}

/**
 * A transaction takes the write lock at its start. Kysely's own `begin` would take it at the first write, and a
 * transaction which read before that fails at once when another process wrote meanwhile.
 */
class ImmediateSqliteDriver extends SqliteDriver {
  constructor(private readonly sqlite: SqliteDatabase) {
    super({ database: sqlite });
  }
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    // SQLite has done it by itself where the disk is full; a second one would fail and hide why.
    if (this.sqlite.inTransaction) await super.rollbackTransaction(connection);
  }
}

class ImmediateSqliteDialect extends SqliteDialect {
  constructor(private readonly sqlite: SqliteDatabase) {
    super({ database: sqlite });
  }
  override createDriver(): Driver {
    return new ImmediateSqliteDriver(this.sqlite);
  }
}

/** Brings the schema up to date: `migrations[n]` leads from version n to n + 1. Safe for several processes at once. */
function migrate(sqlite: SqliteDatabase, migrations: readonly string[]): void {
  const run = sqlite.transaction(() => {
    const version = sqlite.pragma('user_version', { simple: true }) as number;
    if (version > migrations.length) {
      throw new Error(`the database is at version ${version}, this program knows ${migrations.length}: it is too old`);
    }
    for (const migration of migrations.slice(version)) sqlite.exec(migration);
    sqlite.pragma(`user_version = ${migrations.length}`);
  });
  run.immediate();
}

/** Switches to WAL. Where several processes make a file at once SQLite says "busy" here instead of waiting. */
function switchToWal(sqlite: SqliteDatabase, busyTimeoutMs: number): void {
  const deadline = performance.now() + busyTimeoutMs;
  for (;;) {
    try {
      sqlite.pragma('journal_mode = WAL');
      return;
    } catch (error) {
      if (!isOutOfRoomOrBusy(error) || performance.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/**
 * Opens a SQLite file (made where it is missing, in a folder that only its owner may look into) in WAL mode, with every commit fsynced: the bare database, for what
 * prepared statements do much faster than a query builder. Throws where it can't be opened.
 */
function openSqlite(file: string, busyTimeoutMs = 5_000): SqliteDatabase {
  if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const sqlite = new Sqlite(file, { timeout: busyTimeoutMs });
  switchToWal(sqlite, busyTimeoutMs);
  sqlite.pragma('foreign_keys = ON');
  // What is deleted is overwritten with zeros.
  sqlite.pragma('secure_delete = ON');
  // On EVERY open: a reopened WAL database is at NORMAL, which loses the last commits when the power fails.
  sqlite.pragma('synchronous = FULL');
  if (sqlite.pragma('synchronous', { simple: true }) !== 2) throw new Error('the database does not sync its commits');
  return sqlite;
}

/**
 * Opens a SQLite file with its lock, which is let go of after the file is closed. `prepare` runs before anybody has it. Throws
 * FileInUse if another process works on it.
 */
export function openLocked<T>(
  file: string,
  use: 'alone' | 'shared',
  prepare: (sqlite: SqliteDatabase) => T,
  busyTimeoutMs?: number,
): { sqlite: SqliteDatabase; prepared: T; close: () => void } {
  const unlock = file === ':memory:' ? () => undefined : lockFile(file, use);
  let sqlite: SqliteDatabase | undefined;
  const close = (): void => {
    sqlite?.close();
    unlock();
  };
  try {
    sqlite = openSqlite(file, busyTimeoutMs);
    return { sqlite, prepared: prepare(sqlite), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** By its code: the class of SQLite's errors is another one for each loaded copy of the library. */
function isOutOfRoomOrBusy(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false;
  return /^SQLITE_(FULL|BUSY)/.test(String(error.code));
}

/** What a failed write means to whoever asked for it. */
function meaningOf(error: unknown): unknown {
  return isOutOfRoomOrBusy(error) ? new Unavailable('The database takes no writes now; nothing was stored.') : error;
}

/**
 * Runs `work`, which waits for nothing, in one transaction of a bare database: all of it is committed and fsynced when
 * this returns, or none of it. Throws Unavailable where there is no room or another process holds the lock.
 */
export function transact<T>(sqlite: SqliteDatabase, work: () => T): T {
  try {
    return sqlite.transaction(work).immediate();
  } catch (error) {
    throw meaningOf(error);
  }
}

/**
 * Opens a service's database (made where it is missing) at its newest schema. Throws where it can't be opened, and FileInUse
 * if another process works on it.
 */
export function openDatabase<Tables>({
  file,
  use,
  migrations,
  busyTimeoutMs = 5_000,
}: {
  file: string;
  /**
   * `alone`: until it is closed, no other process opens it. `shared`: others of the same service may, so that nothing that
   * this one knows of its content, but for what never changes, is true beyond a transaction.
   */
  use: 'alone' | 'shared';
  migrations: readonly string[];
  /** How long to wait for another process's transaction on the same file. */
  busyTimeoutMs?: number;
}): Database<Tables> {
  const { sqlite, close } = openLocked(file, use, (opened) => migrate(opened, migrations), busyTimeoutMs);
  const db = new Kysely<Tables>({ dialect: new ImmediateSqliteDialect(sqlite) });
  return {
    db,
    async transaction(work) {
      try {
        return await db.transaction().execute(work);
      } catch (error) {
        throw meaningOf(error);
      }
    },
    // Holding the connection: no transaction is open on it.
    scrub: sharedRun(async () => {
      try {
        await db.connection().execute(async () => scrubFiles(sqlite));
      } catch (error) {
        throw meaningOf(error);
      }
    }),
    isOpen: () => sqlite.open,
    async close() {
      await db.destroy();
      // Kysely closes only what it has used.
      close();
    },
  };
}
