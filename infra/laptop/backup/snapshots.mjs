// All databases of a data folder as they are at one moment, while services write to them.
import { join } from 'node:path';
import Sqlite from '@blog/kit/sqlite';

/** Shorter than the services' own patience (5 s), so that none of them gives up while we hold what it waits for. */
const lockTimeoutMs = 1_000;
const tries = 10;
/** 4 MB a step: the copy yields in between. */
const pagesPerStep = 1_000;

const delivery = 'event-bus-delivery.db';
const log = 'event-bus.db';
const lastName = (name) => name.split('/').at(-1);
/** The delivery first and the log last: so the delivery knows of nothing that isn't in the log, whoever has received it. */
const rankOf = (name) => (lastName(name) === delivery ? 0 : lastName(name) === log ? 2 : 1);

const inOrder = (names) => names.toSorted((a, b) => rankOf(a) - rankOf(b));
const isOfAService = (name) => rankOf(name) === 1;

/**
 * Opens a view of each database, which stays as it is however long it is read. The services' databases take no writes for the
 * few milliseconds in which the views are opened: so the log holds nothing that a service's copy doesn't know of. Throws
 * where a lock can't be had.
 */
export function openSnapshots(dataDir, names) {
  const snapshots = [];
  const closeAll = () => snapshots.forEach(({ db }) => db.close());
  try {
    const unlock = lockTogether(inOrder(names.filter(isOfAService)).map((name) => join(dataDir, name)));
    try {
      for (const name of inOrder(names)) snapshots.push({ name, db: openView(join(dataDir, name)) });
    } finally {
      unlock();
    }
  } catch (error) {
    closeAll();
    throw error;
  }
  return {
    snapshots: snapshots.map(({ name, db }) => ({ name, copyTo: (file) => copy(db, file) })),
    close: closeAll,
  };
}

function openView(file) {
  const db = new Sqlite(file, { fileMustExist: true, timeout: lockTimeoutMs });
  // The view is taken by the first read.
  db.exec('BEGIN');
  db.prepare('SELECT count(*) FROM sqlite_schema').get();
  return db;
}

/** All locks or none: whoever holds one and waits for another would keep a service waiting. */
function lockTogether(files) {
  for (let round = 1; ; round += 1) {
    const locks = [];
    const unlock = () => locks.forEach((db) => db.close());
    try {
      for (const file of files) {
        const db = new Sqlite(file, { fileMustExist: true, timeout: lockTimeoutMs });
        locks.push(db);
        db.exec('BEGIN IMMEDIATE');
      }
      return unlock;
    } catch (error) {
      unlock();
      if (!isBusy(error)) throw error;
      if (round === tries) throw new Error(`The databases are written to without a pause: ${error.message}.`);
    }
  }
}

export const isBusy = (error) => /^SQLITE_BUSY/.test(error?.code ?? '');

/** Copies a view into a new file, which is one file without a journal, and checks it. */
async function copy(db, file) {
  await db.backup(file, { progress: () => pagesPerStep });
  const target = new Sqlite(file, { fileMustExist: true });
  try {
    target.pragma('journal_mode = DELETE');
    requireIntegrity(target);
    return { schema: target.pragma('user_version', { simple: true }) };
  } finally {
    target.close();
  }
}

/** Throws where SQLite finds the database damaged. */
export function requireIntegrity(db) {
  const found = db.pragma('integrity_check', { simple: true });
  if (found !== 'ok') throw new Error(`it is damaged: ${found}`);
}
