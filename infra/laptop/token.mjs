// npm run token -- --roles author,moderator [--name robot] [--hours 1]: prints a token for programs, for Authorization: Bearer.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { buildIfNeeded } from './build.mjs';
import { runCommand } from './command.mjs';
import { installIfNeeded } from './install.mjs';
import { root } from './processes.cjs';
import { authSecret } from './secrets.mjs';

const type = 'string';

const options = { roles: { type }, name: { type, default: 'program' }, hours: { type, default: '1' } };
const usage = `npm run token -- --roles author,moderator,operator [--name robot] [--hours 1]

Prints a token for a program, which sends it as Authorization: Bearer <token>.`;

await runCommand({ usage, options }, async ({ values }) => {
  await installIfNeeded();
  await buildIfNeeded();
  const { roles: known, signToken } = createRequire(import.meta.url)('@blog/kit');
  const roles = (values.roles ?? '').split(',').filter(Boolean);
  const unknown = roles.filter((role) => !known.includes(role));
  if (roles.length === 0 || unknown.length > 0)
    throw new Error(`--roles takes ${known.join(', ')}, with commas between.`);
  const hours = Number(values.hours);
  if (!(hours > 0 && hours <= 24 * 366)) throw new Error('--hours takes a number of hours, up to a year of them.');
  const secret = authSecret(resolve(root, process.env.DATA_DIR ?? 'data'), process.env).split(/[\s,]+/)[0];
  console.log(
    await signToken({ name: values.name, roles }, { secret, seconds: Math.round(hours * 3600), now: new Date() }),
  );
});
