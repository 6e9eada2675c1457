import type { World } from './bus';
import { faultsAtTheEnd, isAtRest } from './end-check';
import type { Operator } from './operator';
import { type Bus, createSupervisedBus, troubleAtRandom } from './troubles';
import { calmKey, createRandomWorld, type RandomWorld, type Sabotage } from './world';

/** Anything may happen … */
const troubleMs = 60_000;
/** … then only what is ill stays so … */
const illMs = 180_000;
/** … and once all is well, everything must be done within this time; the longest back-off is a part of it. */
const healingMs = 30 * 60_000;

function publishAtRandom({ time, random, log, checker, keys }: RandomWorld): void {
  const total = random.between(20, 120);
  const averageMs = (troubleMs + illMs - 20_000) / total;
  let made = 0;
  const publish = (): void => {
    const count = Math.min(random.between(1, 8), total - made);
    const batch = Array.from({ length: count }, () => {
      made += 1;
      const [key, type] = [`k${random.between(0, keys - 1)}`, random.pick(['A', 'A', 'B'])];
      return { id: `e${made}`, source: '/s', type, key, text: JSON.stringify({ id: `e${made}`, key, type }) };
    });
    const before = log.head();
    void log.append(batch);
    void log
      .read({ after: before, limit: 100 })
      .then(({ events }) => events.forEach((event) => checker.appended(event)));
    if (made < total) time.after(random.between(0, Math.floor(2 * averageMs * count)), publish);
  };
  time.after(0, publish);
}

/** Publishes an event of each type that no subscriber is ill of. */
async function publishCalmly({ log, checker }: World): Promise<void> {
  const before = log.head();
  const batch = ['A', 'B'].map((type) => {
    const id = `calm-${before}-${type}`;
    return { id, source: '/s', type, key: calmKey, text: JSON.stringify({ id, key: calmKey, type }) };
  });
  await log.append(batch);
  const { events } = await log.read({ after: before, limit: 100 });
  events.forEach((event) => checker.appended(event));
}

/**
 * Lets time pass until everything is done. There is some traffic meanwhile: a proxy may hide whether its subscriber dies of
 * an event, which then waits until others are done.
 */
async function heal(world: World, bus: Bus, operator: Operator): Promise<void> {
  const { time } = world;
  const end = time.clock.now() + healingMs;
  await time.runUntil(time.clock.now() + 1_000);
  do {
    operator.letGo();
    await publishCalmly(world);
    await time.runUntil(time.clock.now() + 10_000);
  } while (time.clock.now() < end && !(await isAtRest(world, bus.current)));
}

/** Runs one schedule of publishes, faults and crashes. Gives what went wrong: nothing, it is hoped. */
export async function runSchedule(seed: number, sabotage: Sabotage = {}): Promise<string[]> {
  const world = createRandomWorld(seed, sabotage);
  const { time } = world;
  const bus = createSupervisedBus(world);
  publishAtRandom(world);
  const operator = troubleAtRandom(world, bus, troubleMs);
  await time.runUntil(troubleMs);
  if (world.getsCalm) world.calm();
  await time.runUntil(troubleMs + illMs);
  world.endTrouble();
  await heal(world, bus, operator);
  if (world.hasOperator) {
    await operator.redeliverAll();
    await heal(world, bus, operator);
  }
  await bus.current.stop();
  return faultsAtTheEnd(world, bus.current);
}
