/** Prints what each kind of reader page loads, and fails where that is too much. Run by the build. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const folder = join(import.meta.dirname, 'dist', 'browser');
const manifest = JSON.parse(readFileSync(join(folder, '.vite', 'reader.json'), 'utf8'));
const limits = { js: 80, css: 10 };

const filesOf = (key) => {
  const { file, css = [], imports = [] } = manifest[key];
  return [file, ...css, ...imports.flatMap(filesOf)];
};

for (const page of ['page', 'front', 'post', 'embed']) {
  const files = [...new Set(filesOf(`src/entries/${page}.ts`))];
  const sizes = Object.entries(limits).map(([type, limit]) => {
    const own = files.filter((file) => file.endsWith(`.${type}`));
    const kB = own.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0) / 1000;
    if (kB > limit) process.exitCode = 1;
    return `${kB.toFixed(1)} kB ${type} (limit ${limit})`;
  });
  console.log(`reader pages, ${page}: ${sizes.join(', ')} gzip`);
}
