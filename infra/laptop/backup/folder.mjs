// What a data folder holds, and how files get safely onto the disk.
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lockSuffix } from '@blog/kit/file-lock';

/** Where a restore puts what was there before; no backup holds it. */
export const replacedFolder = 'before-restore-';

const database = /\.db$/;
const ofADatabase = /\.db-(wal|shm|journal)$/;
/** Made again from the log. One from a backup would give the numbers of its changes, by which readers know them, twice. */
const readModels = new Set(['query.db']);
const unfinished = /\.(tmp|incoming)$/;

/** Whether a file is the lock of another one: it says nothing, and belongs to the processes of this machine. */
export const isLock = (name) => name.endsWith(lockSuffix);

const lastName = (name) => name.split('/').at(-1);

/**
 * The files of a data folder by their names in it (with `/`), also in folders of it: `databases`, and `others` that are files
 * as they are. Read models, databases' journals and locks are neither.
 */
export function partsOf(dataDir) {
  const names = existsSync(dataDir) ? filesUnder(dataDir) : [];
  const kept = names.filter((name) => !ofADatabase.test(name) && !unfinished.test(name) && !isLock(name));
  return {
    databases: kept.filter((name) => database.test(name) && !readModels.has(lastName(name))),
    others: kept.filter((name) => !database.test(name)),
  };
}

/** All databases of a data folder, read models too. */
export const databasesIn = (dataDir) =>
  existsSync(dataDir) ? filesUnder(dataDir).filter((name) => database.test(name)) : [];

function filesUnder(folder, prefix = '') {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((item) => {
      if (item.isDirectory()) {
        const isOurs = !item.name.startsWith(replacedFolder);
        return isOurs ? filesUnder(join(folder, item.name), `${prefix}${item.name}/`) : [];
      }
      return item.isFile() ? [`${prefix}${item.name}`] : [];
    });
}

/** Waits until a file is on the disk. */
export function fsyncFile(path) {
  // For reading and writing: Windows syncs nothing that was opened for reading.
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Waits until the names in a folder are on the disk. Windows has no such thing, and writes them by itself. */
export function fsyncFolder(path) {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** The SHA-256 of a file, in hex. */
export async function sha256Of(path) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}
