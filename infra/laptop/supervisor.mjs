import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from './processes.cjs';

// Restarts: 0.5 s → 1 s → 2 s → … → 15 s, and 0.5 s again after 30 s of life.
const firstDelayMs = 500;
const longestDelayMs = 15_000;
const provenAfterMs = 30_000;
const graceMs = 10_000;

/**
 * Keeps processes running: one that ends is started again with back-off, until `stopAll`.
 * `commandOf(entry)` gives `{ command, args, options, env }`; `say(name, line)` takes each line of output.
 */
export function createSupervisor({ commandOf, say }) {
  const running = [];
  let stopping = false;

  function launch(item) {
    const { command, args, options, env } = commandOf(item.entry);
    // Own process group (not on Windows): Ctrl+C in a terminal then reaches us alone, and we end the others in order.
    const detached = process.platform !== 'win32';
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached, ...options });
    Object.assign(item, { child, startedAt: Date.now(), ended: waitForEnd(child) });
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => say(item.entry.name, line));
    }
    // For whoever wants to kill one and watch.
    if (child.pid !== undefined) say(item.entry.name, `started, pid ${child.pid}`);
    void item.ended.then((reason) => relaunch(item, reason));
  }

  function relaunch(item, reason) {
    if (stopping) return;
    item.failures = Date.now() - item.startedAt > provenAfterMs ? 0 : item.failures + 1;
    const delayMs = Math.min(firstDelayMs * 2 ** Math.max(item.failures - 1, 0), longestDelayMs);
    say(item.entry.name, `ended (${reason}); starting again in ${delayMs / 1000} s`);
    item.timer = setTimeout(() => launch(item), delayMs);
  }

  async function stop(item) {
    clearTimeout(item.timer);
    if (hasEnded(item.child)) return;
    const deadline = Date.now() + graceMs;
    signal(item.child, 'SIGTERM');
    const timer = setTimeout(() => {
      say(item.entry.name, 'does not stop; killing it');
      signal(item.child, 'SIGKILL');
    }, graceMs);
    await item.ended;
    // npm ends before the service that runs under its nodemon.
    while (hasGroup(item.child) && Date.now() < deadline) await delay(20);
    if (hasGroup(item.child)) signal(item.child, 'SIGKILL');
    clearTimeout(timer);
  }

  return {
    start(entry) {
      const item = { entry, failures: 0 };
      running.push(item);
      launch(item);
    },
    /** Stops all, the last started first. A process that ignores SIGTERM for 10 s is killed. */
    async stopAll() {
      stopping = true;
      for (const item of running.toReversed()) await stop(item);
    },
    /** Ends all at once, without asking; synchronous, for when there is no time left. */
    killAll() {
      stopping = true;
      for (const { child } of running) if (!hasEnded(child)) signal(child, 'SIGKILL');
    },
  };
}

function hasEnded(child) {
  return child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
}

/** Whether it, or anything that it has started, is still there. (On Windows: it alone; what is under it is ended with it.) */
function hasGroup(child) {
  if (process.platform === 'win32') return !hasEnded(child);
  try {
    return process.kill(-child.pid, 0);
  } catch {
    return false;
  }
}

function waitForEnd(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signalName) => resolve(signalName ?? `exit code ${code}`));
  });
}

/** Signals a process and the ones it started itself (npm → nodemon → node). */
function signal(child, name) {
  try {
    if (process.platform !== 'win32') process.kill(-child.pid, name);
    else spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
  } catch (error) {
    // It ended in the same instant.
    if (error.code !== 'ESRCH') throw error;
  }
}
