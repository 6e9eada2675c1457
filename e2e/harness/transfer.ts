import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { processes, root } from '../../infra/laptop/processes.cjs';
import { authEnvironment } from './auth';
import type { System } from './system';

/** Runs `npm run export` or `npm run import` against a system with the keys of the tests; gives what it said. */
export async function transfer(script: 'export' | 'import', { urls }: System, argument: string): Promise<string> {
  const ports = processes.map(({ name, portVariable }) => [portVariable, new URL(urls[name]).port]);
  const env = { PATH: process.env['PATH'], ...authEnvironment, ...Object.fromEntries(ports) };
  const command = join(root, 'infra', 'laptop', `${script}.mjs`);
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [command, argument], { env }).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
  return stdout + stderr;
}

/** Everything in a folder, by path. */
export async function contentOf(path: string): Promise<Record<string, string>> {
  const names = (await readdir(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const pairs = names.map(
    async ({ parentPath, name }) => [name, await readFile(join(parentPath, name), 'utf8')] as const,
  );
  return Object.fromEntries(await Promise.all(pairs));
}
