import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './npm.mjs';
import { root, urlsOf } from './processes.cjs';

/** At the first start with this data folder: an account `admin`, whose password is printed, once. */
export async function makeFirstAccount({ entries, ports, host, dataDir, env }) {
  if (!entries.some(({ service }) => service === 'client') || existsSync(join(dataDir, 'accounts.json'))) return;
  const script = join(root, 'client', 'dist', 'server', 'account.js');
  const publicUrl = env.PUBLIC_URL ?? urlsOf(ports, host).client;
  const code = await run(process.execPath, [script, 'first'], {
    env: { ...env, DATA_DIR: dataDir, PUBLIC_URL: publicUrl },
  });
  if (code !== 0) throw new Error('The first account could not be made.');
}
