import type { CommentStatus } from '@blog/contract';

/** A comment that can be shown: an approved one, or the reader's own in any status. */
export interface Comment {
  id: string;
  postId: string;
  author: string;
  /** Markdown, as it was typed. */
  content: string;
  /** `content` as sanitised HTML; empty where the service gives none. */
  html: string;
  status: CommentStatus;
  createdAt: string;
  version: number;
  /** When its author last changed it. */
  editedAt?: string;
  /** The comment that it replies to. */
  parentId?: string;
  /** Written by this reader. */
  own?: boolean;
  /** Why it was rejected; told to its author only. */
  reason?: string;
  /** Until when its author may change it; told to its author only. */
  editableUntil?: string;
  /** The key under which this page has sent it, so that it stays the same thing on the page. */
  key?: string;
}

/** What was typed and is on its way: not stored yet as far as this page knows. */
export interface Outgoing {
  /** Names the request, so that repeating it stores nothing twice. */
  key: string;
  author: string;
  content: string;
  parentId?: string;
  /** What was typed into the trap for programs; people leave it empty. */
  website?: string;
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

const optional = ['editedAt', 'parentId', 'reason', 'editableUntil'] as const;

/** Reads a comment out of JSON that came from outside; undefined where it isn't one. */
export function readComment(value: unknown): Comment | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given = value as Partial<Comment>;
  const { id, content, status } = given;
  if (typeof id !== 'string' || typeof content !== 'string') return undefined;
  if (status !== 'pending' && status !== 'approved' && status !== 'rejected') return undefined;
  const comment: Comment = {
    id,
    content,
    status,
    html: given.html ?? '',
    postId: given.postId ?? '',
    author: given.author ?? '',
    createdAt: given.createdAt ?? '',
    version: given.version ?? 1,
    ...(given.own === true ? { own: true } : {}),
  };
  for (const name of optional) if (typeof given[name] === 'string') comment[name] = given[name];
  return comment;
}

export function readComments(value: unknown): Comment[] {
  if (!Array.isArray(value)) return [];
  return value.map(readComment).filter((comment) => comment !== undefined);
}
