import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runNpm } from './npm.mjs';
import { root } from './processes.cjs';

const stamp = join(root, 'node_modules', '.blog', 'installed-for');
const runtime = `${process.platform} ${process.arch} ${process.versions.modules}`;

/**
 * Runs `npm ci` unless node_modules holds just what package-lock.json asks for, built for this Node. Both are compared by content
 * (some 10 ms), so an `npm install` done by hand counts too. Throws when the installation fails.
 */
export async function installIfNeeded() {
  if (isInstalled()) return;
  console.log('Installing dependencies (npm ci) …');
  const code = await runNpm(['ci', '--no-audit', '--no-fund']);
  if (code !== 0) throw new Error(`npm ci failed with exit code ${code}`);
  noteRuntime();
}

function isInstalled() {
  const wanted = readJson(join(root, 'package-lock.json'));
  const present = readJson(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || present === undefined) return false;
  const isThere = ([path, { version, optional }]) =>
    !path.includes('node_modules/') ||
    present.packages[path]?.version === version ||
    (optional === true && present.packages[path] === undefined);
  if (!Object.entries(wanted.packages).every(isThere)) return false;
  const installedFor = readText(stamp);
  if (installedFor === undefined) noteRuntime();
  // Native modules are built for one version of Node's ABI: another Node needs them anew.
  return installedFor === undefined || installedFor === runtime;
}

function noteRuntime() {
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, runtime);
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readJson(path) {
  const text = readText(path);
  return text === undefined ? undefined : JSON.parse(text);
}
