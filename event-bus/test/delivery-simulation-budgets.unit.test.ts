import type * as Runs from '../src/delivery/runs';
import { runSchedule } from './simulation/schedule';

/** One budget for all that is in flight, as if what failed before or takes long were new. */
jest.mock('../src/delivery/runs', () => {
  const real = jest.requireActual<typeof Runs>('../src/delivery/runs');
  const createRuns: typeof real.createRuns = (given) => {
    const runs = real.createRuns(given);
    return { ...runs, flowing: () => ({ requests: runs.count(), events: runs.count() }) };
  };
  return { ...real, createRuns };
});

describe('a bus that lets old pushes take the place of new ones', () => {
  it('is found to hold up keys that are well', async () => {
    let faults: string[] = [];
    for (let seed = 251; seed <= 650 && faults.length === 0; seed += 1) {
      faults = (await runSchedule(seed)).filter((fault) => fault.includes('is held up'));
    }
    expect(faults).not.toEqual([]);
  }, 300_000);
});
