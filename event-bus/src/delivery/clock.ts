/** Time and chance, as the delivery sees them; a simulation brings its own. */
export interface Clock {
  /** Monotonic, ms. For intervals: it doesn't jump when someone sets the clock. */
  now(): number;
  /** ms since 1970. For what is stored or shown, and dates from others. */
  wallTime(): number;
  /** Calls `work` once after `ms`; the function that it returns prevents that. */
  schedule(ms: number, work: () => void): () => void;
}

/** A number from 0 up to, but never 1. */
export type Random = () => number;

export const systemClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  schedule(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
};

/** Waits until it is done, but no longer than `ms`. */
export async function waitAtMost(ms: number, clock: Pick<Clock, 'schedule'>, done: Promise<unknown>): Promise<void> {
  let cancel = (): void => undefined;
  const over = new Promise<void>((resolve) => (cancel = clock.schedule(ms, resolve)));
  await Promise.race([done, over]);
  cancel();
}
