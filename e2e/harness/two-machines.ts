import { spawnSync } from 'node:child_process';
import { type CuttableProxy, startCuttableProxy } from '../../common/kit/test/cuttable-proxy';

/** Where something listens, as somebody else reaches it. */
export interface Address {
  host: string;
  port: number;
}

/** Two machines with a network between them. This process is on the first one. */
export interface TwoMachines {
  /** What processes of the first and the second listen on. */
  readonly hosts: readonly [string, string];
  /** How a port of one machine is reached from the other one. */
  reach(machine: 0 | 1, port: number): Promise<Address>;
  /** Something that only the first machine reaches, offered to the second one. */
  offer(target: Address): Promise<Address>;
  /** How a program is started on the second machine: what goes before it. */
  readonly prefix: readonly string[];
  /** From now on nothing gets from one to the other. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

function ip(...args: string[]): string {
  const { status, stderr, stdout, error } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

/** Whether network namespaces can be made here: on Linux, by root. */
export function canMakeNamespaces(): boolean {
  const name = `blog-try-${process.pid}`;
  try {
    ip('netns', 'add', name);
    ip('netns', 'delete', name);
    return true;
  } catch {
    return false;
  }
}

/** Whether nobody else on this machine uses an address of the network 10.77.`number`.0. */
function isFree(number: number): boolean {
  return !ip('-o', 'address').includes(` 10.77.${number}.`);
}

/** The second machine is a network namespace, and the network a pair of virtual cables, of which one end can be pulled out. */
export async function twoNamespaces(): Promise<TwoMachines> {
  const number = Array.from({ length: 250 }, (_, index) => (process.pid + index) % 250).find(isFree) ?? 0;
  const [name, near, far] = [`blog-${process.pid}`, `blog${process.pid}a`, `blog${process.pid}b`];
  const hosts = [`10.77.${number}.1`, `10.77.${number}.2`] as const;
  const inside = (...args: string[]): string => ip('netns', 'exec', name, 'ip', ...args);
  const offers: CuttableProxy[] = [];
  ip('netns', 'add', name);
  try {
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far);
    ip('link', 'set', far, 'netns', name);
    ip('address', 'add', `${hosts[0]}/24`, 'dev', near);
    ip('link', 'set', near, 'up');
    inside('address', 'add', `${hosts[1]}/24`, 'dev', far);
    inside('link', 'set', far, 'up');
    inside('link', 'set', 'lo', 'up');
  } catch (error) {
    ip('netns', 'delete', name);
    throw error;
  }
  return {
    hosts,
    prefix: ['ip', 'netns', 'exec', name],
    reach: async (machine, port) => ({ host: hosts[machine], port }),
    async offer(target) {
      const offered = await startCuttableProxy(target, hosts[0]);
      offers.push(offered);
      return { host: hosts[0], port: offered.port };
    },
    // The far end: here packets go out, and nobody says that they don't arrive.
    cut: () => void inside('link', 'set', far, 'down'),
    mend: () => void inside('link', 'set', far, 'up'),
    async close() {
      for (const offered of offers) await offered.close();
      // The pair of cables goes with it.
      ip('netns', 'delete', name);
    },
  };
}

/** Both are this machine, and whatever goes from one to the other goes through proxies that can be cut. */
export async function twoByProxies(): Promise<TwoMachines> {
  const wires: CuttableProxy[] = [];
  async function offer(target: Address): Promise<Address> {
    const wire = await startCuttableProxy(target);
    wires.push(wire);
    return { host: '127.0.0.1', port: wire.port };
  }
  return {
    hosts: ['127.0.0.1', '127.0.0.1'],
    prefix: [],
    reach: (_, port) => offer({ host: '127.0.0.1', port }),
    offer,
    cut: () => wires.forEach((wire) => wire.cut()),
    mend: () => wires.forEach((wire) => wire.mend()),
    async close() {
      for (const wire of wires) await wire.close();
    },
  };
}
