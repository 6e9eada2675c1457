import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { entryOf } from '../../infra/laptop/processes.cjs';
import { authEnvironment } from './auth';
import type { System } from './system';

const script = join(dirname(entryOf('client')), 'account.js');

/**
 * Runs `npm run account -- …` against a system's data folder, with the keys of the tests; `input` goes to its standard input.
 * Gives what it printed. Throws an Error with what it said where its exit code isn't 0.
 */
export async function runAccount(
  { dataDir, urls }: Pick<System, 'dataDir' | 'urls'>,
  args: readonly string[],
  input = '',
): Promise<string> {
  const { AUTH_PRIVATE_KEY } = authEnvironment;
  const env = { PATH: process.env.PATH, DATA_DIR: dataDir, PUBLIC_URL: urls.client, AUTH_PRIVATE_KEY };
  const child = spawn(process.execPath, [script, ...args], { env });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => said.push(part));
  child.stdin.end(input);
  const code = await new Promise((resolve) => child.once('close', resolve));
  const text = Buffer.concat(said).toString('utf8').trim();
  if (code !== 0) throw new Error(`account ${args.join(' ')} ended with ${String(code)}: ${text}`);
  return text;
}

/** The cookie of somebody who signs in by the form: a name and a password, or a link's code. Undefined where they don't count. */
export async function signInBy(
  { urls }: Pick<System, 'urls'>,
  fields: Record<string, string>,
): Promise<string | undefined> {
  const answer = await fetch(`${urls.client}/sign-in`, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  });
  await answer.arrayBuffer();
  return answer.status === 303 ? answer.headers.get('Set-Cookie')?.split(';')[0] : undefined;
}
