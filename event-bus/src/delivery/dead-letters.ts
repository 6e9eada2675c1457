import { NotFound, Unavailable } from '@blog/kit';
import type { LetterFilter, LetterPlace, RedeliveryJob, StoredLetter } from './dead-letter-state';
import type { DeliveryState } from './delivery-state';
import type { Dispatcher } from './dispatcher';

/** The events given up, for their operators. */
export interface DeadLetters {
  /** By group, then oldest event first. */
  list(filter: LetterFilter, page: { after?: LetterPlace; limit: number }): Promise<StoredLetter[]>;
  /** Throws NotFound. */
  get(place: LetterPlace): Promise<StoredLetter>;
  /**
   * Delivers again what is dead among these; resolves once that is stored. Whatever is queued already is left to the
   * job that it has. Throws NotFound where one that is named doesn't exist: then nothing is queued.
   */
  redeliver(filter: LetterFilter): Promise<RedeliveryJob>;
  /** Throws NotFound. */
  job(id: string): Promise<RedeliveryJob>;
  /** Forgets one for good; a key that it halted goes on. Throws NotFound. */
  discard(place: LetterPlace): Promise<void>;
}

export const idOf = ({ group, sequence }: LetterPlace): string => `${group}:${sequence}`;

export function createDeadLetters({
  state,
  dispatcher,
  newId,
  wallTime,
  onFatal,
}: {
  state: DeliveryState;
  dispatcher: Pick<Dispatcher, 'keyCommands' | 'statuses'>;
  newId: () => string;
  wallTime: () => number;
  onFatal: (error: unknown) => void;
}): DeadLetters {
  async function get(place: LetterPlace): Promise<StoredLetter> {
    const [letter] = await state.letters({ ids: [place] }, { limit: 1 });
    if (!letter) throw new NotFound(`There is no dead letter ${idOf(place)}.`);
    return letter;
  }

  /** What is queued is stored. A group that is stopped meanwhile takes it up when it starts again. */
  async function begin(group: string): Promise<void> {
    const commands = dispatcher.keyCommands(group);
    const keys = await state.queuedKeys(group);
    await Promise.all(keys.map(({ key }) => commands.redeliver(key)));
  }

  return {
    list: (filter, page) => state.letters(filter, page),
    get,
    async redeliver(filter) {
      for (const place of filter.ids ?? []) await get(place);
      const job = await state.queueLetters(filter, { id: newId(), createdAt: wallTime() });
      for (const { group } of dispatcher.statuses()) {
        begin(group).catch((error: unknown) => {
          if (!(error instanceof Unavailable || error instanceof NotFound)) onFatal(error);
        });
      }
      return job;
    },
    async job(id) {
      const job = await state.job(id);
      if (!job) throw new NotFound('There is no such job.');
      return job;
    },
    async discard(place) {
      const { group, sequence, key } = await get(place);
      await dispatcher.keyCommands(group).discard({ sequence, key });
    },
  };
}
