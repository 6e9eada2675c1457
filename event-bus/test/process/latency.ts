import { setTimeout as delay } from 'node:timers/promises';
import type { ReceivedPush, SubscriberServer } from '../subscriber-server';

/** A load of one event after the other, at a constant rate, whose way to some groups is timed. */
export interface TimedLoad {
  /** Of the bus. */
  url: string;
  /** Each of them is to get every event whose key counts. */
  groups: readonly SubscriberServer[];
  perSecond: number;
  /** The key of the n-th event, and whether it counts: others are published and not waited for. */
  keyOf: (n: number) => { key: string; counts: boolean };
}

const partOf = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(part * values.length))] ?? NaN;

export const p99 = (values: readonly number[]): number => partOf(values, 0.99);
export const median = (values: readonly number[]): number => partOf(values, 0.5);

async function publish(url: string, event: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/events`, { method: 'POST', headers, body: JSON.stringify(event) });
  await answer.arrayBuffer();
  if (answer.status !== 200) throw new Error(`a publish was answered with ${answer.status}`);
}

/** Notes when each event, by its `data.n`, came to a group first. */
function timeReceipts(group: SubscriberServer): Map<number, number> {
  const times = new Map<number, number>();
  const { answer } = group;
  group.answer = (push: ReceivedPush) => {
    const now = performance.now();
    for (const { data } of push.events) if (!times.has(Number(data['n']))) times.set(Number(data['n']), now);
    return answer(push);
  };
  return times;
}

/**
 * Gives a function that runs the load for so many ms, waits until everything that counts has come to all groups, and
 * gives the times that it took from the start of its publishing, ms.
 */
export function createTimedLoad({ url, groups, perSecond, keyOf }: TimedLoad): (ms: number) => Promise<number[]> {
  const receipts = groups.map((group) => ({ group, times: timeReceipts(group) }));
  let n = 0;

  return async (ms) => {
    const sent = new Map<number, number>();
    const publishes: Promise<void>[] = [];
    const start = performance.now();
    for (let count = 0; (count * 1000) / perSecond < ms; count += 1) {
      await delay(Math.max(0, start + (count * 1000) / perSecond - performance.now()));
      const { key, counts } = keyOf((n += 1));
      if (counts) sent.set(n, performance.now());
      publishes.push(publish(url, { type: 'T', source: '/load', partitionkey: key, data: { n } }));
    }
    await Promise.all(publishes);
    const taken: number[] = [];
    for (const { group, times } of receipts) {
      await group.until(() => [...sent.keys()].every((one) => times.has(one)));
      for (const [one, at] of sent) taken.push((times.get(one) ?? NaN) - at);
    }
    return taken;
  };
}

export interface Comparison {
  ratio: number;
  wellMs: number;
  illMs: number;
}

/**
 * How many times as long the slowest hundredth takes with a fault as without. Phases take turns, and each is compared
 * with the one before it, so that a busy time of the machine falls on both; the median of these ratios counts. More
 * phases follow while it is above `most`: chance goes with their number, a true difference stays.
 */
export async function compareP99(
  { well, ill }: { well: () => Promise<number[]>; ill: () => Promise<number[]> },
  { most, pairs, rounds }: { most: number; pairs: number; rounds: number },
): Promise<Comparison> {
  const seen: Comparison[] = [];
  const medianOf = (name: keyof Comparison): number => median(seen.map((comparison) => comparison[name]));
  for (let round = 0; round < rounds && (round === 0 || medianOf('ratio') > most); round += 1) {
    for (let pair = 0; pair < pairs; pair += 1) {
      const [wellMs, illMs] = [p99(await well()), p99(await ill())];
      seen.push({ ratio: illMs / wellMs, wellMs, illMs });
    }
  }
  return { ratio: medianOf('ratio'), wellMs: medianOf('wellMs'), illMs: medianOf('illMs') };
}
