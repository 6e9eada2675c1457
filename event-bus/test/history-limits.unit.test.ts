import { Unavailable } from '@blog/kit';
import type { Pruning } from '../src/delivery/dead-letter-state';
import { historyLimits, limitHistory } from '../src/delivery/history-limits';
import { createVirtualTime } from './simulation/virtual-time';

const hour = 60 * 60_000;

/** Forgets what is left in steps; so many calls fail first for want of room. */
function createState(left: number, failing = 0) {
  const asked: (Pruning & { at: number })[] = [];
  const time = createVirtualTime();
  const onFatal = jest.fn();
  const state = {
    async prune(what: Pruning) {
      asked.push({ ...what, at: time.clock.now() });
      if (asked.length <= failing) throw new Unavailable('no room');
      const forgotten = Math.min(left, what.atMost);
      left -= forgotten;
      return forgotten;
    },
  };
  return { state, asked, time, onFatal, left: () => left };
}

describe('the history of redeliveries', () => {
  it('is shortened in small steps with time between them, then once an hour', async () => {
    const { state, asked, time, onFatal, left } = createState(1_000);
    const end = limitHistory({ state, clock: time.clock, onFatal });
    await time.runUntil(hour / 2);
    expect(left()).toBe(0);
    expect(asked.every(({ atMost }) => atMost <= 500)).toBe(true);
    const times = asked.map(({ at }) => at);
    expect(new Set(times).size).toBe(times.length);
    const before = asked.length;
    await time.runUntil(3.5 * hour);
    expect(asked.length - before).toBe(3);
    expect(asked.at(-1)?.upTo).toBe(
      time.clock.wallTime() - (time.clock.now() - (asked.at(-1)?.at ?? 0)) - historyLimits.maxAgeMs,
    );
    end();
    await time.runUntil(10 * hour);
    expect(asked.length - before).toBe(3);
    expect(onFatal).not.toHaveBeenCalled();
  });

  it('is shortened later if the disk has no room for that', async () => {
    const { state, time, onFatal, left } = createState(10, 2);
    limitHistory({ state, clock: time.clock, onFatal });
    await time.runUntil(hour / 2);
    expect(left()).toBe(10);
    await time.runUntil(3 * hour);
    expect(left()).toBe(0);
    expect(onFatal).not.toHaveBeenCalled();
  });
});
