/** The time by which events are stored: it goes on while the clock stands behind it because somebody set it back. */
export interface LogTime {
  /** ms since 1970. It never goes back, and ages are differences of it. */
  now(): number;
  /** A time of the log that is known: it has not been before. */
  atLeast(time: number): void;
}

/**
 * While the clock is behind, the time goes on a little slower than it passes. So the clock catches up in the end, and a
 * clock that is corrected all the time by tiny parts leads to no lead that grows.
 */
const paceWhileBehind = 0.999;

export function createLogTime({ wallTime, now: monotonic }: { wallTime: () => number; now: () => number }): LogTime {
  let time = -Infinity;
  let passed = monotonic();
  return {
    now() {
      const before = passed;
      passed = monotonic();
      time = Math.max(wallTime(), time + paceWhileBehind * (passed - before));
      return Math.floor(time);
    },
    atLeast: (known) => void (time = Math.max(time, known)),
  };
}
