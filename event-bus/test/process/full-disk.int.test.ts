import request from 'supertest';
import { runSubscriber, type SubscriberServer } from '../subscriber-server';
import { checkQueue, nothingWrong } from '../total-queue';
import { endBuses, type RealBus, startRealBus } from './real-bus';
import { canMountSmallDisk, mountSmallDisk, type SmallDisk } from './small-disk';

const megabytes = 24;
const itWhereItMounts = canMountSmallDisk() ? it : it.skip;
let disk: SmallDisk;
let well: SubscriberServer;
let failing: SubscriberServer;
beforeEach(async () => {
  disk = mountSmallDisk(megabytes);
  [well, failing] = [await runSubscriber(), await runSubscriber()];
});
afterEach(async () => {
  await endBuses();
  disk.remove();
  await Promise.all([well.stop(), failing.stop()]);
});

const start = (folder: string, reserveMb: number, port = 0): Promise<RealBus> =>
  startRealBus({
    ...{ folder, port },
    subscriptions: {
      well: { endpoints: [well.url] },
      failing: { endpoints: [failing.url] },
    },
    env: { DISK_RESERVE_MB: String(reserveMb) },
  });

/** Publishes, and notes what was acknowledged. */
function createPublisher() {
  const published: { id: string; key: string }[] = [];
  const acknowledged: string[] = [];
  return {
    published,
    acknowledged,
    /** Events of 2 KB. Gives the answer. */
    async publish(url: string, count: number) {
      const events = Array.from({ length: count }, () => {
        const n = published.length;
        published.push({ id: `e${n}`, key: `k${n % 20}` });
        return {
          id: `e${n}`,
          source: '/test',
          type: 'T',
          partitionkey: `k${n % 20}`,
          data: { n, text: 'x'.repeat(2_000) },
        };
      });
      const answer = await request(url).post('/events').send(events);
      if (answer.status === 200) acknowledged.push(...events.map(({ id }) => id));
      else expect(answer.status).toBe(503);
      return answer;
    },
  };
}

type Publisher = ReturnType<typeof createPublisher>;

async function publishUntilRefused(publisher: Publisher, url: string) {
  for (;;) {
    const answer = await publisher.publish(url, 20);
    if (answer.status !== 200) return answer;
  }
}

const hasAll = (subscriber: SubscriberServer, ids: readonly string[]) => () => {
  const got = new Set(subscriber.handledEvents.map(({ id }) => id));
  return ids.every((id) => got.has(id));
};

async function expectAllIsThere(publisher: Publisher, bus: RealBus): Promise<void> {
  const { acknowledged } = publisher;
  for (const subscriber of [well, failing]) {
    await subscriber.until(hasAll(subscriber, acknowledged));
    expect(checkQueue(publisher, subscriber.handledEvents)).toMatchObject(nothingWrong);
  }
  const stored = (await request(bus.url).get('/events').expect(200)).body as { id: string; sequence: number }[];
  expect(stored.map(({ sequence }) => sequence)).toEqual(stored.map((_, index) => index + 1));
  const ids = new Set(stored.map(({ id }) => id));
  expect(ids.size).toBe(stored.length);
  expect(acknowledged.filter((id) => !ids.has(id))).toEqual([]);
}

describe('a disk that is almost full', () => {
  itWhereItMounts(
    'stops publishers at the reserve (503), not the delivery; with room again everything goes on, also anew',
    async () => {
      const bus = await start(disk.folder, 8);
      const publisher = createPublisher();
      await publisher.publish(bus.url, 1);
      disk.fill(12 * 1024 * 1024);
      const refused = await publishUntilRefused(publisher, bus.url);
      expect(refused.headers['retry-after']).toBe('5');
      expect(refused.body).toMatchObject({ status: 503, detail: expect.stringContaining('almost full') });
      expect(publisher.acknowledged.length).toBeGreaterThan(20);
      expect(disk.free()).toBeGreaterThan(7 * 1024 * 1024);

      // Everything is delivered, and its dead letters and lanes are stored.
      await well.until(hasAll(well, publisher.acknowledged));
      await failing.until(hasAll(failing, publisher.acknowledged));
      expect((await publisher.publish(bus.url, 20)).status).toBe(503);

      disk.makeRoom();
      expect((await publisher.publish(bus.url, 20)).status).toBe(200);
      await bus.end('SIGKILL');
      await expectAllIsThere(publisher, await start(disk.folder, 8));
    },
    120_000,
  );
});

describe('a disk that something else fills to the last byte', () => {
  itWhereItMounts(
    'ends nothing: publishers get 503, a key that must be parked waits; with room again all goes on',
    async () => {
      const bus = await start(disk.folder, 0);
      const publisher = createPublisher();
      await publisher.publish(bus.url, 200);
      await well.until(hasAll(well, publisher.acknowledged));
      await failing.until(hasAll(failing, publisher.acknowledged));

      disk.fill(256 * 1024);
      failing.answer = ({ events }) => (events[0]?.partitionkey === 'k3' ? 500 : 200);
      expect((await publishUntilRefused(publisher, bus.url)).body).toMatchObject({
        detail: expect.stringContaining('no room'),
      });
      // Not a byte more, also for the state of the delivery.
      disk.fillRest();
      await well.until(hasAll(well, publisher.acknowledged));
      const others = publisher.acknowledged.filter((id) => Number(id.slice(1)) % 20 !== 3);
      await failing.until(hasAll(failing, others));
      expect(bus.isRunning()).toBe(true);
      const refused = await request(bus.url)
        .put('/subscriptions/new')
        .send({ endpoints: [well.url] });
      expect([200, 201, 503]).toContain(refused.status);
      expect((await request(bus.url).get('/healthz').expect(200)).body).toMatchObject({ status: 'ok' });

      failing.answer = () => 200;
      disk.makeRoom();
      expect((await publisher.publish(bus.url, 20)).status).toBe(200);
      await expectAllIsThere(publisher, bus);
      bus.signal('SIGTERM');
      expect(await bus.exited).toBe(0);
      await expectAllIsThere(publisher, await start(disk.folder, 0));
    },
    120_000,
  );
});
