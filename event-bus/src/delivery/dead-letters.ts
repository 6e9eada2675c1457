import { NotFound } from '@blog/kit';
import type { LetterFilter, LetterPlace, RedeliveryJob, StoredLetter } from './dead-letter-state';
import type { DeliveryState } from './delivery-state';
import type { Dispatcher } from './dispatcher';
import { createRedelivery, queueInPieces } from './redeliver';

/** The events given up, for their operators. */
export interface DeadLetters {
  /** By group, then oldest event first. */
  list(filter: LetterFilter, page: { after?: LetterPlace; limit: number }): Promise<StoredLetter[]>;
  /** Throws NotFound. */
  get(place: LetterPlace): Promise<StoredLetter>;
  /**
   * Delivers again what is dead among these; resolves once that is stored. Whatever is queued already is left to the
   * job that it has. Throws NotFound where one that is named doesn't exist: then nothing is queued. Of many letters
   * only some may be queued when the disk has no more room: Unavailable says so.
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
  dispatcher: Pick<Dispatcher, 'keyCommands' | 'names'>;
  newId: () => string;
  wallTime: () => number;
  onFatal: (error: unknown) => void;
}): DeadLetters {
  async function get(place: LetterPlace): Promise<StoredLetter> {
    const [letter] = await state.letters({ ids: [place] }, { limit: 1 });
    if (!letter) throw new NotFound(`There is no dead letter ${idOf(place)}.`);
    return letter;
  }

  /** Throws NotFound if one of them doesn't exist. */
  async function expectAll(places: readonly LetterPlace[]): Promise<void> {
    const found = new Set((await state.letters({ ids: places }, { limit: places.length })).map(idOf));
    const missing = places.find((place) => !found.has(idOf(place)));
    if (missing) throw new NotFound(`There is no dead letter ${idOf(missing)}.`);
  }

  const redelivery = createRedelivery({ state, dispatcher, onFatal });

  function groupsOf({ ids, group }: LetterFilter): Iterable<string> {
    if (group !== undefined) return [group];
    return ids ? new Set(ids.map((place) => place.group)) : dispatcher.names();
  }

  return {
    list: (filter, page) => state.letters(filter, page),
    get,
    async redeliver(filter) {
      if (filter.ids) await expectAll(filter.ids);
      try {
        return await queueInPieces(state, filter, { id: newId(), createdAt: wallTime() });
      } finally {
        for (const group of groupsOf(filter)) redelivery.begin(group);
      }
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
