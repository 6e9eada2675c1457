import { createDeadLetters } from '../../src/delivery/dead-letters';
import { createReplay } from '../../src/delivery/replay';
import type { Life, World } from './bus';

/** So long after a wish an answered event may come again for it. */
const wishMs = 120_000;

/** Someone who pauses, resumes, replays and redelivers at random, whatever befalls the bus meanwhile. */
export interface Operator {
  act(): void;
  /** Lets everything go on, and wants all dead letters once more. */
  makeUp(): Promise<void>;
}

export function createOperator(world: World, life: { readonly current: Life }, groups: readonly string[]): Operator {
  const { time, random, state, log, checker } = world;
  let wishes = 0;

  const dispatcher = () => life.current.dispatcher;
  const anyGroup = (): string => random.pick([...groups]);
  const letters = () =>
    createDeadLetters({
      ...{ state, dispatcher: dispatcher(), wallTime: time.clock.wallTime },
      newId: () => `job-${(wishes += 1)}`,
      onFatal: (error) => life.current.fatal.push(error),
    });

  async function redeliver(): Promise<void> {
    for (const group of groups) checker.askedAgain(group, time.clock.now() + wishMs);
    for (const group of groups) await letters().redeliver({ group });
  }

  async function replay(): Promise<void> {
    const group = anyGroup();
    checker.askedAgain(group, time.clock.now() + wishMs);
    const from = random.between(1, 1 + dispatcher().status(group).cursor);
    const key = random.chance(0.6) ? { key: `k${random.between(0, 3)}` } : {};
    await createReplay({ log, dispatcher: dispatcher() }).replay(group, { from, ...key });
  }

  async function pauseForAWhile(): Promise<void> {
    const group = anyGroup();
    await dispatcher().pause(group, 'for a while');
    time.after(random.between(0, 10_000), () => run(() => dispatcher().resume(group)));
  }

  /** A wish may be refused: the bus is down, or being changed. That it is whole afterwards is for the checker to see. */
  function run(wish: () => Promise<void>): void {
    if (!life.current.isAlive()) return;
    wish().catch(() => undefined);
  }

  return {
    act: () => run(random.pick([redeliver, replay, replay, pauseForAWhile])),
    async makeUp() {
      for (const { group, state: mode } of dispatcher().statuses()) {
        if (mode === 'paused') await dispatcher().resume(group);
      }
      await redeliver();
    },
  };
}
