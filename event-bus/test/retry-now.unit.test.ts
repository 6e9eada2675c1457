import fc from 'fast-check';
import { createDueQueue } from '../src/delivery/due-queue';
import { createScenario } from './simulation/scenario';

const minutes = 60_000;

describe('retrying at once', () => {
  it('tries parked keys before their time, in the order of each key', async () => {
    let isIll = true;
    const bus = createScenario({ g: { refusal: ({ key }) => (isIll && key.startsWith('ill') ? 500 : undefined) } });
    await bus.pass(1);
    const keys = Array.from({ length: 50 }, (_, n) => `ill${n}`);
    await bus.publish([...keys, ...keys, 'fine']);
    await bus.pass(30 * minutes);
    expect(bus.status('g').parked.keys).toBe(50);
    isIll = false;
    bus.life.dispatcher.retryNow('g');
    expect(await bus.drain(['g'], minutes)).toBeLessThan(1_000);
    await bus.pass(1_000);
    expect(bus.status('g').parked.keys).toBe(0);
    expect(bus.checker.faults).toEqual([]);
  });

  it('finds a subscriber that is back, and sends to it in a ramp', async () => {
    const bus = createScenario({ g: {} });
    await bus.pass(1);
    bus.behave('g', { state: 'refusing' });
    await bus.publish(Array.from({ length: 100 }, (_, n) => `k${n}`));
    await bus.pass(10 * minutes);
    expect(bus.status('g')).toMatchObject({ state: 'down', allowedInFlight: 1 });
    bus.behave('g', { state: 'up', latencyMs: 5 });
    const now = bus.time.clock.now();
    bus.life.dispatcher.retryNow('g');
    const { pushes } = bus.subscriber('g');
    expect(pushes.filter(({ at }) => at >= now)).toHaveLength(1);
    expect(await bus.drain(['g'], minutes)).toBeLessThan(1_000);
    expect(bus.status('g')).toMatchObject({ state: 'flowing', allowedInFlight: 32 });
  });

  it('sends one probe where the subscriber is still away, and waits again', async () => {
    const bus = createScenario({ g: {} });
    await bus.pass(1);
    bus.behave('g', { state: 'refusing' });
    await bus.publish(['a', 'b', 'c']);
    await bus.pass(10 * minutes);
    const before = bus.subscriber('g').pushes.length;
    bus.life.dispatcher.retryNow('g');
    bus.life.dispatcher.retryNow('g');
    await bus.pass(20);
    expect(bus.subscriber('g').pushes.length - before).toBeLessThanOrEqual(2);
    expect(bus.status('g').state).toBe('down');
  });

  it('does nothing to a group that there is not', () => {
    expect(() => createScenario({}).life.dispatcher.retryNow('g')).not.toThrow();
  });
});

describe('a queue of what is due', () => {
  it('gives everything in its order, also after later ones were brought forward', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100)), fc.nat(100), fc.array(fc.nat(200)), (times, to, more) => {
        const queue = createDueQueue<number>();
        for (const time of times) queue.add(time, time);
        queue.bringForward(to);
        for (const time of more) queue.add(time, time);
        const expected = [...times.map((time) => Math.min(time, to)), ...more].sort((a, b) => a - b);
        const given: number[] = [];
        for (let due = queue.next(); due !== Infinity; due = queue.next()) {
          given.push(due);
          queue.take();
        }
        expect(given).toEqual(expected);
      }),
    );
  });
});
