import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Environment, root } from '../../infra/laptop/processes.cjs';

/** Runs a command of `infra/laptop`, as the npm scripts do, until it ends. */
export async function runCommand(
  script: string,
  args: readonly string[],
  env: Environment,
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [join(root, 'infra', 'laptop', script), ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}
