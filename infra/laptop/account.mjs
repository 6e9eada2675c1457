// npm run account -- <command>: the accounts of those who write, moderate and operate. --help lists the commands.
import { join, resolve } from 'node:path';
import { buildIfNeeded } from './build.mjs';
import { failClearly } from './fail-clearly.mjs';
import { installIfNeeded } from './install.mjs';
import { run } from './npm.mjs';
import { portsFrom, root, urlsOf } from './processes.cjs';

await failClearly(async () => {
  await installIfNeeded();
  await buildIfNeeded();
  const { env } = process;
  const dataDir = resolve(root, env.DATA_DIR ?? 'data');
  const publicUrl = env.PUBLIC_URL ?? urlsOf(portsFrom(env), env.HOST).client;
  const script = join(root, 'client', 'dist', 'server', 'account.js');
  process.exitCode = await run(process.execPath, [script, ...process.argv.slice(2)], {
    env: { ...env, DATA_DIR: dataDir, PUBLIC_URL: publicUrl },
  });
});
