// npm run bench -- <name> [arguments]: builds what is needed and runs bench/<name>.ts.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildIfNeeded } from './build.mjs';
import { failClearly } from './fail-clearly.mjs';
import { installIfNeeded } from './install.mjs';
import { run } from './npm.mjs';
import { root } from './processes.cjs';

const folder = join(root, 'bench');

function names() {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => file.slice(0, -'.ts'.length));
}

const usage = () => `npm run bench -- <name> [arguments]

Measures one of: ${names().join(', ')}.`;

await failClearly(async () => {
  const [name, ...args] = process.argv.slice(2);
  if (name === '--help' || name === '-h') return console.log(usage());
  if (!names().includes(name)) {
    throw new Error(`${name === undefined ? 'Which one?' : `Unknown: ${name}.`}\n\n${usage()}`);
  }
  await installIfNeeded();
  await buildIfNeeded();
  const env = {
    ...process.env,
    TS_NODE_PROJECT: join(root, 'tsconfig.check.json'),
    TS_NODE_TRANSPILE_ONLY: 'true',
    TS_NODE_COMPILER_OPTIONS: JSON.stringify({ rootDir: root }),
  };
  const loader = ['--conditions=source', '--require', 'ts-node/register'];
  process.exitCode = await run(process.execPath, [...loader, join(folder, `${name}.ts`), ...args], { env });
});
