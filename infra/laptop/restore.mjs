// npm run restore -- <folder> [--replace]: brings a backup into the data folder.
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { lockData } from './backup/exclusive.mjs';
import { fsyncFile, fsyncFolder, isLock, replacedFolder } from './backup/folder.mjs';
import { readManifest, verify } from './backup/manifest.mjs';
import { runCommand } from './command.mjs';
import { root } from './processes.cjs';

const incomingFolder = '.incoming';

const usage = `npm run restore -- <folder> [--replace]

Brings a backup into the data folder (DATA_DIR, default ./data), after checking every file of it. Nothing may run on the data
folder. Where it holds data already, --replace moves that into a folder ${replacedFolder}<time> in it.`;

/** Without the locks: they stay where they are, as processes may be waiting for them. */
const dataIn = (dataDir) =>
  existsSync(dataDir)
    ? readdirSync(dataDir).filter(
        (name) => !name.startsWith(replacedFolder) && name !== incomingFolder && !isLock(name),
      )
    : [];

/** Copies everything beside what is there, and puts it in place only when all of it is on the disk. */
function bringIn(folder, dataDir, files) {
  const incoming = join(dataDir, incomingFolder);
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

/** Gives the folder into which the data of before was moved, if there was any. */
function replaceData(folder, dataDir, files, { replaces }) {
  const old = dataIn(dataDir);
  if (old.length > 0 && !replaces) {
    throw new Error(`${dataDir} holds data already (${old.join(', ')}). With --replace it is moved out of the way.`);
  }
  const incoming = bringIn(folder, dataDir, files);
  const aside = join(dataDir, `${replacedFolder}${new Date().toISOString().replaceAll(':', '-')}`);
  if (old.length > 0) moveAll(old, dataDir, aside);
  moveAll(readdirSync(incoming), incoming, dataDir);
  rmSync(incoming, { recursive: true });
  fsyncFolder(dataDir);
  return old.length > 0 ? aside : undefined;
}

await runCommand(
  { usage, options, names: [1, 1] },
  async ({ values: { replace: replaces = false }, names: [given] }) => {
    const folder = resolve(given);
    const dataDir = resolve(root, process.env.DATA_DIR ?? 'data');
    const manifest = readManifest(folder);
    await verify(folder, manifest);
    const databases = manifest.files.filter(({ schema }) => schema !== undefined).map(({ name }) => name);
    const unlock = lockData(dataDir, databases);
    try {
      const aside = replaceData(folder, dataDir, manifest.files, { replaces });
      console.log(
        `${dataDir} is as it was at ${manifest.takenAt}. Now start everything: the read model makes itself again.`,
      );
      if (aside !== undefined) console.log(`What was there before is in ${aside}.`);
    } finally {
      unlock();
    }
  },
);
