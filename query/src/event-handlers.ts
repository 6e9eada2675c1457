import { blogEvents } from '@blog/contract';
import type { ReceivedEvent } from '@blog/kit/state';
import { type Position, projectComment, projectPost, type Renderer } from './projection';
import type { ReadModelTransaction } from './read-model-transaction';

/** What the read model is made of. */
export const listensTo = {
  PostCreated: blogEvents.PostCreated,
  PostUpdated: blogEvents.PostUpdated,
  PostDeleted: blogEvents.PostDeleted,
  CommentCreated: blogEvents.CommentCreated,
  CommentUpdated: blogEvents.CommentUpdated,
  CommentDeleted: blogEvents.CommentDeleted,
  PostErased: blogEvents.PostErased,
  CommentErased: blogEvents.CommentErased,
};

export type ReadModelEvent = ReceivedEvent<typeof listensTo>;

export interface ProjectionParts {
  /** The event's own text, rendered. */
  render: Renderer;
  now: () => Date;
}

/** Applies an event inside a transaction. A repeated or late one changes nothing. */
export function applyEvent(tx: ReadModelTransaction, event: ReadModelEvent, parts: ProjectionParts): void {
  change(tx, event, parts);
  tx.forgetSkipped(event);
}

function change(tx: ReadModelTransaction, event: ReadModelEvent, { render, now }: ProjectionParts): void {
  const at = { sequence: event.sequence ?? null, time: event.time ?? now().toISOString() };
  switch (event.type) {
    case 'PostCreated':
    case 'PostUpdated':
      // What is left of it in the log: it was erased later.
      if (event.erased) return postDeleted(tx, event.data);
      return postChanged(tx, event.data, at, render);
    case 'PostErased':
    case 'PostDeleted':
      return postDeleted(tx, event.data);
    case 'CommentCreated':
    case 'CommentUpdated':
      if (event.erased) return commentDeleted(tx, event.data);
      return commentChanged(tx, event.data, at, render);
    case 'CommentErased':
    case 'CommentDeleted':
      return commentDeleted(tx, event.data);
  }
}

type DataOf<T extends ReadModelEvent['type']> = Extract<ReadModelEvent, { type: T }>['data'];

function postChanged(tx: ReadModelTransaction, fact: DataOf<'PostCreated'>, at: Position, render: Renderer): void {
  if (tx.isPostGone(fact.id)) return;
  const stored = tx.findPost(fact.id);
  const post = projectPost(stored, fact, at, render.post);
  if (!post) return;
  tx.savePost(post, stored);
  tx.saveFormerPaths(fact.id, fact.formerPaths ?? []);
}

/** Deleting is the last that happens to an entity: ids are given once. So it needs no version to count. */
function postDeleted(tx: ReadModelTransaction, { id }: Pick<DataOf<'PostDeleted'>, 'id'>): void {
  if (!tx.isPostGone(id)) tx.deletePost(id, tx.findPost(id));
}

function commentChanged(
  tx: ReadModelTransaction,
  fact: DataOf<'CommentCreated'>,
  at: Position,
  render: Renderer,
): void {
  if (tx.isCommentGone(fact.id) || tx.isPostGone(fact.postId)) return;
  const stored = tx.findComment(fact.id);
  const comment = projectComment(stored, fact, at, render.comment);
  if (comment) tx.saveComment(comment, stored);
}

function commentDeleted(tx: ReadModelTransaction, comment: Pick<DataOf<'CommentDeleted'>, 'id' | 'postId'>): void {
  if (tx.isCommentGone(comment.id) || tx.isPostGone(comment.postId)) return;
  tx.deleteComment(comment, tx.findComment(comment.id));
}
