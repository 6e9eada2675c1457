/**
 * A lock beside a database file, by which processes keep each other from working on it at once. The kernel frees it when
 * its process dies, however that dies: a lock that is left behind by nobody never has to be cleaned up. Node has no file
 * locks of its own, so that it is SQLite's, on an empty file `<database>.lock`: backups and readers of the database itself
 * aren't held up by it.
 *
 * A process must never open the lock's file by other means: closing that would let go of its locks (POSIX).
 */
const { mkdirSync, statSync } = require('node:fs');
const { dirname } = require('node:path');
const Sqlite = require('./sqlite.cjs');

const lockSuffix = '.lock';

/** Another process holds the lock. Told by its code, as there may be several copies of this class. */
class FileInUse extends Error {
  name = 'FileInUse';
  code = 'FILE_IN_USE';

  constructor(file) {
    super(`another process works on ${file}`);
    this.file = file;
  }
}

const begin = {
  // The write stays in memory. It fails where the file may only be read: an exclusive lock of that would exclude nobody.
  alone: 'BEGIN EXCLUSIVE; PRAGMA user_version = 1',
  // The read takes the lock.
  shared: 'BEGIN; SELECT count(*) FROM sqlite_schema',
};

/** Which file a path leads to, if any. */
function identityOf(path) {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
}

/** Opens the lock's file anew at each try: the one before may have been deleted, and then its lock is worth nothing. */
function tryOnce(path, use) {
  const before = identityOf(path);
  const db = new Sqlite(path, { timeout: 0 });
  try {
    // Without it a journal would be written: that needs room on the disk, and somebody might clean it up.
    db.pragma('journal_mode = MEMORY');
    db.exec(begin[use]);
    if (before !== undefined && identityOf(path) === before) return db;
  } catch (error) {
    db.close();
    throw error;
  }
  db.close();
  return undefined;
}

function lockFile(file, use) {
  const path = file + lockSuffix;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    for (;;) {
      const db = tryOnce(path, use);
      if (db) return () => void db.close();
    }
  } catch (error) {
    if (/^SQLITE_BUSY/.test(error.code ?? '')) throw new FileInUse(file);
    throw new Error(`the lock ${path} can't be had: ${error.message}`, { cause: error });
  }
}

module.exports = { FileInUse, lockFile, lockSuffix };
