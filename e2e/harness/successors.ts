import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCuttableProxy } from '../../common/kit/test/cuttable-proxy';
import { argumentsOf, environmentOf, type ProcessEntry, processes, urlsOf } from '../../infra/laptop/processes.cjs';
import { freePorts } from './free-ports';
import { createManagedProcess, type ManagedProcess } from './managed-process';
import { bareEnvironment, isReady, type ProcessName, type System } from './system';

/** Processes of one service that follow each other on the same data, behind one address, as the pods of a cluster do. */
export interface Succession {
  readonly current: ManagedProcess;
  /** The one that comes next: on a port of its own, which the address doesn't lead to yet. */
  readonly next: ManagedProcess;
  /** From now on the address leads to the next one: call it once that is ready. */
  advance(): void;
}

export interface Successors extends Pick<System, 'urls' | 'dataDir'> {
  of(name: ProcessName): Succession;
  /** Ends all that runs, and deletes the data folder. */
  stop(): Promise<void>;
}

const host = '127.0.0.1';

/** An address that leads to one of several ports. */
async function createAddress(targets: readonly number[]) {
  let turn = 0;
  const targetOf = (at: number): number => targets[at % targets.length] ?? 0;
  const target = {
    host,
    get port() {
      return targetOf(turn);
    },
  };
  const proxy = await startCuttableProxy(target);
  return { ...proxy, turn: () => turn, advance: () => void (turn += 1) };
}

/** Starts one process of each service, and can start a second one of each, all on one data folder. */
export async function startSuccessors(names: readonly ProcessName[]): Promise<Successors> {
  const dataDir = await mkdtemp(join(tmpdir(), 'blog-e2e-'));
  const entries = processes.filter(({ name }) => names.includes(name));
  const numbers = await freePorts(entries.length * 2);
  const portsOf = (index: number): number[] => numbers.slice(index * 2, index * 2 + 2);
  const addresses = await Promise.all(entries.map((_, index) => createAddress(portsOf(index))));
  const ports = Object.fromEntries(processes.map(({ name }) => [name, 9])) as Record<ProcessName, number>;
  for (const [index, { name }] of entries.entries()) ports[name] = addresses[index]?.port ?? 0;

  function launcher({ name, service }: ProcessEntry, port: number): ManagedProcess {
    const url = `http://${host}:${port}`;
    const env = environmentOf(name, { ports, dataDir, present: names, env: bareEnvironment });
    const own = { ...env, PORT: String(port) };
    return createManagedProcess({ name, args: argumentsOf(service), url, env: own, isReady: () => isReady(url) });
  }

  const pairs = entries.map((entry, index) => portsOf(index).map((port) => launcher(entry, port)));
  const successors: Successors = {
    dataDir,
    urls: urlsOf(ports),
    of(name) {
      const index = entries.findIndex((entry) => entry.name === name);
      const [pair, address] = [pairs[index], addresses[index]];
      const at = (ahead: number): ManagedProcess => {
        const found = pair?.[((address?.turn() ?? 0) + ahead) % 2];
        if (!found) throw new Error(`There is no ${name} here`);
        return found;
      };
      return {
        get current() {
          return at(0);
        },
        get next() {
          return at(1);
        },
        advance: () => address?.advance(),
      };
    },
    async stop() {
      await Promise.all(pairs.flat().map((one) => one.stop()));
      await Promise.all(addresses.map((address) => address.close()));
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  await Promise.all(names.map((name) => successors.of(name).current.start()));
  return successors;
}
