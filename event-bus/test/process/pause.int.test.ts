import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import request from 'supertest';
import type { GroupStatus } from '../../src/delivery/group-status';
import { runSubscriber, type SubscriberServer } from '../subscriber-server';
import { checkQueue, type Handled, nothingWrong, type Published } from '../total-queue';
import { useFolder } from '../use-folder';
import { endBuses, type RealBus, startRealBus } from './real-bus';

const folder = useFolder();
let well: SubscriberServer;
let away: SubscriberServer;
let process_: ChildProcess | undefined;
beforeEach(async () => {
  [well, away] = [await runSubscriber(), await runSubscriber()];
});
afterEach(async () => {
  process_?.kill('SIGKILL');
  await endBuses();
  await Promise.all([well.stop(), away.stop()]);
});

async function publish(bus: RealBus, from: number, count: number, keys: number): Promise<Published[]> {
  const events = Array.from({ length: count }, (_, n) => ({ id: `e${from + n}`, key: `k${(from + n) % keys}` }));
  const body = events.map(({ id, key }) => ({ id, type: 'T', source: '/test', partitionkey: key, data: {} }));
  await request(bus.url).post('/events').send(body).expect(200);
  return events;
}

const statusOf = async (bus: RealBus, group: string): Promise<GroupStatus> =>
  (await request(bus.url).get(`/subscriptions/${group}`).expect(200)).body as GroupStatus;

/** Asks until the group is in that state. */
async function untilStatus(bus: RealBus, group: string, isSo: (status: GroupStatus) => boolean): Promise<void> {
  while (!isSo(await statusOf(bus, group))) await delay(20);
}

describe('a bus that was stopped (SIGSTOP) for longer than the time-out', () => {
  // Between a push and the SIGSTOP less time passes than this, on a busy machine too.
  const timeoutMs = 2_000;

  it.each([
    ['a little', 2_400],
    ['much', 6_000],
  ])(
    'by %s takes the answers that lay in its sockets: it sends nothing twice, and goes on at once',
    async (_, pauseMs) => {
      const subscriptions = {
        well: { endpoints: [well.url], timeoutMs },
        away: { endpoints: [away.url], timeoutMs },
      };
      const bus = await startRealBus({ folder: folder(), subscriptions });
      away.answer = () => undefined;
      await publish(bus, 0, 100, 100);
      await untilStatus(bus, 'away', ({ state }) => state === 'down');
      await untilStatus(bus, 'well', ({ cursor }) => cursor === 100);
      let answerAll = (): void => undefined;
      const held = new Promise<number>((resolve) => (answerAll = () => resolve(200)));
      well.answer = () => held;
      await publish(bus, 100, 200, 200);
      await well.until(() => well.pushes.length === 132);

      bus.signal('SIGSTOP');
      answerAll();
      await well.until(() => well.handledEvents.length === 132);
      const pushesToAway = away.pushes.length;
      // This long pause is what is tested.
      await delay(pauseMs);
      bus.signal('SIGCONT');

      await well.until(() => well.handledEvents.length >= 300);
      await publish(bus, 300, 10, 10);
      await well.until(() => well.handledEvents.some(({ id }) => id === 'e309'));
      await untilStatus(bus, 'well', ({ cursor }) => cursor === 310);
      expect(new Set(well.pushes.flatMap(({ events }) => events.map(({ id }) => id))).size).toBe(310);
      expect(well.pushes.length).toBe(310);
      // Probes that were due many times over are due once.
      expect(away.pushes.length - pushesToAway).toBeLessThanOrEqual(10);
    },
    90_000,
  );
});

describe('a subscriber that was stopped (SIGSTOP)', () => {
  async function startSubscriber(): Promise<{ url: string; handled: Handled[] }> {
    const child = spawn(process.execPath, [join(__dirname, 'subscriber-process.cjs')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    process_ = child;
    const lines = createInterface({ input: child.stdout });
    const [first] = (await once(lines, 'line')) as [string];
    const handled: Handled[] = [];
    lines.on('line', (line) => {
      const [, id = '', sequence = '', partitionkey = ''] = line.split(' ');
      handled.push({ id, sequence: Number(sequence), partitionkey });
    });
    return { url: `http://127.0.0.1:${first.split(' ')[1] ?? ''}/events`, handled };
  }

  it('is waited for with single probes, while others go on, and then gets everything in order', async () => {
    const { url, handled } = await startSubscriber();
    const subscriptions = { stopped: { endpoints: [url], timeoutMs: 1_000 }, well: { endpoints: [well.url] } };
    const bus = await startRealBus({ folder: folder(), subscriptions });
    const published = await publish(bus, 0, 500, 50);
    await untilStatus(bus, 'stopped', ({ cursor }) => cursor === 500);

    process_?.kill('SIGSTOP');
    published.push(...(await publish(bus, 500, 500, 50)));
    await well.until(() => well.handledEvents.length === 1_000);
    await untilStatus(bus, 'stopped', ({ state }) => state === 'down');
    process_?.kill('SIGCONT');

    await untilStatus(
      bus,
      'stopped',
      ({ cursor, state, parked }) => cursor === 1_000 && state === 'flowing' && parked.keys === 0,
    );
    const { duplicates, ...report } = checkQueue({ published, acknowledged: published.map(({ id }) => id) }, handled);
    expect(report).toEqual(nothingWrong);
    // What was in flight when it stopped, and the probes.
    expect(duplicates).toBeLessThan(100);
    expect(well.pushes.length).toBe(1_000);
  }, 60_000);
});
