import type { CommentFact, CommentStatus, NewComment, OwnComment, PublicComment, VerdictFact } from '@blog/contract';
import type { Fact } from '@blog/kit';
import { renderLimitedMarkdown } from '@blog/kit/markdown';

export interface Comment {
  id: string;
  postId: string;
  author: string;
  content: string;
  status: CommentStatus;
  /** Why it was rejected, for its author's eyes. */
  reason?: string;
  createdAt: string;
  version: number;
  /** The revision of the verdict in force; 0 before the first. */
  verdictRevision: number;
  /** The SHA-256 of the token that only its author has. */
  tokenHash: string;
}

/** A comment's new state, and the fact that tells the others. */
export interface Change {
  comment: Comment;
  fact: Fact<'CommentCreated' | 'CommentUpdated', CommentFact>;
}

export type Verdict = Pick<VerdictFact, 'status' | 'reason' | 'revision'>;

/** Writes a comment; it is pending. */
export function createComment(
  input: NewComment,
  { id, postId, tokenHash, now }: { id: string; postId: string; tokenHash: string; now: Date },
): Change {
  const comment: Comment = {
    id,
    postId,
    author: input.author,
    content: input.content,
    status: 'pending',
    createdAt: now.toISOString(),
    version: 1,
    verdictRevision: 0,
    tokenHash,
  };
  return { comment, fact: factOf('CommentCreated', comment) };
}

/**
 * Applies a verdict; undefined where it changes nothing. A verdict counts if its revision is higher than the one in
 * force. One without a revision (classic moderation judges once) counts while the comment is pending.
 */
export function applyVerdict(comment: Comment, { status, reason, revision }: Verdict): Change | undefined {
  const counts = revision === undefined ? comment.status === 'pending' : revision > comment.verdictRevision;
  if (!counts || (status === comment.status && revision === undefined)) return undefined;
  const judged: Comment = {
    ...comment,
    status,
    reason: status === 'rejected' ? reason : undefined,
    version: comment.version + 1,
    verdictRevision: revision ?? comment.verdictRevision,
  };
  return { comment: judged, fact: factOf('CommentUpdated', judged) };
}

/** Everything of a post has one key, so that the bus keeps it in order. */
function factOf<T extends Change['fact']['type']>(type: T, comment: Comment): Fact<T, CommentFact> {
  const { id, postId, author, content, status, createdAt, version } = comment;
  const data = { id, content, postId, status, author, createdAt, version };
  return { type, key: postId, subject: id, data };
}

/** What anybody may see: no text before it is approved. */
export function publicView(comment: Comment): PublicComment {
  return viewOf(comment, comment.status === 'approved');
}

/** What its author may see. */
export function ownView(comment: Comment): OwnComment {
  const { reason } = comment;
  return { ...viewOf(comment, true), own: true, ...(reason === undefined ? {} : { reason }) };
}

function viewOf(
  { id, postId, author, content, status, createdAt, version }: Comment,
  withText: boolean,
): PublicComment {
  const text = withText ? { content, html: renderLimitedMarkdown(content) } : { content: '', html: '' };
  return { id, ...text, status, postId, author, createdAt, version };
}
