import { Unavailable } from '@blog/kit';
import type { Clock } from './clock';
import type { DeadLetterState } from './dead-letter-state';

const day = 24 * 60 * 60_000;

/** What is remembered of redeliveries that are at an end. */
export const historyLimits = { maxAgeMs: 30 * day, maxJobs: 1_000, maxRedelivered: 10_000 };

/** After the start, which has more urgent things to do. */
const firstAfterMs = 10_000;
const everyMs = 60 * 60_000;
/** So much is forgotten in one step, which takes a few ms; then others have their turn. */
const atMost = 200;
const betweenStepsMs = 50;

/** Forgets, soon and each hour, what is too old or too much of the history of redeliveries. Gives what ends that. */
export function limitHistory({
  state,
  clock,
  onFatal,
}: {
  state: Pick<DeadLetterState, 'prune'>;
  clock: Pick<Clock, 'schedule' | 'wallTime'>;
  onFatal: (error: unknown) => void;
}): () => void {
  const { maxAgeMs, ...limits } = historyLimits;
  let cancel = (): void => undefined;
  let ended = false;

  async function step(): Promise<number> {
    try {
      const forgotten = await state.prune({ ...limits, upTo: clock.wallTime() - maxAgeMs, atMost });
      return forgotten > 0 ? betweenStepsMs : everyMs;
    } catch (error) {
      // The disk has no room: there is time until the next hour.
      if (error instanceof Unavailable) return everyMs;
      throw error;
    }
  }

  function schedule(ms: number): void {
    cancel = clock.schedule(ms, () => {
      step().then((next) => ended || schedule(next), onFatal);
    });
  }

  schedule(firstAfterMs);
  return () => {
    ended = true;
    cancel();
  };
}
