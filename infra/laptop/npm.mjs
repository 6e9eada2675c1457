import { spawn } from 'node:child_process';
import { root } from './processes.cjs';

/**
 * How npm is called here: `[command, args, options]` for spawn. Started by npm itself we know its script; without that, Windows
 * needs a shell to find npm.cmd.
 */
export function npmCommand(args) {
  const script = process.env.npm_execpath;
  if (script !== undefined && /\.c?js$/.test(script)) return [process.execPath, [script, ...args], {}];
  return process.platform === 'win32' ? ['npm.cmd', args, { shell: true }] : ['npm', args, {}];
}

/** Runs npm at the repository root with its output shown. Resolves with the exit code. */
export function runNpm(args, { env = process.env } = {}) {
  const [command, commandArgs, options] = npmCommand(args);
  return run(command, commandArgs, { ...options, env });
}

/** Runs a command at the repository root with its output shown. Resolves with the exit code (1 where a signal ended it). */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
