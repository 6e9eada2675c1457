/**
 * npm run bench -- backlog [--events N]
 *
 * So many events (default 1,000,000, of 400 bytes over 1,000 keys) wait for a group that is down: how much memory the bus
 * takes, whether a publish still answers, how soon a bus that was killed is ready again, and how the group gets them
 * once it is back. Fails where an event is missing or out of its key's order, or a bound is passed.
 */
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePorts } from '../e2e/harness/free-ports';
import { createManagedProcess, type ManagedProcess } from '../e2e/harness/managed-process';
import { read, send } from '../e2e/harness/send';
import { waitFor } from '../e2e/harness/wait-for';
import { argumentsOf, root } from '../infra/laptop/processes.cjs';
import { openBacklogReceiver } from './backlog/receiver';
import { eventText, microseconds } from './bus/event';
import { residentMegabytes } from './figures/memory';

const mostMegabytes = 200;
/** A start with the whole log may take so many times as long as one without any. */
const slowestStart = 3;
const eventsPerPublish = 100;
const publishers = 4;
const groupBatch = 100;

interface GroupStatus {
  state: string;
  lag: { events: number };
}

function eventsWanted(args: string[]): number {
  const { values } = parseArgs({ args, options: { events: { type: 'string' } } });
  const count = Number(values.events ?? 1_000_000);
  if (!Number.isInteger(count) || count < eventsPerPublish)
    throw new Error(`--events takes ${eventsPerPublish} or more`);
  return count;
}

const say = (what: string, value: string): void => console.log(`${what.padEnd(44)} ${value}`);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The most memory that the bus takes while something goes on. */
async function peakDuring(bus: ManagedProcess, work: () => Promise<unknown>): Promise<number> {
  let peak = 0;
  const look = async (): Promise<void> => {
    if (bus.pid !== undefined) peak = Math.max(peak, await residentMegabytes(bus.pid));
  };
  const timer = setInterval(() => void look().catch(() => undefined), 500);
  try {
    await work();
    await look();
  } finally {
    clearInterval(timer);
  }
  return peak;
}

async function publish(url: string, numbers: readonly number[]): Promise<void> {
  const texts = numbers.map((n) => eventText(n, microseconds()));
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/events`, { method: 'POST', headers, body: `[${texts.join(',')}]` });
  if (answer.status !== 200) throw new Error(`a publish was answered with ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}

/** Several publishers, each with keys of its own: their number divides that of the keys. */
async function publishAll(url: string, count: number): Promise<void> {
  const publisher = async (first: number): Promise<void> => {
    for (let from = first; from < count; from += publishers * eventsPerPublish) {
      const numbers = Array.from({ length: eventsPerPublish }, (_, at) => from + at * publishers);
      await publish(
        url,
        numbers.filter((n) => n < count),
      );
    }
  };
  await Promise.all(Array.from({ length: publishers }, (_, first) => publisher(first)));
}

const statusOf = (bus: ManagedProcess): Promise<GroupStatus> => read<GroupStatus>(`${bus.url}/subscriptions/down`);

async function measure(bus: ManagedProcess, dataDir: string, count: number, receiverPort: number): Promise<string[]> {
  const faults: string[] = [];
  const emptyMs = await timed(() => bus.start());
  const json = { endpoints: [`http://127.0.0.1:${receiverPort}/events`], batch: groupBatch };
  await send(`${bus.url}/subscriptions/down`, { method: 'PUT', json });

  let publishMs = 0;
  const publishing = await peakDuring(bus, async () => (publishMs = await timed(() => publishAll(bus.url, count))));
  say('published', `${count} events, ${Math.round(count / (publishMs / 1000))}/s`);
  await waitFor('the group to be taken for dead', async () => (await statusOf(bus)).state === 'down');
  if ((await statusOf(bus)).lag.events !== count) faults.push('not all events wait');
  const { size } = await stat(join(dataDir, 'event-bus.db'));
  say('the log', `${Math.round(size / 1e6)} MB, ${Math.round(size / count)} bytes an event`);
  say('memory of the bus while they came', `${publishing.toFixed(0)} MB at most`);
  say('a publish of one more', seconds(await timed(() => publish(bus.url, [count]))));

  await bus.kill('SIGKILL');
  const fullMs = await timed(() => bus.start());
  say('killed, and ready again', `${seconds(fullMs)}; with an empty log ${seconds(emptyMs)}`);
  if (fullMs > slowestStart * emptyMs) faults.push(`a start takes more than ${slowestStart} times as long`);

  const receiver = await openBacklogReceiver(receiverPort, count + 1);
  let drainMs = 0;
  const draining = await peakDuring(bus, async () => (drainMs = await timed(() => receiver.all)));
  await waitFor('the group to be done', async () => (await statusOf(bus)).lag.events === 0);
  say('the group is back: all received', `${seconds(drainMs)}, ${Math.round(count / (drainMs / 1000))}/s`);
  say('received once more, out of order', `${receiver.repeated()}, ${receiver.outOfOrder()}`);
  say('memory of the bus while they went', `${draining.toFixed(0)} MB at most`);
  if (receiver.outOfOrder() > 0) faults.push('events came out of the order of their keys');
  if (Math.max(publishing, draining) >= mostMegabytes) faults.push(`the bus took ${mostMegabytes} MB or more`);
  await receiver.close();
  return faults;
}

async function main(): Promise<void> {
  const count = eventsWanted(process.argv.slice(2));
  await mkdir(join(root, 'data'), { recursive: true });
  const dataDir = await mkdtemp(join(root, 'data', 'bench-backlog-'));
  const [port = 0, receiverPort = 0] = await freePorts(2);
  const url = `http://127.0.0.1:${port}`;
  const { PATH, HOME, SystemRoot } = process.env;
  const bus = createManagedProcess({
    ...{ name: 'event-bus', args: argumentsOf('event-bus'), url },
    env: { PATH, HOME, SystemRoot, PORT: String(port), DATA_DIR: dataDir, SUBSCRIPTIONS: '{}' },
    isReady: async () => (await send(`${url}/readyz`)).status === 200,
  });
  try {
    const faults = await measure(bus, dataDir, count, receiverPort);
    console.log(faults.length > 0 ? `\nNOT GOOD: ${faults.join('; ')}` : '\nAll as promised.');
    process.exitCode = faults.length > 0 ? 1 : 0;
  } finally {
    await bus.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

void main();
