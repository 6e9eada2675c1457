// npm run screenshots: makes the pictures of the README anew, by a real browser before a blog of its own.
import { join } from 'node:path';
import { buildIfNeeded } from './build.mjs';
import { failClearly } from './fail-clearly.mjs';
import { installIfNeeded } from './install.mjs';
import { run } from './npm.mjs';
import { root } from './processes.cjs';

await failClearly(async () => {
  await installIfNeeded();
  await buildIfNeeded();
  const env = {
    ...process.env,
    TS_NODE_PROJECT: join(root, 'tsconfig.check.json'),
    TS_NODE_TRANSPILE_ONLY: 'true',
    TS_NODE_COMPILER_OPTIONS: JSON.stringify({ rootDir: root }),
  };
  const loader = ['--conditions=source', '--require', 'ts-node/register'];
  process.exitCode = await run(process.execPath, [...loader, join(root, 'e2e', 'screenshots.ts')], { env });
});
