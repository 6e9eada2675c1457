import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseFlip, type Flip, flipIn } from '../damage/flips';
import { publishedEvent, storeLog, type StoredLog, types } from '../damage/stored-log';
import { createSeededRandom } from '../simulation/seeded-random';
import { runSubscriber, type SubscriberServer } from '../subscriber-server';
import { endBuses, type RealBus, startRealBus } from './real-bus';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const eventCount = 3_000;
const flips = process.env['CI'] === 'true' ? 12 : 4;
const made: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'event-bus-'));
  made.push(folder);
  return folder;
};

let subscriber: SubscriberServer;
let closed: StoredLog;
let killed: StoredLog;
beforeAll(async () => {
  closed = await storeLog(newFolder(), eventCount, undefined);
  killed = await storeLog(newFolder(), eventCount, newFolder());
});
beforeEach(async () => {
  subscriber = await runSubscriber();
});
afterEach(async () => {
  await endBuses();
  await subscriber.stop();
});
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

interface Status {
  state: string;
  reason: string | null;
  cursor: number;
}

async function json<T>(url: string, body?: unknown): Promise<T> {
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  const response = await fetch(url, { ...init, headers: { 'content-type': 'application/json' } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}

/** Sets aside each event at which the group stops, until it is at the end. Gives what was set aside. */
async function skipDamage(bus: RealBus, group: string, head: number): Promise<Set<number>> {
  const skipped = new Set<number>();
  for (;;) {
    const { state, reason, cursor } = await json<Status>(`${bus.url}/subscriptions/${group}`);
    if (cursor === head) return skipped;
    const sequence = Number(/event (\d+) of the log is damaged/.exec(reason ?? '')?.[1]);
    if (state !== 'stopped' || skipped.has(sequence)) continue;
    await json(`${bus.url}/subscriptions/${group}/skip`, { sequence });
    skipped.add(sequence);
  }
}

async function deliverAll(stored: StoredLog, flip: Flip): Promise<void> {
  const folder = newFolder();
  stored.copyTo(folder);
  flipIn(folder, flip);
  const [type = ''] = types;
  const subscriptions = {
    all: { endpoints: [subscriber.url], batch: 100 },
    typed: { endpoints: [subscriber.url], batch: 100, types: [type] },
  };
  const bus = await startRealBus({ folder, subscriptions });
  const [event] = publishedEvent(1, 'new');
  await json(`${bus.url}/events`, JSON.parse(event?.text ?? ''));
  const all = await skipDamage(bus, 'all', eventCount + 1);
  const typed = await skipDamage(bus, 'typed', eventCount + 1);
  const counts = new Map<string, number>();
  for (const { id } of subscriber.handledEvents) counts.set(id, (counts.get(id) ?? 0) + 1);
  const missing = stored.events.filter((one) => {
    const wanted = Number(!all.has(one.sequence)) + Number(one.type === type && !typed.has(one.sequence));
    return (counts.get(one.id) ?? 0) < wanted;
  });
  expect(missing.map(({ sequence }) => sequence)).toEqual([]);
  expect(all.size).toBeLessThan(200);
  expect(bus.isRunning()).toBe(true);
}

it(`a bus on files with one flipped bit delivers each event that it does not name (SEED=${seed})`, async () => {
  const random = createSeededRandom(seed);
  for (let n = 0; n < flips; n += 1) {
    const hasWal = n % 2 === 0;
    const stored = hasWal ? killed : closed;
    subscriber.handledEvents.splice(0);
    await deliverAll(stored, chooseFlip(random, stored, hasWal));
    await endBuses();
  }
}, 300_000);

it.each(['events', 'sqlite_schema'])(
  'a bus whose first bytes of %s are damaged starts, delivers and takes events',
  async (of) => {
    const [page = 1] = closed.pages.get(of) ?? [];
    await deliverAll(closed, { of, part: '', byte: (page - 1) * 4_096 + 3, bit: 2 });
  },
  120_000,
);
