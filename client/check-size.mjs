/** Prints what each kind of page loads, and fails where that is too much. Run by the build. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const folder = join(import.meta.dirname, 'dist', 'browser');
const builds = [
  { name: 'reader', pages: ['page', 'front', 'post', 'embed'], limits: { js: 80, css: 10 } },
  { name: 'app', pages: ['write', 'review'], limits: { js: 120, css: 10 } },
];

for (const { name, pages, limits } of builds) {
  const manifest = JSON.parse(readFileSync(join(folder, '.vite', `${name}.json`), 'utf8'));
  const filesOf = (key) => {
    const { file, css = [], imports = [] } = manifest[key];
    return [file, ...css, ...imports.flatMap(filesOf)];
  };
  for (const page of pages) {
    const files = [...new Set(filesOf(`src/entries/${page}.ts`))];
    const sizes = Object.entries(limits).map(([type, limit]) => {
      const own = files.filter((file) => file.endsWith(`.${type}`));
      const kB = own.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0) / 1000;
      if (kB > limit) process.exitCode = 1;
      return `${kB.toFixed(1)} kB ${type} (limit ${limit})`;
    });
    console.log(`${name} pages, ${page}: ${sizes.join(', ')} gzip`);
  }
}
