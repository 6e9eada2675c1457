import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runNpm } from './npm.mjs';
import { entryOf, processes, root } from './processes.cjs';

const stamp = join(root, 'node_modules', '.blog', 'built-from');
const services = [...new Set(processes.map(({ service }) => service))];
const leftOut = new Set(['node_modules', 'dist', 'test', 'data', 'coverage']);

/**
 * Builds everything unless no source changed since the last build. Looks at names, sizes and times of change only (a few
 * milliseconds); a needless build does no harm, as the compilers are incremental. Throws when the build fails.
 */
export async function buildIfNeeded() {
  const sources = fingerprint();
  const isBuilt = services.every((service) => existsSync(entryOf(service)));
  if (isBuilt && existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  console.log('Building …');
  const code = await runNpm(['run', '--silent', 'build']);
  if (code !== 0) throw new Error(`The build failed with exit code ${code}`);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, sources);
}

function fingerprint() {
  const hash = createHash('sha256');
  const atRoot = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.base.json'];
  for (const path of [...atRoot.map((name) => join(root, name)), ...['common', ...services].flatMap(filesUnder)]) {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

function filesUnder(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter(({ name }) => !leftOut.has(name) && !/\.(md|tsbuildinfo|log)$/.test(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((item) => {
      const path = join(folder, item.name);
      return item.isDirectory() ? filesUnder(path) : [join(root, path)];
    });
}
