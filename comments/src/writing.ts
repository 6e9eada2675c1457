import type { CommentChange, CommentToImport, NewComment } from '@blog/contract';
import { Conflict, Forbidden, InvalidInput, NotFound } from '@blog/kit';
import type { IdempotentRequest } from '@blog/kit/state';
import { hashOf, newToken, tokenOfKey } from './author-token';
import {
  applyVerdict,
  type Comment,
  createComment,
  deletionOf,
  editComment,
  importComment,
  isEditable,
  isSameComment,
} from './domain';
import { countSending } from './sending-limits';
import type { CommentTransaction, SendingLimit } from './transaction';
import type { Viewer } from './views';

/** Who sends a comment, or changes one. */
export interface Sender extends Viewer {
  addressHash: string;
  /** Why somebody who says to be a moderator isn't believed. */
  disbelief?: Error;
  /** What holds for their address. */
  limits: readonly SendingLimit[];
}

export interface NewCommentRequest {
  postId: string;
  input: NewComment;
  /** The HTML of its text; absent if it has yet to be made. */
  html?: string | undefined;
  sender: Sender;
  /** Present where the same request may come again. */
  wish?: IdempotentRequest;
}

export interface Written {
  id: string;
  /** The token of its author. */
  token: string;
  /** Present where it only seems to be written. */
  trapped?: Comment;
}

export interface WritingDeps {
  newId: () => string;
  now: () => Date;
  secret: string;
}

/** Writes a comment once, however often the same request comes: the first answer is given again. */
export async function writeComment(
  tx: CommentTransaction,
  { postId, input, html, sender, wish }: NewCommentRequest,
  { newId, now, secret }: WritingDeps,
): Promise<Written> {
  const tokenFor = (commentId: string) => (wish ? tokenOfKey(secret, { key: wish.key, commentId }) : newToken());
  const earlier = wish && (await tx.earlierAnswer(wish));
  if (earlier) return { id: earlier.id, token: tokenFor(earlier.id) };

  await countSending(tx, sender);
  if (await tx.isPostDeleted(postId)) throw new NotFound('The post was deleted.');
  if (input.parentId !== undefined) await requireParent(tx, postId, input.parentId);
  const id = newId();
  const token = tokenFor(id);
  const authorId = (await tx.authorOf(sender.tokenHashes)) ?? id;
  const { addressHash } = sender;
  const origin = { id, postId, tokenHash: hashOf(token), authorId, addressHash, html };
  const created = createComment(input, { ...origin, now: now() });
  if (isTrapped(input)) return { id, token, trapped: created.comment };

  await tx.insert(created);
  // At once with its verdict, where that one came first.
  const verdict = await tx.takeVerdict(id);
  const change = verdict && applyVerdict(created.comment, verdict);
  if (change) await tx.update(change, {});
  if (wish) await tx.keepAnswer(wish, { id });
  return { id, token };
}

/** Only a program fills in a field that people don't see. */
function isTrapped({ website }: NewComment): boolean {
  return website !== undefined && website !== '';
}

async function requireParent(tx: CommentTransaction, postId: string, parentId: string): Promise<void> {
  const parent = await tx.find(parentId);
  if (parent?.postId === postId) return;
  throw new InvalidInput([{ path: 'parentId', message: 'is no comment of this post' }]);
}

/**
 * Takes over a comment from elsewhere. Again it changes nothing, so that an import can be repeated. Its parent may come
 * later. Throws Conflict where another comment has this id.
 */
export async function takeOver(
  tx: CommentTransaction,
  { id: postId, commentId: id }: CommentPlace,
  { html, ...given }: CommentToImport & Pick<Comment, 'html'>,
): Promise<{ comment: Comment; isNew: boolean }> {
  const stored = await tx.find(id);
  if (stored?.postId === postId && isSameComment(stored, given)) return { comment: stored, isNew: false };
  if (stored) throw new Conflict('There is another comment with this id.');
  if (await tx.isErased(id)) throw new Conflict('The comment with this id was erased.');
  if (await tx.isPostDeleted(postId)) throw new Conflict('The post was deleted.');
  const created = importComment(given, { id, postId, tokenHash: hashOf(newToken()), authorId: id, html });
  await tx.insert(created);
  return { comment: created.comment, isNew: true };
}

/** One comment of a post. */
export interface CommentPlace {
  id: string;
  commentId: string;
}

/** Gives a comment another text: its author for 15 minutes, a moderator at any time. */
export async function changeComment(
  tx: CommentTransaction,
  {
    place,
    input,
    sender,
    now,
  }: { place: CommentPlace; input: CommentChange & Pick<Comment, 'html'>; sender: Sender; now: Date },
): Promise<Comment> {
  const comment = await findChangeable(tx, place, sender);
  if (!sender.isModerator) {
    if (!isEditable(comment, now)) throw new Forbidden('Its author may edit a comment for 15 minutes only.');
  }
  const change = editComment(comment, input, now);
  if (!change) return comment;
  if (!sender.isModerator) await countSending(tx, sender);
  await tx.update(change, {});
  return change.comment;
}

/** Deletes a comment: its author or a moderator, at any time. Replies to it stay. */
export async function deleteComment(
  tx: CommentTransaction,
  { place, sender }: { place: CommentPlace; sender: Sender },
): Promise<void> {
  await tx.remove([deletionOf(await findChangeable(tx, place, sender))], {});
}

/** The comment of this post, where it is the sender's own or they are a moderator. */
async function findChangeable(tx: CommentTransaction, place: CommentPlace, sender: Sender): Promise<Comment> {
  const comment = commentAt(place, await tx.find(place.commentId));
  if (sender.isModerator || sender.tokenHashes.has(comment.tokenHash)) return comment;
  throw sender.disbelief ?? new Forbidden('Only its author may do this (with its Comment-Token), or a moderator.');
}

/** What was found under a comment's id, where it is one of this post. Throws NotFound otherwise. */
export function commentAt({ id }: Pick<CommentPlace, 'id'>, found: Comment | undefined): Comment {
  if (found?.postId !== id) throw new NotFound('The post has no such comment.');
  return found;
}
