import { applyEvents, type ProjectionParts, type ReadModelEvent } from './event-handlers';
import type { PreparedAnswers } from './http/prepared-answers';
import type { LiveStream } from './live-stream';
import type { CatchUp, ReadModelStore } from './store';

export interface ReadModelDeps {
  store: ReadModelStore;
  answers: PreparedAnswers;
  stream: LiveStream;
  parts: ProjectionParts;
}

/**
 * Applies events in one transaction, with the progress of catching up where they come from history. In the same turn the
 * answers that they changed are forgotten, and the readers of the live stream are told.
 */
export type Apply = (events: ReadModelEvent[], progress?: CatchUp) => Promise<void>;

export function createApply({ store, answers, stream, parts }: ReadModelDeps): Apply {
  return async (events, progress) => {
    const { changed } = store.transaction((tx) => {
      applyEvents(tx, events, parts);
      if (progress) tx.saveCatchUp(progress);
    });
    answers.forget(changed);
    if (changed.posts.size > 0) stream.announce();
  };
}
