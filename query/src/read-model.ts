import type { Logger } from '@blog/kit';
import type { Renderer } from '@blog/kit/rendering';
import { isFaultOfEvent, reasonOf } from '@blog/kit/state';
import { applyEvent, type ReadModelEvent } from './event-handlers';
import type { PreparedAnswers } from './http/prepared-answers';
import type { LiveStream } from './live-stream';
import type { ReadModelTransaction } from './read-model-transaction';
import { partsOf, prepareText, type PreparedText } from './rendering';
import type { Failed } from './skipped-events';
import type { CatchUp, ReadModelStore } from './store';

export interface ReadModelDeps {
  store: ReadModelStore;
  answers: PreparedAnswers;
  stream: LiveStream;
  renderer: Renderer;
  now: () => Date;
  logger: Logger;
}

/** Events that were read from the log: how far that got, and those among them that could not even be understood. */
export interface FromHistory {
  progress?: CatchUp;
  unreadable: readonly Failed[];
}

/**
 * Applies events in one transaction, with the progress of catching up if they come from history; texts that are very long
 * together go in several. In the same turn the answers that they changed are forgotten, and the readers of the live
 * stream are told.
 *
 * An event that can't be applied is skipped: kept with its place in the log, and passed over. Rejects only if something
 * is wrong here, and not with an event.
 */
export type Apply = (events: ReadModelEvent[], history?: FromHistory) => Promise<void>;

/** An event with its text, ready to be applied. */
interface Prepared {
  event: ReadModelEvent;
  render: PreparedText;
}

export function createApply({ store, answers, stream, renderer, now, logger }: ReadModelDeps): Apply {
  let lastTurn = Promise.resolve();

  function commit(work: (tx: ReadModelTransaction) => void): void {
    const { changed } = store.transaction(work);
    answers.forget(changed);
    if (changed.posts.size > 0) stream.announce();
  }

  function applyApart(prepared: readonly Prepared[]): Failed[] {
    return prepared.flatMap(({ event, render }) => {
      try {
        commit((tx) => applyEvent(tx, event, { render, now }));
        return [];
      } catch (error) {
        if (!isFaultOfEvent(error)) throw error;
        return [{ event, error }];
      }
    });
  }

  function applyAll(prepared: readonly Prepared[], { progress, unreadable }: Partial<FromHistory>): void {
    const applyWith = (events: readonly Prepared[], failed: readonly Failed[]): void =>
      commit((tx) => {
        for (const { event, render } of events) applyEvent(tx, event, { render, now });
        for (const one of failed) tx.skip(one);
        if (progress) tx.saveCatchUp(progress);
      });
    let failed = unreadable ?? [];
    try {
      applyWith(prepared, failed);
    } catch (error) {
      if (!isFaultOfEvent(error)) throw error;
      failed = [...failed, ...applyApart(prepared)];
      applyWith([], failed);
    }
    for (const { event, error } of failed) {
      const { id, sequence, type } = event;
      logger.error({ id, sequence, type, reason: reasonOf(error) }, 'an event can not be applied and is skipped');
    }
  }

  const prepare = (events: readonly ReadModelEvent[]): Promise<Prepared[]> =>
    Promise.all(events.map(async (event) => ({ event, render: await prepareText(event, renderer) })));

  /** A classic bus numbers nothing: what came first is applied first, whichever text is rendered sooner. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = lastTurn.then(work);
    lastTurn = turn.catch(() => undefined);
    return turn;
  }

  return async (events, history) => {
    const parts = partsOf(events);
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1;
      const prepared = prepare(part);
      // A page of history takes its turn only when it is ready, so that what is pushed doesn't wait for it.
      if (history) await prepared;
      await inTurn(async () => applyAll(await prepared, isLast ? (history ?? {}) : {}));
    }
  };
}
