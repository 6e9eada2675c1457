import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { output } from './commands.mjs';

/**
 * The binary of better-sqlite3 for another Node than the one that runs here, as the archive that its install looks for:
 * fetched where that works, else compiled (two minutes), and kept in `keptIn` for the next time. Gives the archive's path.
 */
export async function prebuiltSqlite({ from, folder, keptIn, node, headers, npm }) {
  const { version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const abi = await output(node, ['-p', 'process.versions.modules']);
  const name = `better-sqlite3-v${version}-node-v${abi}-${process.platform}-${process.arch}.tar.gz`;
  const archive = join(keptIn, name);
  if (existsSync(archive)) return archive;

  cpSync(from, folder, { recursive: true, filter: (path) => basename(path) !== 'build' });
  const binary = join('build', 'Release', 'better_sqlite3.node');
  const fetcher = join(dirname(createRequire(join(from, 'package.json')).resolve('prebuild-install')), 'bin.js');
  await output(node, [fetcher], { cwd: folder, mayFail: true });
  if (!existsSync(join(folder, binary))) {
    console.log(`Compiling better-sqlite3 for ABI ${abi}, as its binary can't be fetched …`);
    const gyp = join(npm, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
    await output(node, [gyp, 'rebuild', '--release', `--nodedir=${headers}`], { cwd: folder });
  }
  await output('tar', ['-C', folder, '-czf', join(folder, name), binary]);
  mkdirSync(keptIn, { recursive: true });
  copyFileSync(join(folder, name), archive);
  return archive;
}
