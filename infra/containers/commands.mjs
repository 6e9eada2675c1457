import { spawn } from 'node:child_process';

const keptLines = 30;

/**
 * Runs a command and gives what it wrote to stdout. Throws with the end of its output where it fails, unless `mayFail`:
 * then it gives '' for a failure. `shown` passes the output on as it comes; `input` (a stream) becomes its stdin.
 */
export async function output(command, args, { env = process.env, cwd, input, shown = false, mayFail = false } = {}) {
  const { end, stdout, all } = await runToEnd(command, args, { env, cwd, input, shown });
  if (end === 0) return stdout.trim();
  if (mayFail) return '';
  const tail = all.trimEnd().split('\n').slice(-keptLines).join('\n');
  throw new Error(`${command} ${args.join(' ').slice(0, 200)} ended with ${end}:\n${tail}`);
}

function runToEnd(command, args, { env, cwd, input, shown }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let all = '';
    const note = (chunk) => {
      all += chunk;
      if (shown) process.stdout.write(chunk);
    };
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ end: code ?? signal, stdout, all }));
    if (input === undefined) return;
    // Where the command ends early, its exit code says more than a broken pipe.
    child.stdin.on('error', () => undefined);
    input.pipe(child.stdin);
  });
}
