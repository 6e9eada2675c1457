import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Subscriptions } from '../running-bus';

export interface BusOptions {
  /** Where its files are. */
  folder: string;
  subscriptions?: Subscriptions;
  /** 0: any free one. */
  port?: number;
  env?: Record<string, string>;
  /** A command that runs it, as `['strace', '-D', …]`. The child must stay the bus itself. */
  under?: readonly string[];
}

/** The bus as a process of its own. */
export interface RealBus {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  isRunning(): boolean;
  signal(signal: NodeJS.Signals): void;
  /** Sends a signal that ends it, and waits for its end. Harmless where it has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Its exit code, null where a signal ended it. */
  exited: Promise<number | null>;
  /** Everything that it has said. */
  output(): string;
}

const busFolder = join(__dirname, '../..');
const running = new Set<RealBus>();

function launch({ folder, subscriptions = {}, port = 0, env = {}, under = [] }: BusOptions): ChildProcess {
  const node = [process.execPath, '--conditions=source', '--require', join(__dirname, 'swc-register.cjs')];
  const [command = '', ...args] = [...under, ...node, join(busFolder, 'src/main.ts')];
  return spawn(command, args, {
    cwd: busFolder,
    env: {
      ...process.env,
      ...{ PORT: String(port), DATA_DIR: folder, SUBSCRIPTIONS: JSON.stringify(subscriptions), ...env },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Resolves with its URL once it listens; throws with what it said where it ends before. */
async function urlOf(child: ChildProcess, output: () => string): Promise<string> {
  if (!child.stdout) throw new Error('no output to read');
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
    if (msg === 'listening' && url !== undefined) return url;
  }
  throw new Error(`the bus ended before it listened:\n${output()}`);
}

/** Starts the bus and waits until it listens. `endBuses` ends those that still run. */
export async function startRealBus(options: BusOptions): Promise<RealBus> {
  const child = launch(options);
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const exited = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  let url = '';
  const bus: RealBus = {
    get url() {
      return url;
    },
    get port() {
      return Number(new URL(url).port);
    },
    pid: child.pid ?? 0,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    signal: (signal) => void child.kill(signal),
    async end(signal) {
      if (bus.isRunning()) child.kill(signal);
      // One that is stopped takes a SIGTERM only when it goes on.
      if (bus.isRunning()) child.kill('SIGCONT');
      await exited;
      running.delete(bus);
    },
    exited,
    output: () => said,
  };
  running.add(bus);
  url = await urlOf(child, bus.output);
  // What it says from here on is only kept.
  child.stdout?.resume();
  return bus;
}

/** For `afterEach`. */
export async function endBuses(): Promise<void> {
  await Promise.all([...running].map((bus) => bus.end('SIGKILL')));
}
