import { runSchedule } from './simulation/schedule';

/** `SEED=17 npx jest delivery-simulation` runs that schedule alone; `SCHEDULES=5000` runs so many. */
const { SEED, SCHEDULES = '300' } = process.env;
const seeds = SEED === undefined ? Array.from({ length: Number(SCHEDULES) }, (_, n) => n + 1) : [Number(SEED)];

describe('the delivery under random faults, crashes and clocks', () => {
  it('gives every event to every group, in the order of its key', async () => {
    for (const seed of seeds) {
      const faults = await runSchedule(seed);
      if (faults.length > 0)
        throw new Error(`schedule ${seed} (SEED=${seed} repeats it):\n${faults.slice(0, 10).join('\n')}`);
    }
  }, 600_000);
});
