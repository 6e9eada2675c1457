/** Prints what a reader page loads, and fails where that is too much. Run by the build. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const folder = join(import.meta.dirname, 'dist', 'browser', 'assets');
const limits = { js: 80, css: 10 };

for (const [type, limit] of Object.entries(limits)) {
  const files = readdirSync(folder).filter((file) => file.endsWith(`.${type}`));
  const kB = files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0) / 1000;
  console.log(`reader pages: ${kB.toFixed(1)} kB ${type} gzip (limit ${limit})`);
  if (kB > limit) process.exitCode = 1;
}
