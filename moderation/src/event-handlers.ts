import { blogEvents } from '@blog/contract';
import type { ReceivedEvent } from '@blog/kit/state';
import { judge, type Rule } from './domain';
import type { VerdictStore, VerdictTransaction } from './store';

/** What moderation listens to. */
export const listensTo = { CommentCreated: blogEvents.CommentCreated };

type Event = ReceivedEvent<typeof listensTo>;

/** Applies events in order and in one transaction. Repeated ones change nothing. */
export function createEventHandlers(store: VerdictStore, rules: readonly Rule[]): (events: Event[]) => Promise<void> {
  return (events) =>
    store.transaction(async (tx) => {
      for (const event of events) await commentCreated(tx, event, rules);
    });
}

async function commentCreated(tx: VerdictTransaction, event: Event, rules: readonly Rule[]): Promise<void> {
  const earlier = await tx.find(event.data.id);
  const judged = judge(event.data, { rules, earlier });
  if (judged) await tx.save(judged.verdict, judged.fact, event);
}
