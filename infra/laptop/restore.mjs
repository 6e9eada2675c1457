// npm run restore -- <folder> [--replace]: brings a backup into the data folder.
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Sqlite from '@blog/kit/sqlite';
import { databasesIn, fsyncFile, fsyncFolder, replacedFolder } from './backup/folder.mjs';
import { readManifest, verify } from './backup/manifest.mjs';
import { isBusy } from './backup/snapshots.mjs';
import { runCommand } from './command.mjs';
import { root } from './processes.cjs';

const usage = `npm run restore -- <folder> [--replace]

Brings a backup into the data folder (DATA_DIR, default ./data), after checking every file of it. Nothing may run on the data
folder. Where it holds data already, --replace moves that into a folder ${replacedFolder}<time> in it.`;

/** Whether some process has the database open: then it doesn't let itself be taken out of its WAL mode. */
function isInUse(file) {
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

function refuseWhereProcessesRun(dataDir) {
  const used = databasesIn(dataDir).filter((name) => isInUse(join(dataDir, name)));
  if (used.length > 0) {
    throw new Error(`Stop the processes that run on ${dataDir} first: they use ${used.join(', ')}.`);
  }
}

const dataIn = (dataDir) =>
  existsSync(dataDir) ? readdirSync(dataDir).filter((name) => !name.startsWith(replacedFolder)) : [];

/** Copies everything beside what is there, and puts it in place only when all of it is on the disk. */
function bringIn(folder, dataDir, files) {
  const incoming = join(dataDir, '.incoming');
  rmSync(incoming, { recursive: true, force: true });
  for (const { name } of files) {
    mkdirSync(dirname(join(incoming, name)), { recursive: true });
    copyFileSync(join(folder, name), join(incoming, name));
    fsyncFile(join(incoming, name));
  }
  for (const parent of new Set(files.map(({ name }) => dirname(join(incoming, name))))) fsyncFolder(parent);
  return incoming;
}

function moveAll(names, from, to) {
  mkdirSync(to, { recursive: true });
  for (const name of names) renameSync(join(from, name), join(to, name));
}

const options = { replace: { type: 'boolean' } };

await runCommand(
  { usage, options, names: [1, 1] },
  async ({ values: { replace: replaces = false }, names: [given] }) => {
    const folder = resolve(given);
    const dataDir = resolve(root, process.env.DATA_DIR ?? 'data');
    const manifest = readManifest(folder);
    await verify(folder, manifest);
    refuseWhereProcessesRun(dataDir);
    const old = dataIn(dataDir).filter((name) => name !== '.incoming');
    if (old.length > 0 && !replaces) {
      throw new Error(`${dataDir} holds data already (${old.join(', ')}). With --replace it is moved out of the way.`);
    }
    mkdirSync(dataDir, { recursive: true });
    const incoming = bringIn(folder, dataDir, manifest.files);
    const aside = `${replacedFolder}${new Date().toISOString().replaceAll(':', '-')}`;
    if (old.length > 0) moveAll(old, dataDir, join(dataDir, aside));
    moveAll(readdirSync(incoming), incoming, dataDir);
    rmSync(incoming, { recursive: true });
    fsyncFolder(dataDir);
    console.log(
      `${dataDir} is as it was at ${manifest.takenAt}. Now start everything: the read model makes itself again.`,
    );
    if (old.length > 0) console.log(`What was there before is in ${join(dataDir, aside)}.`);
  },
);
