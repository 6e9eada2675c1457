import { join } from 'node:path';
import { freePorts } from '../../e2e/harness/free-ports';
import type { Contestant, RunningContestant } from './contestant';
import type { Published, PublisherCalls } from './publisher';
import type { ReceiverCalls } from './receivers';
import { type Remote, startRemote } from './remote';
import type { Receipts } from './tally';
import { groupCount } from './wiring';

export interface Measurement {
  version: string;
  /** Published in the measured part, after the warm-up. */
  events: number;
  /** Acknowledged events a second. */
  publishedPerSecond: number;
  /** Events a second that all groups had, counted until the last receipt. */
  deliveredPerSecond: number;
  receipts?: Receipts;
  refused: number;
  fault?: string;
  loopDelayP99?: number;
  /** CPU: of the load's processes the part of one core, of the contestant seconds an event (NaN where it isn't known). */
  cpu: { publisher: number; contestant: number; receivers?: number };
}

export interface MeasureOptions {
  /** How many events. Default: what it delivers in about 5 s. */
  events?: number | undefined;
  signal: AbortSignal;
}

/** Enough for the compilers and the connections. */
const warmUp = { forMs: 2_000, events: 30_000 };
const runMs = 5_000;
const fewest = 2_000;
const most = 150_000;
const longestPublishing = 20_000;
const patience = { quietMs: 5_000, withinMs: 25_000 };

const perSecond = (events: number, microseconds: number): number => (events / microseconds) * 1e6;

interface Load {
  publisher: Remote<PublisherCalls>;
  /** Absent where nothing is delivered. */
  receivers?: Remote<ReceiverCalls>;
}

async function openLoad({ publisher, receivers }: Load, { wiring }: RunningContestant): Promise<void> {
  await receivers?.call('open', wiring);
  await publisher.call('open', wiring);
}

/** Publishes and waits for the receipts. */
async function run(
  { publisher, receivers }: Load,
  job: Parameters<PublisherCalls['publish']>[0],
): Promise<{ published: Published; receipts?: Receipts & { cpuTime: number } }> {
  await receivers?.call('begin', job.from);
  const published = await publisher.call('publish', job);
  if (!receivers) return { published };
  const { sent, refused } = published;
  return { published, receipts: await receivers.call('settled', { sent, refused, ...patience }) };
}

async function measureRunning(contestant: RunningContestant, load: Load, wanted?: number): Promise<Measurement> {
  const { version, cpuSeconds = () => NaN } = contestant;
  await openLoad(load, contestant);
  const warm = await run(load, { from: 0, ...warmUp });
  const warmedAt = warm.receipts?.lastAt ?? warm.published.endedAt;
  const rate = perSecond(warm.published.acknowledged, warmedAt - warm.published.startedAt);
  const events = wanted ?? Math.round(Math.min(most, Math.max(fewest, (rate * runMs) / 1_000)));

  await contestant.loopDelayP99?.();
  const cpuBefore = cpuSeconds();
  const { published, receipts } = await run(load, { from: warm.published.sent, events, forMs: longestPublishing });
  const cpuUsed = cpuSeconds() - cpuBefore;
  const loopDelayP99 = await contestant.loopDelayP99?.();

  const { sent, acknowledged, refused, fault, startedAt, endedAt } = published;
  const took = Math.max(endedAt, receipts?.lastAt ?? 0) - startedAt;
  return {
    version,
    events: sent,
    publishedPerSecond: perSecond(acknowledged, endedAt - startedAt),
    deliveredPerSecond: receipts ? perSecond(acknowledged - receipts.lost / groupCount, took) : NaN,
    refused: refused.length,
    cpu: {
      publisher: published.cpu,
      contestant: cpuUsed / sent,
      ...(receipts ? { receivers: receipts.cpuTime / took } : {}),
    },
    ...(receipts ? { receipts } : {}),
    ...(fault === undefined ? {} : { fault }),
    ...(loopDelayP99 === undefined ? {} : { loopDelayP99 }),
  };
}

/**
 * One contestant from its start to its end, between one publisher process and one process of the four receivers.
 * Whatever happens, all that it started is ended, and what it made is deleted.
 */
export async function measure(contestant: Contestant, { events, signal }: MeasureOptions): Promise<Measurement> {
  const started = await contestant.start(await freePorts(groupCount));
  const { wiring } = started;
  const delivers = wiring.kind !== 'http' || wiring.receiverPorts.length > 0;
  const publisher = startRemote<PublisherCalls>(join(__dirname, 'publisher.ts'), signal);
  const receivers = delivers ? startRemote<ReceiverCalls>(join(__dirname, 'receivers.ts'), signal) : undefined;
  try {
    const load = receivers ? { publisher, receivers } : { publisher };
    const measured = await measureRunning(started, load, events);
    await publisher.call('close', null);
    await receivers?.call('close', null);
    return measured;
  } finally {
    await Promise.all([publisher.stop(), receivers?.stop()]);
    await started.stop();
  }
}
