// What a backup says of itself, and whether it is true.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import Sqlite from '@blog/kit/sqlite';
import { sha256Of } from './folder.mjs';
import { requireIntegrity } from './snapshots.mjs';

export const manifestName = 'manifest.json';
export const format = 1;

/** Reads the manifest of a backup. Throws where the folder holds no backup, or one of another kind. */
export function readManifest(folder) {
  const path = join(folder, manifestName);
  if (!existsSync(path)) throw new Error(`${folder} holds no backup: there is no ${manifestName}.`);
  const manifest = parse(readFileSync(path, 'utf8'));
  if (manifest === undefined) throw new Error(`${manifestName} in ${folder} is damaged.`);
  if (manifest.format !== format) {
    throw new Error(`The backup has format ${manifest.format}; this program knows ${format}.`);
  }
  return manifest;
}

function parse(text) {
  try {
    const manifest = JSON.parse(text);
    const isWhole = Array.isArray(manifest.files) && manifest.files.every(({ name }) => isInside(name));
    return isWhole ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a name leads to a file in the folder, and nowhere else. */
const isInside = (name) =>
  typeof name === 'string' && name !== '' && name === posix.normalize(name) && !/^\/|^\.\.|\\|:/.test(name);

/** Checks every file: there, as long as it was, byte for byte the same, and (a database) whole. Throws naming all faults. */
export async function verify(folder, { files }) {
  const faults = [];
  for (const file of files) {
    const fault = await faultOf(join(folder, file.name), file);
    if (fault !== undefined) faults.push(`  ${file.name} ${fault}`);
  }
  if (faults.length > 0) throw new Error(`The backup can not be restored:\n${faults.join('\n')}`);
}

async function faultOf(path, { bytes, sha256, schema }) {
  if (!existsSync(path)) return 'is missing';
  const { size } = statSync(path);
  if (size !== bytes) return `has ${size} bytes, and had ${bytes}`;
  if ((await sha256Of(path)) !== sha256) return 'has changed since the backup (its SHA-256 is another)';
  if (schema === undefined) return undefined;
  return checkDatabase(path);
}

function checkDatabase(path) {
  try {
    const db = new Sqlite(path, { readonly: true, fileMustExist: true });
    try {
      requireIntegrity(db);
    } finally {
      db.close();
    }
    return undefined;
  } catch (error) {
    return `can not be opened: ${error.message}`;
  }
}
