import { setTimeout as delay } from 'node:timers/promises';
import { groupLimits } from '../../src/delivery/limits';
import { runBus } from '../running-bus';
import { createSeededRandom } from '../simulation/seeded-random';
import { runSubscriber, type SubscriberServer } from '../subscriber-server';
import { checkQueue, nothingWrong } from '../total-queue';
import { useFolder } from '../use-folder';
import { freePort } from './free-port';
import { type Publishers, startPublishers } from './publishers';
import { endBuses, launchBus, type RealBus, startRealBus } from './real-bus';

const { SEED = '1', CI } = process.env;
const rounds = CI === 'true' ? 10 : 3;
const random = createSeededRandom(Number(SEED));

const folder = useFolder();
let subscriber: SubscriberServer;
let publishers: Publishers | undefined;
beforeEach(async () => {
  subscriber = await runSubscriber();
  subscriber.answer = () => delay(random.between(0, 3), 200);
});
afterEach(async () => {
  publishers?.abandon();
  publishers = undefined;
  await endBuses();
  await subscriber.stop();
});

const subscriptions = () => ({ g: { endpoints: [subscriber.url] } });

/** A bus that is launched on the folder of another one, which goes on. */
async function launchSecond(): Promise<{ bus: RealBus; url: string }> {
  const port = await freePort();
  const bus = launchBus({ folder: folder(), subscriptions: subscriptions(), port });
  await bus.says('another process works on the same file');
  return { bus, url: `http://127.0.0.1:${port}` };
}

async function answerTo(url: string, init?: RequestInit) {
  const answer = await fetch(url, init);
  return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body: await answer.text() };
}

const publish = (url: string) =>
  answerTo(`${url}/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ specversion: '1.0', id: 'refused', source: '/test', type: 'T', partitionkey: 'refused' }),
  });

/** Resolves after so many more acknowledgements. */
function moreAcknowledged(load: Publishers, more: number): Promise<void> {
  const from = load.acknowledged.length;
  return new Promise((resolve) => {
    load.onAcknowledged = (count) => count >= from + more && resolve();
  });
}

describe('a second bus on the folder of a bus under load', () => {
  it.each(['SIGTERM', 'SIGKILL'] as const)(
    `waits, and takes over when the first one ends by %s, without a loss, in order (${rounds} rounds, SEED=${SEED})`,
    async (signal) => {
      let first = await startRealBus({ folder: folder(), subscriptions: subscriptions() });
      let serving = Promise.resolve(first.url);
      const load = startPublishers(8, () => serving);
      publishers = load;
      for (let round = 1; round <= rounds; round += 1) {
        await moreAcknowledged(load, random.between(1, 100));
        const { bus: second, url } = await launchSecond();
        expect(await answerTo(`${url}/healthz`)).toMatchObject({ status: 503 });
        expect(await answerTo(`${url}/readyz`)).toMatchObject({ status: 503 });
        expect(await publish(url)).toMatchObject({ status: 503, retryAfter: '1' });
        await moreAcknowledged(load, random.between(1, 100));
        expect([first.isRunning(), second.isRunning()]).toEqual([true, true]);
        serving = second.ready.then(() => second.url);
        await first.end(signal);
        if (signal === 'SIGTERM') expect(await first.exited).toBe(0);
        await serving;
        expect(await answerTo(`${url}/readyz`)).toMatchObject({ status: 200 });
        first = second;
      }
      await load.finish();
      const missing = new Set(load.acknowledged);
      await subscriber.until(() => {
        for (const { id } of subscriber.handledEvents) missing.delete(id);
        return missing.size === 0;
      });
      const { duplicates, ...report } = checkQueue(load, subscriber.handledEvents);
      console.log(`${signal}: ${load.acknowledged.length} acknowledged, ${duplicates} received once more`);
      expect(report).toEqual(nothingWrong);
      // A crash forgets the progress within the window, at most. An orderly end gives up what isn't answered within a second.
      const { window, requests } = groupLimits;
      expect(duplicates).toBeLessThanOrEqual(rounds * (signal === 'SIGTERM' ? requests.single : window.events));
    },
    240_000,
  );

  it('is not opened in the same process either, until the first one is closed', async () => {
    const first = await runBus(folder(), subscriptions());
    await expect(runBus(folder())).rejects.toMatchObject({ code: 'FILE_IN_USE', file: `${folder()}/event-bus.db` });
    await first.stop();
    await (await runBus(folder())).stop();
  });

  it('ends with 0 when it is told to while it waits, and leaves the first one alone', async () => {
    const first = await startRealBus({ folder: folder(), subscriptions: subscriptions() });
    const { bus: second } = await launchSecond();
    await second.end('SIGTERM');
    expect(await second.exited).toBe(0);
    expect(second.output()).not.toContain('could not start');
    expect((await publish(first.url)).status).toBe(200);
    await subscriber.until(() => subscriber.handledEvents.length === 1);
  }, 30_000);
});

describe('a bus whose port is taken', () => {
  it('delivers nothing, and ends with 1', async () => {
    const first = await startRealBus({ folder: folder(), subscriptions: subscriptions() });
    await subscriber.stop();
    expect((await publish(first.url)).status).toBe(200);
    await first.end('SIGKILL');
    await subscriber.start();
    const bus = launchBus({ folder: folder(), subscriptions: subscriptions(), port: portOf(subscriber) });
    expect(await bus.exited).toBe(1);
    expect(bus.output()).toContain('EADDRINUSE');
    expect(subscriber.pushes).toEqual([]);
  }, 30_000);
});

const portOf = ({ url }: SubscriberServer): number => Number(new URL(url).port);
