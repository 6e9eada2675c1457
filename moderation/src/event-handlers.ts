import { blogEvents } from '@blog/contract';
import type { ReceivedEvent } from '@blog/kit/state';
import { adopt, believe, commentOf, judge, postAfter, whatToDo } from './domain';
import type { ModerationTransaction } from './moderation-transaction';
import type { ModerationStore } from './store';

/** What moderation listens to. */
export const listensTo = {
  CommentCreated: blogEvents.CommentCreated,
  CommentUpdated: blogEvents.CommentUpdated,
  CommentDeleted: blogEvents.CommentDeleted,
  CommentErased: blogEvents.CommentErased,
  PostCreated: blogEvents.PostCreated,
  PostUpdated: blogEvents.PostUpdated,
  PostDeleted: blogEvents.PostDeleted,
  PostErased: blogEvents.PostErased,
};

type Event = ReceivedEvent<typeof listensTo>;
type EventOf<T extends Event['type']> = Extract<Event, { type: T }>;

/** So many comments go in one transaction, so that others need not wait until all of a post are gone. */
const stepSize = 200;

/** Applies events in order and in one transaction. Repeated and late ones change nothing. */
export function createEventHandlers(
  store: ModerationStore,
  { now }: { now: () => Date },
): (events: Event[]) => Promise<void> {
  return async (events) => {
    await store.transaction(async (tx) => {
      for (const event of events) await apply(tx, event, now());
    });
    // A crash in between loses nothing: the event wasn't answered and comes again.
    for (const event of events) {
      if (event.type === 'PostDeleted' || event.type === 'PostErased') await forgetCommentsOf(store, event.data.id);
    }
    // An erasure counts as done when no byte is left: until then the event comes again.
    if (events.some(({ type }) => type === 'CommentErased' || type === 'PostErased')) await store.scrub();
  };
}

async function forgetCommentsOf(store: ModerationStore, postId: string): Promise<void> {
  while ((await store.transaction((tx) => tx.forgetCommentsOf(postId, stepSize))) === stepSize);
}

function apply(tx: ModerationTransaction, event: Event, now: Date): Promise<void> {
  switch (event.type) {
    case 'CommentCreated':
    case 'CommentUpdated':
      // What is left of one in the log: nothing can be judged, and nothing brings it back.
      if (event.erased) return tx.deleteComment(event.data.id, event.data.postId);
      return commentChanged(tx, event, now);
    case 'CommentErased':
      return tx.eraseComment(event.data.id, event.data.postId);
    case 'CommentDeleted':
      return tx.deleteComment(event.data.id, event.data.postId);
    case 'PostCreated':
    case 'PostUpdated':
      if (event.erased) return tx.deletePost(event.data.id);
      return postChanged(tx, event, now);
    case 'PostDeleted':
      return tx.deletePost(event.data.id);
    case 'PostErased':
      return erasePost(tx, event.data.id);
  }
}

async function erasePost(tx: ModerationTransaction, id: string): Promise<void> {
  await tx.deletePost(id);
  await tx.erasePost(id);
}

/** When an event happened; of a classic one without a time, when it came in. */
const timeOf = ({ time }: Event, now: Date): string => new Date(time ?? now).toISOString();

async function commentChanged(
  tx: ModerationTransaction,
  event: EventOf<'CommentCreated' | 'CommentUpdated'>,
  now: Date,
): Promise<void> {
  const { type, data: fact } = event;
  const { entry, verdicts } = await tx.find(fact.id);
  const [last] = verdicts;
  const task = whatToDo(type, fact, { entry, verdict: last });
  // A comment that was on its way while its post was deleted goes with it.
  if (task === 'nothing' || (await tx.findPost(fact.postId))?.isDeleted) return;
  // An edit may say less than what is known.
  const comment = { ...entry?.comment, ...commentOf(fact, entry?.comment.createdAt ?? timeOf(event, now)) };
  if (task === 'adopt') return last && tx.saveEntry(adopt(comment, last));
  if (task === 'believe') return tx.save(believe(comment, fact.status, now.toISOString()), event);
  const { compiled } = await tx.rules();
  const outcome = compiled.evaluate(await tx.evaluated(comment));
  await tx.save(judge(comment, outcome, { last, at: now.toISOString() }), event);
}

async function postChanged(
  tx: ModerationTransaction,
  event: EventOf<'PostCreated' | 'PostUpdated'>,
  now: Date,
): Promise<void> {
  const post = postAfter(await tx.findPost(event.data.id), event.data, timeOf(event, now));
  if (post) await tx.savePost(post);
}
