import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../e2e/harness/free-ports';
import { createManagedProcess, type ManagedProcess } from '../../e2e/harness/managed-process';
import { read, send } from '../../e2e/harness/send';
import { argumentsOf, root } from '../../infra/laptop/processes.cjs';
import { processorSeconds } from '../figures/processor';
import { type Contestant, type RunningContestant, startOrUndo } from './contestant';

type UndoBy = Parameters<Parameters<typeof startOrUndo>[0]>[0];

interface NodeProcess {
  /** For node: its own options, and the script. */
  args: readonly string[];
  env?: Record<string, string | undefined>;
  /** The path that answers 200 when it can be used. */
  ready: string;
}

const eventsUrl = (port: number): string => `http://127.0.0.1:${port}/events`;

async function startNode({ args, env, ready }: NodeProcess, undoBy: UndoBy): Promise<ManagedProcess> {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const { PATH, HOME, SystemRoot } = process.env;
  const child = createManagedProcess({
    ...{ name: args.at(-1) ?? '', args, url, env: { PATH, HOME, SystemRoot, PORT: String(port), ...env } },
    isReady: async () => (await send(`${url}${ready}`)).status === 200,
  });
  undoBy(() => child.stop());
  await child.start();
  return child;
}

function running(
  { url, pid }: ManagedProcess,
  { publishBatch, receiverPorts }: { publishBatch: number; receiverPorts: readonly number[] },
): Omit<RunningContestant, 'stop'> {
  return {
    wiring: { kind: 'http', url: `${url}/events`, publishBatch, receiverPorts },
    version: `node ${process.version}`,
    cpuSeconds: () => processorSeconds(pid),
  };
}

/** The course's bus: an answer means that it is in memory and on its way, once. */
export const courseBus: Contestant = {
  id: 'course',
  name: "the course's bus",
  fsynced: 'no (memory)',
  start: (receiverPorts) =>
    startOrUndo(async (undoBy) => {
      const [FIRST_URL, SECOND_URL, THIRD_URL, FOURTH_URL] = receiverPorts.map(eventsUrl);
      const env = { FIRST_URL, SECOND_URL, THIRD_URL, FOURTH_URL };
      const script = join(__dirname, 'course-bus.js');
      const child = await startNode({ args: [script], env, ready: '/events' }, undoBy);
      return running(child, { publishBatch: 1, receiverPorts });
    }),
};

/** Takes publishes and delivers nothing: what the generator and the machine can do at most. */
export function bareServer(publishBatch: number): Contestant {
  return {
    id: 'ceilings',
    name: `ceiling: bare http server, ${publishBatch} a POST`,
    fsynced: 'no (kept nowhere)',
    start: () =>
      startOrUndo(async (undoBy) => {
        const child = await startNode({ args: [join(__dirname, 'bare-server.js')], ready: '/' }, undoBy);
        return running(child, { publishBatch, receiverPorts: [] });
      }),
  };
}

async function loopDelayP99(url: string): Promise<number> {
  const { text } = await send(`${url}/metrics`);
  const found = /^nodejs_eventloop_lag_p99_seconds(?:\{.*\})? (\S+)$/m.exec(text)?.[1];
  return Number(found) * 1_000;
}

/** What the bus itself says of its log. */
async function assertFsynced(url: string): Promise<void> {
  const { durability } = await read<{ durability: { synchronous: string } }>(`${url}/healthz`);
  if (durability.synchronous !== 'full') throw new Error(`the bus runs with synchronous=${durability.synchronous}`);
}

/**
 * Our bus, as it is built and started. Its log lies in the repository's `data` folder: the system's temporary folder may be in
 * memory, where an fsync costs nothing. `BUS_NODE_OPTIONS` gives node more options, to profile it.
 */
export function ourBus(
  id: string,
  name: string,
  { groupBatch, publishBatch }: { groupBatch: number; publishBatch: number },
): Contestant {
  return {
    id,
    name,
    fsynced: 'yes',
    start: (receiverPorts) =>
      startOrUndo(async (undoBy) => {
        await mkdir(join(root, 'data'), { recursive: true });
        const dataDir = await mkdtemp(join(root, 'data', 'bench-bus-'));
        undoBy(() => rm(dataDir, { recursive: true, force: true }));
        const env = { DATA_DIR: dataDir, SUBSCRIPTIONS: '{}' };
        const args = [...(process.env['BUS_NODE_OPTIONS']?.split(' ') ?? []), ...argumentsOf('event-bus')];
        const child = await startNode({ args, env, ready: '/readyz' }, undoBy);
        await assertFsynced(child.url);
        for (const [group, to] of receiverPorts.entries()) {
          const json = { endpoints: [eventsUrl(to)], batch: groupBatch };
          const { status, text } = await send(`${child.url}/subscriptions/group-${group}`, { method: 'PUT', json });
          if (status >= 300) throw new Error(`the subscription was refused: ${text}`);
        }
        return { ...running(child, { publishBatch, receiverPorts }), loopDelayP99: () => loopDelayP99(child.url) };
      }),
  };
}
