import type * as Runs from '../src/delivery/runs';
import { createScenario } from './simulation/scenario';

/** One budget for all that is in flight, as if what failed before or takes long were new. */
jest.mock('../src/delivery/runs', () => {
  const real = jest.requireActual<typeof Runs>('../src/delivery/runs');
  const createRuns: typeof real.createRuns = (given) => {
    const runs = real.createRuns(given);
    return { ...runs, flowing: () => ({ requests: runs.count(), events: runs.count() }) };
  };
  return { ...real, createRuns };
});

const seconds = 1_000;

describe('a bus that lets old pushes take the place of new ones', () => {
  it('is found to hold up keys that are well, once its subscriber has restarted', async () => {
    const fate = ({ key }: { key: string }) => (key.startsWith('hanging') ? 'hangs' : undefined);
    const bus = createScenario({ g: { fate } });
    await bus.publish(Array.from({ length: 40 }, (_, n) => `hanging${n}`));
    await bus.pass(30 * seconds);
    bus.crash('g', 2 * seconds);
    for (let second = 0; second < 60; second += 1) {
      await bus.publish([`healthy${second}`, `healthy${second + 100}`]);
      await bus.pass(seconds);
    }
    const { progress } = bus.checker.group('g');
    progress.look(20 * seconds);
    expect(bus.checker.faults.join()).toMatch(/is held up: it has not got \d+ of healthy/);
  });
});
