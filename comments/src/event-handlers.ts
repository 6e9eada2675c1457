import { blogEvents } from '@blog/contract';
import type { Cause } from '@blog/kit';
import type { ReceivedEvent } from '@blog/kit/state';
import { applyVerdict, deletionOf, type Verdict } from './domain';
import type { CommentStore } from './store';
import type { CommentTransaction } from './transaction';

/** What comments listens to. */
export const listensTo = {
  CommentModerated: blogEvents.CommentModerated,
  CommentErased: blogEvents.CommentErased,
  PostDeleted: blogEvents.PostDeleted,
  PostErased: blogEvents.PostErased,
};

type Event = ReceivedEvent<typeof listensTo>;

/** So many comments go in one transaction, so that other writers need not wait until all of a post are gone. */
const stepSize = 200;

/** Applies events in order and in one transaction. Repeated and late ones change nothing. */
export function createEventHandlers(store: CommentStore): (events: Event[]) => Promise<void> {
  return async (events) => {
    await store.transaction(events.map(postOf), async (tx) => {
      for (const event of events) await apply(tx, event);
    });
    for (const event of events) {
      if (event.type === 'PostDeleted') await removeCommentsOf(store, event.data.id, event);
      if (event.type === 'PostErased') await eraseCommentsOf(store, event.data.id);
    }
    // An erasure counts as done when no byte is left: until then the event comes again.
    if (events.some(({ type }) => type === 'CommentErased' || type === 'PostErased')) await store.scrub();
  };
}

function postOf(event: Event): string {
  switch (event.type) {
    case 'CommentModerated':
    case 'CommentErased':
      return event.data.postId;
    case 'PostDeleted':
    case 'PostErased':
      return event.data.id;
  }
}

function apply(tx: CommentTransaction, event: Event): Promise<void> {
  switch (event.type) {
    case 'CommentModerated':
      return event.erased ? Promise.resolve() : commentModerated(tx, event.data, event);
    case 'CommentErased':
      return tx.forget([event.data]);
    case 'PostDeleted':
      return tx.markPostDeleted(event.data.id);
    case 'PostErased':
      return tx.erasePost(event.data.id);
  }
}

async function commentModerated(
  tx: CommentTransaction,
  verdict: Verdict & { id: string; postId: string },
  cause: Cause,
): Promise<void> {
  const comment = await tx.find(verdict.id);
  if (!comment) {
    // A verdict holds the text that was judged: of what is gone for good it isn't kept.
    if ((await tx.isErased(verdict.id)) || (await tx.isPostDeleted(verdict.postId))) return;
    return tx.keepVerdict(verdict.id, verdict);
  }
  const change = applyVerdict(comment, verdict);
  if (change) await tx.update(change, cause);
}

/**
 * Removes the comments of a post that is marked as deleted, so that none can come in meanwhile. A crash on the way leaves
 * the rest to the event's next delivery, as this one isn't answered yet.
 */
async function removeCommentsOf(store: CommentStore, postId: string, cause: Cause): Promise<void> {
  const removeSome = async (tx: CommentTransaction) => {
    const comments = await tx.someOf(postId, stepSize);
    if (comments.length > 0) await tx.remove(comments.map(deletionOf), cause);
    return comments.length;
  };
  while ((await store.transaction([postId], removeSome)) === stepSize);
}

/** Erases the comments of an erased post. The others do the same by the same event, and the bus too. */
async function eraseCommentsOf(store: CommentStore, postId: string): Promise<void> {
  const eraseSome = async (tx: CommentTransaction) => {
    const comments = await tx.someOf(postId, stepSize);
    await tx.forget(comments);
    return comments.length;
  };
  while ((await store.transaction([postId], eraseSome)) === stepSize);
}
