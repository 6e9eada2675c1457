import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { NeverTrue, waitFor } from './wait-for';

const keptLines = 400;
const graceMs = 10_000;

export interface ProcessDescription {
  name: string;
  /** What node runs: its own options, then the absolute path of the script. */
  args: readonly string[];
  /** What runs node, where that isn't this process itself: it must become node, so that signals get there. */
  prefix?: readonly string[];
  url: string;
  env: Record<string, string | undefined>;
  /** Whether the process can be used; asked again and again after each start. */
  isReady: () => Promise<boolean>;
}

export interface ManagedProcess {
  readonly name: string;
  readonly url: string;
  /** Undefined while it doesn't run. */
  readonly pid: number | undefined;
  readonly isRunning: boolean;
  /** Its newest lines of output, over all of its lives. */
  readonly logs: readonly string[];
  /** Starts it (again, on the same port and data) and waits until it is ready. Harmless while it runs. */
  start(): Promise<void>;
  /** Sends a signal. One that ends processes is waited for; SIGSTOP and SIGCONT return at once. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** SIGTERM, and SIGKILL after 10 s. Gives the exit code: null if a signal ended it, or it didn't run. */
  stop(): Promise<number | null>;
}

/** A real node process that a test starts, kills and starts again. Nothing runs before `start`. */
export function createManagedProcess({
  name,
  args,
  prefix = [],
  url,
  env,
  isReady,
}: ProcessDescription): ManagedProcess {
  const logs: string[] = [];
  let child: ChildProcess | undefined;
  let ended = Promise.resolve<number | null>(null);

  const isRunning = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;

  function note(line: string): void {
    logs.push(line);
    if (logs.length > keptLines) logs.shift();
  }

  function launch(): void {
    const [command = process.execPath, ...rest] = [...prefix, process.execPath, ...args];
    const started = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    for (const stream of [started.stdout, started.stderr]) createInterface({ input: stream }).on('line', note);
    ended = new Promise((resolve) => {
      started.once('error', (error) => (note(error.message), resolve(null)));
      // 'close' comes after the last output.
      started.once('close', (code, signal) => (note(`[ended: ${signal ?? code}]`), resolve(code)));
    });
  }

  return {
    name,
    url,
    logs,
    get pid() {
      return isRunning() ? child?.pid : undefined;
    },
    get isRunning() {
      return isRunning();
    },
    async start() {
      if (isRunning()) return;
      launch();
      await waitFor(`${name} to be ready`, async () => {
        if (!isRunning()) throw new NeverTrue(`${name} ended while starting:\n${logs.slice(-20).join('\n')}`);
        return isReady();
      });
    },
    async kill(signal) {
      if (!isRunning()) return;
      child?.kill(signal);
      if (signal !== 'SIGSTOP' && signal !== 'SIGCONT') await ended;
    },
    async stop() {
      if (!isRunning()) return null;
      child?.kill('SIGTERM');
      // A stopped process (SIGSTOP) takes its SIGTERM only when it goes on.
      child?.kill('SIGCONT');
      const timer = setTimeout(() => child?.kill('SIGKILL'), graceMs);
      const code = await ended;
      clearTimeout(timer);
      return code;
    },
  };
}
