import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/delivery/clock';
import { createDueQueue } from '../../src/delivery/due-queue';

/** Who rings at a time: a process's own timers, or the world (network, disk, what happens to both). */
interface Timer {
  work: () => void;
  cancelled: boolean;
}

export interface VirtualTime {
  clock: Clock;
  /** Something in the world happens in `ms`. */
  after(ms: number, work: () => void): void;
  /** The wall clock is set; intervals don't notice. */
  setWallClock(byMs: number): void;
  /** Everything stands still for so long: when it goes on, timers ring late, and before the network is looked at. */
  sleep(ms: number): void;
  /** Runs until a time, or until `isOver`. Between two events, everything that can go on without time goes on. */
  runUntil(time: number, isOver?: () => boolean): Promise<void>;
}

const epoch = Date.parse('2026-01-01T00:00:00Z');

/**
 * @param creepMs how far the clock goes on between two looks at it: code may not take them for one moment. A real one
 *   goes on by microseconds; more finds in a few schedules what otherwise happens once in a month.
 */
export function createVirtualTime({ creepMs = 0 } = {}): VirtualTime {
  let now = 0;
  let wallOffset = 0;
  const timers = createDueQueue<Timer>();
  const world = createDueQueue<Timer>();

  function add(queue: typeof timers, ms: number, work: () => void): Timer {
    const timer = { work, cancelled: false };
    queue.add(now + Math.max(0, ms), timer);
    return timer;
  }

  function takeNext(): Timer | undefined {
    const overdue = timers.next() <= now;
    return overdue || timers.next() <= world.next() ? timers.take() : world.take();
  }

  return {
    clock: {
      now: () => (now += creepMs),
      wallTime: () => Math.round(epoch + now + wallOffset),
      schedule(ms, work) {
        const timer = add(timers, ms, work);
        return () => void (timer.cancelled = true);
      },
    },
    after: (ms, work) => void add(world, ms, work),
    setWallClock: (byMs) => void (wallOffset += byMs),
    sleep: (ms) => void (now += ms),
    async runUntil(time, isOver = () => false) {
      await nextTurn();
      while (Math.min(timers.next(), world.next()) <= time && !isOver()) {
        const due = Math.min(timers.next(), world.next());
        const timer = takeNext();
        now = Math.max(now, due);
        if (!timer || timer.cancelled) continue;
        timer.work();
        await nextTurn();
      }
      now = Math.max(now, isOver() ? now : time);
    },
  };
}
