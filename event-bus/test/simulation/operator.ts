import { createDeadLetters } from '../../src/delivery/dead-letters';
import type { Dispatcher } from '../../src/delivery/dispatcher';
import { createReplay } from '../../src/delivery/replay';
import { createSkip } from '../../src/delivery/skip';
import type { GroupChecker } from './checker';
import type { Bus } from './troubles';
import { randomSubscription, type RandomWorld, urlsOf } from './world';

/** How a group and its keys name the damage that they wait for. */
const namedDamage = /event (\d+) of the log is damaged/g;
/** For so long after a wish an answered event may come again because of it. */
const wishMs = 120_000;

/** Someone who pauses, halts, skips, replays, redelivers and changes settings at random, whatever befalls the bus meanwhile. */
export interface Operator {
  act(): void;
  /** Lets everything go on that waits for an operator. */
  letGo(): void;
  /** Wants all dead letters once more. */
  redeliverAll(): Promise<void>;
}

export function createOperator(world: RandomWorld, bus: Bus, groups: readonly string[]): Operator {
  const { time, random, state, log, checker } = world;
  let wishes = 0;

  const dispatcher = (): Dispatcher => bus.current.dispatcher;
  const any = (): { name: string; seen: GroupChecker } => {
    const name = random.pick(groups);
    return { name, seen: checker.group(name) };
  };
  const letters = () =>
    createDeadLetters({
      state,
      dispatcher: dispatcher(),
      wallTime: time.clock.wallTime,
      newId: () => `job-${(wishes += 1)}`,
      onFatal: (error) => bus.current.fatal.push(error),
    });

  async function redeliver(): Promise<void> {
    for (const group of groups) checker.askedAgain(group, time.clock.now() + wishMs);
    for (const group of groups) await letters().redeliver({ group });
  }

  async function replay(): Promise<void> {
    const { name } = any();
    // A key takes part once its event in flight has ended, which can take several time-outs.
    checker.askedAgain(name, Infinity);
    const from = random.between(1, 1 + dispatcher().status(name).cursor);
    const key = random.chance(0.6) ? { key: `k${random.between(0, world.keys - 1)}` } : {};
    await createReplay({ log, dispatcher: dispatcher() })
      .replay(name, { from, ...key })
      .finally(() => checker.askedAgain(name, time.clock.now() + wishMs));
  }

  async function resume(name: string): Promise<void> {
    checker.group(name).stillness.resuming();
    await dispatcher().resume(name);
    checker.group(name).progress.disturbed();
  }

  async function pauseForAWhile(): Promise<void> {
    const { name, seen } = any();
    const isPaused = seen.stillness.pausing();
    const life = bus.current;
    time.after(random.between(0, 10_000), () => run(() => resume(name)));
    await dispatcher().pause(name, 'for a while');
    if (life === bus.current && life.isAlive()) isPaused();
  }

  async function changeSettings(): Promise<void> {
    const { name, seen } = any();
    const { onDeadLetter } = world.subscriptions[name] ?? {};
    const settings = { ...randomSubscription(random, urlsOf(name)), ...(onDeadLetter && { onDeadLetter }) };
    const isChanged = seen.book.settings.changing(settings);
    seen.stillness.resuming();
    await dispatcher().put(name, settings);
    isChanged();
    seen.progress.disturbed();
  }

  /** Passes over the event that a parked key waits for. */
  async function skip(): Promise<void> {
    const { name, seen } = any();
    const lane = dispatcher()
      .status(name)
      .parked.first.find((parked) => parked.state === 'parked');
    const event = checker.log.events.find(({ sequence }) => sequence === lane?.sequence);
    if (!event) return;
    seen.blame.skipped(event.sequence);
    // Whoever passes over an event does not want its key to wait for it.
    seen.book.discarded(event.sequence);
    await dispatcher().keyCommands(name).skip(event);
  }

  async function haltForAWhile(): Promise<void> {
    const { name, seen } = any();
    const key = `k${random.between(0, world.keys - 1)}`;
    const life = bus.current;
    seen.progress.kept(key);
    await dispatcher().keyCommands(name).halt(key);
    if (life !== bus.current || !life.isAlive()) return;
    seen.stillness.halted(key);
    time.after(random.between(0, 20_000), () => run(() => release(name, key)));
  }

  async function release(name: string, key: string): Promise<void> {
    checker.group(name).stillness.releasing(key);
    checker.group(name).book.released(key);
    checker.group(name).retryAfter.forgetStored();
    await dispatcher().keyCommands(name).release(key);
    checker.group(name).progress.freed(key);
  }

  async function retryNow(): Promise<void> {
    const { name, seen } = any();
    seen.retryAfter.forget();
    dispatcher().retryNow(name);
  }

  /** A wish may be refused: the bus is down, or being changed. That it is whole afterwards is for the checker to see. */
  function run(wish: () => Promise<void>): void {
    if (!bus.current.isAlive()) return;
    wish().catch(() => undefined);
  }

  const wishesAtRandom = [
    redeliver,
    replay,
    replay,
    pauseForAWhile,
    changeSettings,
    changeSettings,
    retryNow,
    skip,
    haltForAWhile,
  ];
  return {
    act: () => run(random.pick(wishesAtRandom)),
    letGo() {
      if (!bus.current.isAlive()) return;
      for (const status of dispatcher().statuses()) {
        const { group, state: mode } = status;
        if (mode === 'paused') run(() => resume(group));
        for (const [, sequence] of JSON.stringify(status).matchAll(namedDamage)) {
          run(() => createSkip({ log, dispatcher: dispatcher() })(group, Number(sequence)));
        }
        run(async () => {
          for (const { key, phase } of await state.lanes(group)) if (phase === 'held') await release(group, key);
        });
      }
    },
    redeliverAll: redeliver,
  };
}
