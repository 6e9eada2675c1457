// npm run token -- --roles author,moderator [--name robot] [--minutes 15 | --hours 24]: prints a token for a program.
import { join, resolve } from 'node:path';
import { signingKey } from './auth-keys.cjs';
import { buildIfNeeded } from './build.mjs';
import { runCommand } from './command.mjs';
import { installIfNeeded } from './install.mjs';
import { run } from './npm.mjs';
import { root } from './processes.cjs';

const type = 'string';
const options = { roles: { type }, name: { type }, minutes: { type }, hours: { type } };
const usage = `npm run token -- --roles author,moderator,operator [--name robot] [--minutes 15 | --hours 24]

Prints a token for a program, which sends it as Authorization: Bearer <token>.

Up to 15 minutes (the default) it counts at each service, and at the client (port 3000, /api/<service>/…). With the --name
of an account that has these roles it may live longer, up to a year, and then counts at the client alone: until the account
is signed out everywhere (npm run account -- sign-out <name>), is changed, or removed.`;

await runCommand({ usage, options }, async ({ values }) => {
  await installIfNeeded();
  await buildIfNeeded();
  const { AUTH_PRIVATE_KEY_FILE: _file, ...env } = process.env;
  const dataDir = resolve(root, env.DATA_DIR ?? 'data');
  const script = join(root, 'client', 'dist', 'server', 'account.js');
  const args = Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);
  process.exitCode = await run(process.execPath, [script, 'token', ...args], {
    env: { ...env, DATA_DIR: dataDir, AUTH_PRIVATE_KEY: signingKey(dataDir, process.env) },
  });
});
