import { blogEvents } from '@blog/contract';
import type { ReceivedEvent } from '@blog/kit/state';
import { applyVerdict } from './domain';
import type { CommentStore, CommentTransaction } from './store';

/** What comments listens to. */
export const listensTo = { CommentModerated: blogEvents.CommentModerated };

type Event = ReceivedEvent<typeof listensTo>;

/** Applies events in order and in one transaction. Repeated and late ones change nothing. */
export function createEventHandlers(store: CommentStore): (events: Event[]) => Promise<void> {
  return (events) =>
    store.transaction(async (tx) => {
      for (const event of events) await commentModerated(tx, event);
    });
}

async function commentModerated(tx: CommentTransaction, event: Event): Promise<void> {
  const comment = await tx.find(event.data.id);
  if (!comment) return tx.keepVerdict(event.data.id, event.data);
  const change = applyVerdict(comment, event.data);
  if (change) await tx.update(change, event);
}
