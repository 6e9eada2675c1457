import fc from 'fast-check';
import { createLogTime } from '../src/log/log-time';

const day = 24 * 60 * 60_000;

function open(start = 1_000_000) {
  const clock = { wall: start, passed: 0 };
  const time = createLogTime({ wallTime: () => clock.wall, now: () => clock.passed });
  const pass = (ms: number): void => {
    clock.wall += ms;
    clock.passed += ms;
  };
  return { clock, time, pass };
}

describe('the time by which events are stored', () => {
  it('is that of the clock', () => {
    const { clock, time, pass } = open();
    expect(time.now()).toBe(1_000_000);
    pass(5_000);
    expect(time.now()).toBe(clock.wall);
    clock.wall += day;
    expect(time.now()).toBe(clock.wall);
  });

  it('goes on while the clock stands behind it, at about the same pace, until that has caught up', () => {
    const { clock, time, pass } = open();
    const before = time.now();
    clock.wall -= day;
    pass(10_000);
    expect(time.now() - before).toBeGreaterThanOrEqual(9_900);
    expect(time.now() - before).toBeLessThanOrEqual(10_000);
    clock.wall += day;
    expect(time.now()).toBe(clock.wall);
  });

  it('begins behind what a log holds already', () => {
    const { time, pass } = open();
    time.atLeast(1_000_000 + day);
    expect(time.now()).toBe(1_000_000 + day);
    pass(1_000);
    expect(time.now()).toBeGreaterThan(1_000_000 + day);
  });

  it('never goes back, and is never behind the clock, whatever is done to that', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: -day, max: day }), fc.nat(10_000)), { maxLength: 50 });
    fc.assert(
      fc.property(steps, (given) => {
        const { clock, time, pass } = open(100 * day);
        let last = time.now();
        for (const [set, passed] of given) {
          clock.wall += set;
          pass(passed);
          const now = time.now();
          expect(now).toBeGreaterThanOrEqual(Math.max(last, clock.wall));
          last = now;
        }
      }),
    );
  });

  it('has no lead that grows while the clock is corrected by tiny parts', () => {
    const { clock, time } = open();
    for (let seconds = 0; seconds < 100_000; seconds += 1) {
      clock.passed += 1_000;
      clock.wall += 1_000 - (seconds % 2) / 10;
      time.now();
    }
    expect(time.now() - clock.wall).toBeLessThan(1);
  });
});
