import type { CommentStatus } from '@blog/contract';

/** A comment that can be shown: an approved one, or the reader's own in any status. */
export interface Comment {
  id: string;
  postId: string;
  author: string;
  content: string;
  status: CommentStatus;
  createdAt: string;
  version: number;
  /** Written by this reader. */
  own?: boolean;
  /** Why it was rejected; told to its author only. */
  reason?: string;
}

/** What was typed and is on its way: not stored yet as far as this page knows. */
export interface Outgoing {
  /** Names the request, so that repeating it stores nothing twice. */
  key: string;
  author: string;
  content: string;
  state: 'sending' | 'failed';
  /** Why it failed, in words. */
  message?: string;
}

/** Whether this reader may see a comment at all. */
export function isVisible(comment: Comment): boolean {
  return comment.own === true || comment.status === 'approved';
}

/** In the order of writing; comments of one instant in the order of their ids. */
export function inOrder(comments: readonly Comment[]): Comment[] {
  return [...comments].sort((a, b) => compare(a.createdAt, b.createdAt) || compare(a.id, b.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Reads a comment out of JSON that came from outside; undefined where it isn't one. */
export function readComment(value: unknown): Comment | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, postId, author, content, status, createdAt, version, own, reason } = value as Partial<Comment>;
  if (typeof id !== 'string' || typeof content !== 'string') return undefined;
  if (status !== 'pending' && status !== 'approved' && status !== 'rejected') return undefined;
  return {
    id,
    content,
    status,
    postId: postId ?? '',
    author: author ?? '',
    createdAt: createdAt ?? '',
    version: version ?? 1,
    ...(own === true ? { own } : {}),
    ...(typeof reason === 'string' ? { reason } : {}),
  };
}

export function readComments(value: unknown): Comment[] {
  if (!Array.isArray(value)) return [];
  return value.map(readComment).filter((comment) => comment !== undefined);
}
