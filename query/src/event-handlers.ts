import { blogEvents } from '@blog/contract';
import type { ReceivedEvent } from '@blog/kit/state';
import { type Position, projectComment, projectPost, type Renderer } from './projection';
import type { ReadModelTransaction } from './read-model-transaction';

/** What the read model is made of. */
export const listensTo = {
  PostCreated: blogEvents.PostCreated,
  PostUpdated: blogEvents.PostUpdated,
  CommentCreated: blogEvents.CommentCreated,
  CommentUpdated: blogEvents.CommentUpdated,
};

export type ReadModelEvent = ReceivedEvent<typeof listensTo>;

export interface ProjectionParts {
  render: Renderer;
  now: () => Date;
}

/** Applies events in order inside a transaction. Repeated and late ones change nothing. */
export async function applyEvents(
  tx: ReadModelTransaction,
  events: ReadModelEvent[],
  parts: ProjectionParts,
): Promise<void> {
  for (const event of events) {
    const at = { sequence: event.sequence ?? null, time: event.time ?? parts.now().toISOString() };
    if (event.type === 'PostCreated' || event.type === 'PostUpdated') await postChanged(tx, event.data, at, parts);
    else await commentChanged(tx, event.data, at, parts);
  }
}

type DataOf<T extends ReadModelEvent['type']> = Extract<ReadModelEvent, { type: T }>['data'];

async function postChanged(
  tx: ReadModelTransaction,
  fact: DataOf<'PostCreated' | 'PostUpdated'>,
  at: Position,
  { render }: ProjectionParts,
): Promise<void> {
  const post = projectPost(await tx.findPost(fact.id), fact, at, render.post);
  if (post) await tx.savePost(post);
}

async function commentChanged(
  tx: ReadModelTransaction,
  fact: DataOf<'CommentCreated' | 'CommentUpdated'>,
  at: Position,
  { render }: ProjectionParts,
): Promise<void> {
  const comment = projectComment(await tx.findComment(fact.id), fact, at, render.comment);
  if (comment) await tx.saveComment(comment);
}
