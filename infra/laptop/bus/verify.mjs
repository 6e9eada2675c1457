import { join, resolve } from 'node:path';
import { buildIfNeeded } from '../build.mjs';
import { installIfNeeded } from '../install.mjs';
import { run } from '../npm.mjs';
import { root } from '../processes.cjs';

/** Checks the files of the bus, also while it runs; with `mend` it must not run. The exit code is 1 if anything is damaged. */
export async function verify({ names, options }) {
  if (names.length > 0) throw new Error('verify takes no names. Is --data missing?');
  await installIfNeeded();
  await buildIfNeeded();
  const mend = options.mend ? ['--mend'] : [];
  const folder = resolve(root, options.data ?? process.env.DATA_DIR ?? 'data');
  process.exitCode = await run(process.execPath, [join(root, 'event-bus', 'dist', 'verify.js'), folder, ...mend]);
}
