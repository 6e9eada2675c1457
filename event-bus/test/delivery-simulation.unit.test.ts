import { mutants } from './simulation/mutants';
import { runSchedule } from './simulation/schedule';
import type { Sabotage } from './simulation/world';

/**
 * `SEED=17 npx jest delivery-simulation` runs that schedule alone; `SCHEDULES=5000` runs that number of them.
 */
const { SEED, SCHEDULES = process.env.CI === 'true' ? '2000' : '300' } = process.env;
const seeds = SEED === undefined ? Array.from({ length: Number(SCHEDULES) }, (_, n) => n + 1) : [Number(SEED)];

/** A fault in the bus must show in one of so many schedules. */
const mostSchedules = 300;

describe('the delivery under random faults, crashes and clocks', () => {
  it('gives every event to every group, in the order of its key and without delay by others', async () => {
    for (const seed of seeds) {
      const faults = await runSchedule(seed);
      if (faults.length === 0) continue;
      const first = faults.slice(0, 10).join('\n');
      throw new Error(`schedule ${seed} (SEED=${seed} npx jest delivery-simulation repeats it):\n${first}`);
    }
  }, 1_800_000);
});

async function findWith(sabotage: Sabotage): Promise<{ seed: number; faults: string[] }> {
  for (let seed = 1; seed <= mostSchedules; seed += 1) {
    const faults = await runSchedule(seed, sabotage);
    if (faults.length > 0) return { seed, faults };
  }
  throw new Error(`no fault in ${mostSchedules} schedules`);
}

describe('a fault put into the bus on purpose is found', () => {
  it.each(mutants.map(({ name, ...sabotage }) => [name, sabotage] as const))(
    'when the bus %s',
    async (_name, sabotage) => {
      const { faults } = await findWith(sabotage);
      expect(faults).not.toEqual([]);
    },
    300_000,
  );
});
