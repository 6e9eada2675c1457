import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Environment,
  argumentsOf,
  environmentOf,
  type ProcessEntry,
  type ProcessName,
  processes,
  type ServiceName,
  urlsOf,
} from '../../infra/laptop/processes.cjs';
import { freePorts } from './free-ports';
import { createManagedProcess, type ManagedProcess } from './managed-process';

export type { ProcessName, ServiceName };

export interface SystemOptions {
  /** The processes there are. Default: all eight. */
  only?: readonly ProcessName[];
  /** Services of which a course-style one takes the place (in memory, one process). */
  course?: readonly ServiceName[];
  /** Where the databases lie. Default: a new folder that is deleted in the end. */
  dataDir?: string;
  /** Settings for all processes. */
  env?: Environment;
  /** Settings for one process. */
  envOf?: Partial<Record<ProcessName, Environment>>;
  /** False: no process runs until the test starts it. */
  started?: boolean;
}

export interface System {
  readonly dataDir: string;
  /** By name; those left out have a URL on which nobody listens. */
  readonly urls: Readonly<Record<ProcessName, string>>;
  /** The processes there are, in the order of the process table. */
  readonly all: readonly ManagedProcess[];
  /** One process. Throws for one that was left out. */
  get(name: ProcessName): ManagedProcess;
  /** Starts those that don't run, all at once, and waits until they are ready. */
  start(): Promise<void>;
  /** Ends all that runs, by pid, and deletes the data folder unless it was given. */
  stop(): Promise<void>;
}

/** The environment that every node process needs, without this shell's settings. */
export const bareEnvironment: Environment = Object.fromEntries(
  ['PATH', 'HOME', 'SystemRoot', 'TEMP', 'TMPDIR'].map((name) => [name, process.env[name]]),
);

/** Ports of its own, a data folder of its own: several systems can run beside each other. */
export async function createSystem(options: SystemOptions = {}): Promise<System> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'blog-e2e-')));
  const numbers = await freePorts(processes.length);
  const ports = Object.fromEntries(processes.map(({ name }, index) => [name, numbers[index]])) as Record<
    ProcessName,
    number
  >;
  const urls = urlsOf(ports);
  const entries = presentEntries(options);
  const present = entries.map(({ name }) => name);

  const all = entries.map(({ name, service }) => {
    const isCourse = options.course?.includes(service) ?? false;
    const env = {
      ...environmentOf(name, { ports, dataDir, present, env: { ...bareEnvironment, ...options.env } }),
      COMMENTS_URL: urls.comments,
      ...options.envOf?.[name],
    };
    const args = isCourse ? [join(__dirname, 'course', `${service}.js`)] : argumentsOf(service);
    const url = urls[name];
    return createManagedProcess({
      name,
      args,
      url,
      env,
      isReady: isCourse ? () => answers(url) : () => isReady(url),
    });
  });

  return {
    dataDir,
    urls,
    all,
    get(name) {
      const found = all.find((item) => item.name === name);
      if (found === undefined) throw new Error(`This system has no ${name}`);
      return found;
    },
    async start() {
      await Promise.all(all.map((item) => item.start()));
    },
    async stop() {
      await Promise.all(all.map((item) => item.stop()));
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** {@link createSystem}, started. If it can't start, nothing is left running, and the error holds the logs. */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const system = await createSystem(options);
  if (options.started === false) return system;
  try {
    await system.start();
    return system;
  } catch (error) {
    await system.stop();
    throw new Error(`The system did not start\n${describeLogs(system)}`, { cause: error });
  }
}

/** The newest output of all processes, to be printed when a test fails. */
export function describeLogs(system: System, lines = 40): string {
  return system.all.map(({ name, logs }) => `── ${name}\n${logs.slice(-lines).join('\n')}`).join('\n');
}

function presentEntries({ only, course = [] }: SystemOptions): ProcessEntry[] {
  return processes.filter(
    ({ name, service }) => (only?.includes(name) ?? true) && !(course.includes(service) && name !== service),
  );
}

/** Whether a process of ours says that it can be used. */
export async function isReady(url: string): Promise<boolean> {
  const response = await fetch(`${url}/readyz`);
  await response.arrayBuffer();
  return response.ok;
}

/** Course-style services have no readiness route: any answer will do. */
async function answers(url: string): Promise<boolean> {
  const response = await fetch(url);
  await response.arrayBuffer();
  return true;
}
