import { setImmediate as nextTurn } from 'node:timers/promises';
import { NotFound, Unavailable } from '@blog/kit';
import type { DeadLetterState, LetterFilter, NewJob, RedeliveryJob } from './dead-letter-state';
import type { Dispatcher } from './dispatcher';

/** So many keys begin in one turn of the event loop; those that others wait for come between two turns. */
const keysPerTurn = 8;
/** So many keys are read at once. */
const keysPerPage = 500;

/** Queues letters piece by piece, with a turn of the event loop between two of them. Throws Unavailable. */
export async function queueInPieces(
  state: Pick<DeadLetterState, 'queueLetters'>,
  filter: LetterFilter,
  newJob: NewJob,
): Promise<RedeliveryJob> {
  let { job, next } = await state.queueLetters(filter, newJob);
  while (next) {
    await nextTurn();
    try {
      ({ job, next } = await state.queueLetters(filter, newJob, next));
    } catch (error) {
      if (!(error instanceof Unavailable) || job.total === 0) throw error;
      throw new Unavailable(`Job ${job.id} delivers ${job.total} dead letters again; ask anew for the others.`, 5);
    }
  }
  return job;
}

/** Lets groups deliver what is queued for them. */
export interface Redelivery {
  /** What is queued is stored: a group that is stopped meanwhile takes it up when it starts again. */
  begin(group: string): void;
}

export function createRedelivery({
  state,
  dispatcher,
  onFatal,
}: {
  state: Pick<DeadLetterState, 'queuedKeys'>;
  dispatcher: Pick<Dispatcher, 'keyCommands'>;
  onFatal: (error: unknown) => void;
}): Redelivery {
  /** Groups whose keys are gone through; `again` if somebody wanted more meanwhile. */
  const running = new Map<string, { again: boolean }>();

  /** A key waits for what is in flight of it; the others don't wait for that. */
  function beginKey(group: string, key: string): void {
    dispatcher
      .keyCommands(group)
      .redeliver(key)
      .catch((error: unknown) => {
        if (!(error instanceof Unavailable || error instanceof NotFound)) onFatal(error);
      });
  }

  async function beginAll(group: string): Promise<void> {
    let after = '';
    for (;;) {
      const keys = await state.queuedKeys(group, { after, limit: keysPerPage });
      for (const [place, { key }] of keys.entries()) {
        if (place % keysPerTurn === 0) await nextTurn();
        beginKey(group, key);
        after = key;
      }
      if (keys.length < keysPerPage) return;
    }
  }

  async function run(group: string, wish: { again: boolean }): Promise<void> {
    while (wish.again) {
      wish.again = false;
      await beginAll(group);
    }
  }

  return {
    begin(group) {
      const before = running.get(group);
      if (before) {
        before.again = true;
        return;
      }
      const wish = { again: true };
      running.set(group, wish);
      void run(group, wish)
        .catch((error: unknown) => {
          if (!(error instanceof Unavailable || error instanceof NotFound)) onFatal(error);
        })
        .finally(() => running.delete(group));
    },
  };
}
