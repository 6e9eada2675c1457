import { setTimeout as delay } from 'node:timers/promises';
import { Unavailable } from './errors';
import type { SqliteDatabase } from './database';

/** A larger file is not written anew: that would take longer than a pushed event may. */
const largestVacuum = 256 * 1024 * 1024;
/** Erasures that come together share the work. */
const gatherMs = 50;

/**
 * Leaves no byte of what was deleted in a database's files. `secure_delete` fills what is freed with zeros, but SQLite may have
 * moved a row before, and left its old bytes in an unused part of a page: so the file is written anew, and the write-ahead log is emptied.
 * Throws Unavailable while somebody reads an older state, as a backup does.
 */
export function scrubFiles(sqlite: SqliteDatabase): void {
  const pages = sqlite.pragma('page_count', { simple: true }) as number;
  const pageSize = sqlite.pragma('page_size', { simple: true }) as number;
  if (pages * pageSize <= largestVacuum) sqlite.exec('VACUUM');
  if (!emptyWriteAheadLog(sqlite))
    throw new Unavailable('Somebody reads the database; its files still hold what was erased.', 2);
}

/** False while somebody reads an older state. It waits for nobody: the process would do nothing else meanwhile. */
function emptyWriteAheadLog(sqlite: SqliteDatabase): boolean {
  const patienceMs = sqlite.pragma('busy_timeout', { simple: true }) as number;
  sqlite.pragma('busy_timeout = 0');
  try {
    const [result] = sqlite.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    return result?.busy === 0;
  } finally {
    sqlite.pragma(`busy_timeout = ${patienceMs}`);
  }
}

/** One run for all who ask while none has begun. */
export function sharedRun(work: () => Promise<void> | void): () => Promise<void> {
  let next: Promise<void> | undefined;
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    next ??= (async () => {
      await delay(gatherMs);
      await last;
      next = undefined;
      const run = (async () => work())();
      last = run.catch(() => undefined);
      await run;
    })();
    return next;
  };
}
