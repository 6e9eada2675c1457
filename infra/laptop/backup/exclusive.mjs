// Having a data folder to oneself, for commands that replace or delete what is in it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockFile } from '@blog/kit/file-lock';
import Sqlite from '@blog/kit/sqlite';
import { databasesIn } from './folder.mjs';
import { isBusy } from './snapshots.mjs';

/** Whether a process has the database open without its lock: then it doesn't let itself be taken out of its WAL mode. */
function isOpen(file) {
  if (!existsSync(file)) return false;
  const db = new Sqlite(file, { timeout: 0 });
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.pragma('journal_mode = DELETE');
    return false;
  } catch (error) {
    // One that is damaged is no reason to keep it.
    return isBusy(error);
  } finally {
    db.close();
  }
}

/** Lets go of what was locked, or undefined if some process works on the file. */
function tryLock(file) {
  try {
    return lockFile(file, 'alone');
  } catch (error) {
    if (error.code !== 'FILE_IN_USE') throw error;
    return undefined;
  }
}

/**
 * Locks all databases of a data folder, and those that are going to be there: until the function that is returned is called,
 * no service opens them; one that starts meanwhile waits. Throws naming those on which a process works.
 */
export function lockData(dataDir, coming = []) {
  const names = [...new Set([...databasesIn(dataDir), ...coming])].sort();
  const unlocks = [];
  const unlock = () => unlocks.forEach((one) => one());
  const used = names.filter((name) => {
    const file = join(dataDir, name);
    const one = tryLock(file);
    if (one) unlocks.push(one);
    return !one || isOpen(file);
  });
  if (used.length === 0) return unlock;
  unlock();
  throw new Error(`Stop the processes that run on ${dataDir} first: they use ${used.join(', ')}.`);
}
