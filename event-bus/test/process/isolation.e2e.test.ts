import { setTimeout as delay } from 'node:timers/promises';
import request from 'supertest';
import type { GroupStatus } from '../../src/delivery/group-status';
import { runSubscriber, type SubscriberServer } from '../subscriber-server';
import { useFolder } from '../use-folder';
import { compareP99, type Comparison, createTimedLoad } from './latency';
import { endBuses, type RealBus, startRealBus } from './real-bus';

/** What the bus promises: with a fault elsewhere, the slowest hundredth takes at most so many times as long. */
const most = 1.5;
const phaseMs = 1_200;
const patience = { most, pairs: 10, rounds: 4 };

const folder = useFolder();
const subscribers: SubscriberServer[] = [];
afterEach(async () => {
  await endBuses();
  await Promise.all(subscribers.splice(0).map((subscriber) => subscriber.stop()));
});

async function subscribe(): Promise<SubscriberServer> {
  const subscriber = await runSubscriber();
  subscribers.push(subscriber);
  return subscriber;
}

async function statusOf(bus: RealBus, group: string): Promise<GroupStatus> {
  return (await request(bus.url).get(`/subscriptions/${group}`).expect(200)).body as GroupStatus;
}

const show = ({ ratio, wellMs, illMs }: Comparison): string =>
  `p99 ${wellMs.toFixed(1)} ms without, ${illMs.toFixed(1)} ms with the fault: ${ratio.toFixed(2)} times`;

describe('what is well is not slowed down', () => {
  it('by a group whose endpoint hangs', async () => {
    const [one, two, hanging] = [await subscribe(), await subscribe(), await subscribe()];
    const bus = await startRealBus({
      folder: folder(),
      subscriptions: {
        one: { endpoints: [one.url] },
        two: { endpoints: [two.url] },
        hanging: { endpoints: [hanging.url], timeoutMs: 200 },
      },
    });
    const keyOf = (n: number) => ({ key: `k${n % 1_000}`, counts: true });
    const load = createTimedLoad({ url: bus.url, groups: [one, two], perSecond: 200, keyOf });
    await load(3_000);

    const result = await compareP99(
      {
        async well() {
          hanging.answer = () => 200;
          // What it catches up with must not weigh on this phase, or the other would look better.
          for (let lag = 1; lag > 0; lag = (await statusOf(bus, 'hanging')).lag.events) await delay(50);
          return load(phaseMs);
        },
        async ill() {
          hanging.answer = () => undefined;
          return load(phaseMs);
        },
      },
      patience,
    );
    console.log(`a group hangs: ${show(result)}`);
    expect((await statusOf(bus, 'hanging')).state).toBe('down');
    expect(result.ratio).toBeLessThanOrEqual(most);
  }, 600_000);

  it('by one key of 1,000 that is refused and another one that fails, of the same group', async () => {
    const group = await subscribe();
    const bus = await startRealBus({
      folder: folder(),
      subscriptions: { g: { endpoints: [group.url], maxAttempts: 3 } },
    });
    let isIll = false;
    const answers: Record<string, number> = { bad: 400, ill: 500 };
    group.answer = ({ events }) => (isIll ? (answers[events[0]?.partitionkey ?? ''] ?? 200) : 200);
    // The two come far more often than their share, so that something of them is always failing.
    const keyOf = (n: number) => {
      const key = n % 20 === 0 ? 'bad' : n % 20 === 10 ? 'ill' : `k${n % 998}`;
      return { key, counts: !(key in answers) };
    };
    const load = createTimedLoad({ url: bus.url, groups: [group], perSecond: 200, keyOf });
    await load(3_000);

    const phase = (ill: boolean) => () => {
      isIll = ill;
      return load(phaseMs);
    };
    const result = await compareP99({ well: phase(false), ill: phase(true) }, patience);
    console.log(`two keys fail: ${show(result)}`);
    expect(result.ratio).toBeLessThanOrEqual(most);

    // The fault is on still: the refused events become dead letters one by one, the failing key waits for ever.
    const { body: letters } = await request(bus.url).get('/dead-letters?group=g').expect(200);
    expect(letters).toContainEqual(
      expect.objectContaining({ key: 'bad', reason: 'answered 400', attempts: 3, state: 'dead' }),
    );
    expect((await request(bus.url).get('/dead-letters?group=g&key=ill').expect(200)).body).toEqual([]);
    const { parked, state } = await statusOf(bus, 'g');
    expect(state).toBe('flowing');
    expect(parked.first.find(({ key }) => key === 'ill')).toMatchObject({ state: 'parked', reason: 'answered 500' });
  }, 600_000);
});
