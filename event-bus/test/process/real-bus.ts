import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
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
  /** Resolves once it has said this (a regular expression); throws with what it said instead if it ends before. */
  says(text: string): Promise<void>;
  /** Resolves once it serves; throws with what it said if it ends before. */
  ready: Promise<void>;
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

/** What a process has said, and a way to wait for more of it. */
function listenTo(child: ChildProcess) {
  let said = '';
  const looks = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      for (const look of looks) look();
    });
  }
  const exited = once(child, 'close').then(([code]: (number | null)[]) => {
    for (const look of looks) look();
    return code ?? null;
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;

  function find(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const lookForIt = (): void => {
        const found = pattern.exec(said);
        if (!found && !hasEnded()) return;
        looks.delete(lookForIt);
        if (found) resolve(found);
        else reject(new Error(`the bus ended before it said ${pattern.source}:\n${said}`));
      };
      looks.add(lookForIt);
      lookForIt();
    });
  }
  return { output: () => said, exited, hasEnded, find };
}

/** Launches the bus, which may have to wait before it serves. `endBuses` ends those that still run. */
export function launchBus(options: BusOptions): RealBus {
  const child = launch(options);
  const { output, exited, hasEnded, find } = listenTo(child);
  let url = '';
  const bus: RealBus = {
    get url() {
      return url;
    },
    get port() {
      return Number(new URL(url).port);
    },
    pid: child.pid ?? 0,
    isRunning: () => !hasEnded(),
    signal: (signal) => void child.kill(signal),
    async end(signal) {
      if (bus.isRunning()) child.kill(signal);
      // One that is stopped takes a SIGTERM only when it goes on.
      if (bus.isRunning()) child.kill('SIGCONT');
      await exited;
      running.delete(bus);
    },
    exited,
    output,
    says: async (text) => void (await find(new RegExp(text))),
    ready: find(/"url":"([^"]+)","msg":"listening"/).then(([, found = '']) => void (url = found)),
  };
  // A test that ends it before it serves waits for its end, and not for this.
  bus.ready.catch(() => undefined);
  running.add(bus);
  return bus;
}

/** Starts the bus and waits until it serves. */
export async function startRealBus(options: BusOptions): Promise<RealBus> {
  const bus = launchBus(options);
  await bus.ready;
  return bus;
}

/** For `afterEach`. */
export async function endBuses(): Promise<void> {
  await Promise.all([...running].map((bus) => bus.end('SIGKILL')));
}
