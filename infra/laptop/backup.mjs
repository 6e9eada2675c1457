// npm run backup -- <folder>: a copy of the data folder as it is at one moment, while everything runs.
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import Sqlite from '@blog/kit/sqlite';
import { fsyncFile, fsyncFolder, partsOf, sha256Of } from './backup/folder.mjs';
import { format, manifestName } from './backup/manifest.mjs';
import { openSnapshots } from './backup/snapshots.mjs';
import { runCommand } from './command.mjs';
import { root } from './processes.cjs';

const usage = `npm run backup -- <folder>

Copies the data folder (DATA_DIR, default ./data) into a new folder, as it is at one moment, while everything runs.
npm run restore -- <folder> brings it back.`;

function readTarget(given) {
  const target = resolve(given);
  if (existsSync(target) && readdirSync(target).length > 0) throw new Error(`${target} is not empty.`);
  return target;
}

async function copyParts(dataDir, target) {
  const { databases, others } = partsOf(dataDir);
  if (databases.length === 0) throw new Error(`There is no database in ${dataDir}. Is DATA_DIR right?`);
  const place = (name) => {
    mkdirSync(dirname(join(target, name)), { recursive: true, mode: 0o700 });
    return join(target, name);
  };
  const files = [];
  const takenAt = new Date().toISOString();
  const { snapshots, close } = openSnapshots(dataDir, databases);
  try {
    for (const name of others) {
      copyFileSync(join(dataDir, name), place(name));
      files.push({ name });
    }
    for (const { name, copyTo } of snapshots) files.push({ name, ...(await copyTo(place(name))) });
  } finally {
    close();
  }
  return { takenAt, files };
}

/** Only its owner may read it: secrets and the hashes of passwords are among the files. */
async function finish(target, { takenAt, files }) {
  const described = [];
  for (const { name, ...more } of files) {
    const path = join(target, name);
    chmodSync(path, 0o600);
    fsyncFile(path);
    described.push({ name, bytes: statSync(path).size, sha256: await sha256Of(path), ...more });
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const sqlite = new Sqlite(':memory:').prepare('SELECT sqlite_version()').pluck().get();
  const versions = { blog: version, node: process.versions.node, sqlite };
  const path = join(target, manifestName);
  writeFileSync(path, `${JSON.stringify({ format, takenAt, versions, files: described }, null, 2)}\n`, { mode: 0o600 });
  fsyncFile(path);
  for (const folder of new Set(described.map(({ name }) => dirname(join(target, name))))) fsyncFolder(folder);
  fsyncFolder(target);
  return described;
}

await runCommand({ usage, names: [1, 1] }, async ({ names: [given] }) => {
  const target = readTarget(given);
  const dataDir = resolve(root, process.env.DATA_DIR ?? 'data');
  mkdirSync(dirname(target), { recursive: true });
  // Under its name there is a whole backup or none.
  const incomplete = mkdtempSync(join(dirname(target), `${basename(target)}.incomplete-`));
  try {
    const described = await finish(incomplete, await copyParts(dataDir, incomplete));
    rmSync(target, { recursive: true, force: true });
    renameSync(incomplete, target);
    fsyncFolder(dirname(target));
    const megabytes = described.reduce((sum, { bytes }) => sum + bytes, 0) / 1024 / 1024;
    console.log(`${target}: ${described.length} files, ${megabytes.toFixed(1)} MB. They hold secrets: keep them so.`);
    if (process.env.DATABASE_URL) console.log(`\n!! The comments are in PostgreSQL and NOT in this backup.`);
  } catch (error) {
    rmSync(incomplete, { recursive: true, force: true });
    throw error;
  }
});
