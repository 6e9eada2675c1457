import Sqlite from '@blog/kit/sqlite';
import { sqliteCodeOf } from '../../sqlite';
import { finishRebuild, rebuildLog } from './rebuild';
import { mendWriteAheadLog } from './write-ahead-log';

/** Throws an Error for people if a process has the log open. One that can't be opened at all is used by nobody. */
function requireUnused(file: string): void {
  let db: Sqlite.Database | undefined;
  try {
    db = new Sqlite(file, { timeout: 0 });
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN EXCLUSIVE; ROLLBACK');
  } catch (error) {
    if (sqliteCodeOf(error)?.startsWith('SQLITE_BUSY')) {
      throw new Error('The bus is running. Stop it first.', { cause: error });
    }
  } finally {
    db?.close();
  }
}

/** Mends all that can be mended of a log that no process has open. Returns what was found and done, in words. */
export function mendLog(file: string): string[] {
  finishRebuild(file);
  const found = mendWriteAheadLog(file);
  requireUnused(file);
  return [...found, ...rebuildLog(file, 'as it was asked for')];
}
