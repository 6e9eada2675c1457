import { setTimeout as delay } from 'node:timers/promises';
import { type BusClient, BusAway } from '@blog/kit/state';
import { parseKnown } from './catch-up';
import type { Apply } from './read-model';
import type { ReadModelStore } from './store';

export interface RetryDeps {
  bus: Pick<BusClient, 'history'>;
  apply: Apply;
  store: Pick<ReadModelStore, 'skipped'>;
}

const retryMs = 500;

/**
 * Tries the skipped events again, in the order of the log, which has their texts. What still can't be applied stays
 * skipped. Those without a place in the log are met again when the history of their bus is read, at each start.
 * Throws BusAway. Gives how many are left.
 */
export async function retrySkipped({ bus, apply, store }: RetryDeps): Promise<number> {
  for (const sequence of store.skipped.sequences()) {
    const { events } = await bus.history(sequence - 1, 1);
    const { known, unreadable } = parseKnown(events.filter((event) => event.sequence === sequence));
    await apply(known, { unreadable });
  }
  return store.skipped.count();
}

/** Tries them again once the bus can be reached: this program may be able to read what the one before could not. */
export async function retryWhenReachable(deps: RetryDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted && deps.store.skipped.sequences().length > 0) {
    try {
      await retrySkipped(deps);
      return;
    } catch (error) {
      if (!(error instanceof BusAway)) throw error;
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
