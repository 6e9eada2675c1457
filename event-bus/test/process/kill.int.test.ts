import { setTimeout as delay } from 'node:timers/promises';
import { groupLimits } from '../../src/delivery/limits';
import { createSeededRandom } from '../simulation/seeded-random';
import { runSubscriber, type SubscriberServer } from '../subscriber-server';
import { checkQueue, nothingWrong } from '../total-queue';
import { useFolder } from '../use-folder';
import { type Publishers, startPublishers } from './publishers';
import { endBuses, type RealBus, startRealBus } from './real-bus';

const { SEED = '1' } = process.env;
const kills = 20;

const folder = useFolder();
const random = createSeededRandom(Number(SEED));
let publishers: Publishers | undefined;
let groups: Record<'well' | 'batch' | 'slow' | 'failing', SubscriberServer>;
beforeEach(async () => {
  const [well, batch, slow, failing] = [
    await runSubscriber(),
    await runSubscriber(),
    await runSubscriber(),
    await runSubscriber(),
  ];
  slow.answer = () => delay(20, 200);
  failing.answer = () => (random.chance(0.1) ? 500 : 200);
  groups = { well, batch, slow, failing };
});
afterEach(async () => {
  publishers?.abandon();
  await endBuses();
  await Promise.all(Object.values(groups).map((group) => group.stop()));
});

/** Resolves at a random point of the load: after so many acknowledgements, or in the middle of a push. */
async function someMoment(publishers: Publishers): Promise<void> {
  const [from, more] = [publishers.acknowledged.length, random.between(1, 400)];
  await new Promise<void>((resolve) => {
    publishers.onAcknowledged = (count) => count >= from + more && resolve();
  });
  if (random.chance(0.5)) return;
  const group = random.pick(Object.values(groups));
  const { length } = group.pushes;
  await group.until(() => group.pushes.length > length);
}

describe('a bus that is killed 20 times under the load of 32 publishers', () => {
  it(`loses nothing that it acknowledged, for any group, and keeps the order of keys (SEED=${SEED})`, async () => {
    const subscriptions = {
      well: { endpoints: [groups.well.url] },
      batch: { endpoints: [groups.batch.url], batch: 50 },
      slow: { endpoints: [groups.slow.url] },
      failing: { endpoints: [groups.failing.url] },
    };
    let port = 0;
    const start = async (): Promise<RealBus> => {
      const bus = await startRealBus({ folder: folder(), subscriptions, port });
      ({ port } = bus);
      return bus;
    };
    let starting = start();
    const load = startPublishers(32, async () => (await starting).url);
    publishers = load;
    for (let kill = 1; kill <= kills; kill += 1) {
      const bus = await starting;
      await someMoment(load);
      const ended = bus.end('SIGKILL');
      starting = ended.then(start);
    }
    await starting;
    await load.finish();

    for (const [name, group] of Object.entries(groups)) {
      const missing = new Set(load.acknowledged);
      let looked = 0;
      await group.until(() => {
        for (; looked < group.handledEvents.length; looked += 1) missing.delete(group.handledEvents[looked]?.id ?? '');
        return missing.size === 0;
      });
      const { duplicates, ...report } = checkQueue(load, group.handledEvents);
      console.log(`${name}: ${load.acknowledged.length} acknowledged, ${duplicates} received once more`);
      expect(report).toEqual(nothingWrong);
      // A crash forgets the progress within the window, at most.
      expect(duplicates).toBeLessThanOrEqual(kills * groupLimits.window.events);
    }
  }, 240_000);
});
