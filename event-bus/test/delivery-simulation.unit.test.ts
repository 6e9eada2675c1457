import { mutants } from './simulation/mutants';
import { runSchedule } from './simulation/schedule';

/**
 * `SEED=17 npx jest delivery-simulation` runs that schedule alone; `SCHEDULES=5000` runs so many.
 * A second of a laptop is about 100 of them.
 */
const { SEED, SCHEDULES = process.env.CI === 'true' ? '2000' : '300' } = process.env;
const seeds = SEED === undefined ? Array.from({ length: Number(SCHEDULES) }, (_, n) => n + 1) : [Number(SEED)];

const inWords = (name: string): string => name.replace(/[A-Z]|\d\w+/g, (start) => ` ${start.toLowerCase()}`);

/** A fault in the bus must show in one of so many schedules. */
const mostSchedules = 200;

describe('the delivery under random faults, crashes and clocks', () => {
  it('gives every event to every group, in the order of its key', async () => {
    for (const seed of seeds) {
      const faults = await runSchedule(seed);
      if (faults.length > 0)
        throw new Error(`schedule ${seed} (SEED=${seed} repeats it):\n${faults.slice(0, 10).join('\n')}`);
    }
  }, 1_800_000);
});

describe('a fault put into the bus on purpose is found', () => {
  it.each(mutants.map((sabotage) => [inWords(sabotage.name), sabotage] as const))(
    'when the bus %s',
    async (_name, sabotage) => {
      let faults: string[] = [];
      let seed = 0;
      while (faults.length === 0 && seed < mostSchedules) faults = await runSchedule((seed += 1), { sabotage });
      expect(faults).not.toEqual([]);
    },
    120_000,
  );
});
