import { type Life, startBus } from './bus';
import { createOperator, type Operator } from './operator';
import type { SeededRandom } from './seeded-random';
import { type Behaviour, crash } from './subscriber';
import type { RandomWorld } from './world';

/** A group whose subscriber is well has an event within this time, whatever befalls the others. */
const promptMs = 5_000;
/**
 * A key that is well has it within this time (and a few time-outs), whatever its subscriber does with the others: that may
 * be taken for dead, and found again only by probes, some of which hang.
 */
const probedMs = 40_000;
/** Between two looks at what makes progress. */
const lookMs = 500;

export function randomBehaviour(random: SeededRandom): Behaviour {
  const sometimes = (): number => (random.chance(0.4) ? random.next() * 0.5 : 0);
  return {
    state: random.pick(['up', 'up', 'up', 'refusing', 'hanging']),
    latencyMs: random.pick([2, 20, 300]),
    failing: random.chance(0.1) ? 1 : sometimes(),
    breaking: sometimes(),
    losingAnswers: sometimes(),
    busy: random.chance(0.2) ? random.next() : 0,
    slow: sometimes(),
    slowMs: random.pick([500, 4_000, 20_000]),
    retryAfter: random.pick(['seconds', 'any']),
  };
}

/** The bus of a schedule: when it has died, another one takes its place. */
export interface Bus {
  readonly current: Life;
  restart: () => void;
  /** Somebody starts a second one on the same folder. */
  startSecond: () => void;
}

export function createSupervisedBus(world: RandomWorld): Bus {
  const { time, random, state, checker } = world;
  let current = startBus(world);
  let second: Life | undefined;

  function restart(): void {
    current.kill();
    // A failure of the machine, after which the disk may have forgotten something, ends every process.
    if (random.chance(0.5)) {
      second?.kill();
      const forgotten = random.between(0, 10);
      state.forgetLast(forgotten);
      if (forgotten > 0) checker.mayHaveForgotten(forgotten);
    }
    current = startBus(world);
  }

  /** Whoever supervises the bus looks for it twice a second, as long as it may die. */
  function revive(): void {
    if (!current.isAlive()) restart();
    if (!world.isOver()) time.after(500, revive);
  }
  revive();

  return {
    get current() {
      return current;
    },
    restart,
    startSecond() {
      second?.kill();
      second = startBus(world);
      time.after(random.between(100, 5_000), second.kill);
    },
  };
}

/** Notes what has waited too long in a group that nothing keeps from its work. */
function watchProgress(world: RandomWorld, bus: Bus): void {
  const { time, checker, subscriptions, spared } = world;
  const boundOf = (group: string): number => {
    if (group === spared) return promptMs;
    // What was sent in the trouble may be answered no more; and one that hangs keeps its batch, and half of it, and so on.
    const { settings } = checker.group(group).book;
    return probedMs + settings.longestTimeoutMs() * (1 + Math.ceil(Math.log2(settings.largestBatch())));
  };
  const look = (): void => {
    const statuses = bus.current.isAlive() ? bus.current.dispatcher.statuses() : [];
    for (const group of Object.keys(subscriptions)) {
      const { progress, retryAfter } = checker.group(group);
      const state = statuses.find((status) => status.group === group)?.state ?? 'stopped';
      // What lies behind damage waits for an operator.
      const isKept =
        checker.hasDamage() ||
        state === 'paused' ||
        state === 'stopped' ||
        (state === 'down' && retryAfter.wantsRest());
      if (isKept || world.isTroubled(group)) progress.disturbed();
      else progress.look(boundOf(group));
    }
    if (!world.isOver()) time.after(lookMs, look);
  };
  time.after(lookMs, look);
}

function createTroubles(world: RandomWorld, bus: Bus, operator: Operator): readonly (() => void)[] {
  const { time, random, spared, checker } = world;
  const subscribers = Object.entries(world.subscribers).flatMap(([name, one]) => (name === spared ? [] : [one]));

  async function stopWell(): Promise<void> {
    const stopping = bus.current;
    await stopping.stop();
    if (stopping === bus.current) bus.restart();
  }
  /** A pause matters when an answer is on its way. */
  function sleepWhileBusy(looks = 100): void {
    const isBusy = bus.current.dispatcher.statuses().some(({ inFlight }) => inFlight > 0);
    if (!isBusy && looks > 0) return time.after(7, () => sleepWhileBusy(looks - 1));
    time.sleep(random.between(100, random.pick([2_000, 60_000])));
    for (const { progress } of checker.groups()) progress.disturbed();
  }
  function changeBehaviour(urls: (all: string[]) => string[]): void {
    const { behaviours } = random.pick(subscribers);
    const behaviour = randomBehaviour(random);
    for (const url of urls([...behaviours.keys()])) behaviours.set(url, behaviour);
  }
  function crashSubscriber(): void {
    const subscriber = random.pick(subscribers);
    const awayMs = random.between(10, random.pick([1_000, 20_000]));
    const urls = [...subscriber.processes.keys()];
    for (const url of random.chance(0.7) ? urls : [random.pick(urls)]) crash(subscriber, url, awayMs, time);
  }
  function setWallClock(): void {
    time.setWallClock(random.between(-3_600_000, 3_600_000));
    for (const { retryAfter, progress } of checker.groups()) {
      retryAfter.forgetStored();
      progress.clockSet();
    }
  }
  function damageRecord(): void {
    if (!world.getsDamage || world.log.head() === 0) return bus.restart();
    const sequence = random.between(1, world.log.head());
    world.log.damage(sequence);
    checker.damaged(sequence);
  }
  const changeOne = (): void => changeBehaviour((all) => [random.pick(all)]);
  const changeAll = (): void => changeBehaviour((all) => all);
  const stop = (): void => void stopWell().catch((error: unknown) => bus.current.fatal.push(error));
  const fillDisk = (): void => world.fillDisk(random.between(100, 20_000));
  const askForSomething = world.hasOperator ? operator.act : bus.restart;
  return [
    ...Array.from({ length: 4 }, () => changeOne),
    ...Array.from({ length: 3 }, () => changeAll),
    ...Array.from({ length: 3 }, () => crashSubscriber),
    ...Array.from({ length: 3 }, () => askForSomething),
    bus.restart,
    stop,
    setWallClock,
    sleepWhileBusy,
    fillDisk,
    bus.startSecond,
    damageRecord,
  ];
}

/** What befalls subscribers, clock, disk and bus for so long. */
export function troubleAtRandom(world: RandomWorld, bus: Bus, forMs: number): Operator {
  const { time, random, subscriptions, spared } = world;
  const groups = Object.keys(subscriptions).filter((name) => name !== spared);
  const operator = createOperator(world, bus, groups);
  const troubles = createTroubles(world, bus, operator);
  const next = (): void => {
    if (time.clock.now() > forMs) return;
    random.pick(troubles)();
    time.after(random.between(0, 8_000), next);
  };
  time.after(random.between(0, 2_000), next);
  watchProgress(world, bus);
  return operator;
}
