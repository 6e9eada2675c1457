import { request } from '../../studio/request';

export const statuses = ['pending', 'flagged', 'approved', 'rejected'] as const;
export type QueueStatus = (typeof statuses)[number];
/** What a person can decide. */
export type Decision = 'approved' | 'rejected' | 'pending';

export interface Span {
  start: number;
  end: number;
}

export interface VerdictShown {
  revision: number;
  status: QueueStatus;
  by: string;
  reason?: string;
  decidedAt: string;
}

/** A comment in the review queue, as the moderation service tells it. */
export interface QueueItem {
  id: string;
  postId: string;
  parentId?: string;
  author: string;
  authorId?: string;
  content: string;
  createdAt: string;
  postTitle?: string;
  /** What it replies to, unless that is gone. */
  parent?: { author: string; content: string };
  status: QueueStatus;
  revision: number;
  rule?: string;
  spans: Span[];
  authorCounts?: { approved: number; rejected: number };
  history: VerdictShown[];
}

export interface QueuePage {
  counts: Record<QueueStatus, number>;
  items: QueueItem[];
}

export interface Verdict {
  commentId: string;
  revision: number;
  status: QueueStatus;
}

export type Result = Verdict | { commentId: string; error: { status: number; detail?: string } };

const api = '/api/moderation';

export async function loadQueue(
  { status, q }: { status: QueueStatus; q: string },
  page: string | undefined,
): Promise<QueuePage & { next: string | undefined }> {
  const first = `${api}/queue?${new URLSearchParams({ status, limit: '50', ...(q === '' ? {} : { q }) })}`;
  const { body, next } = await request<QueuePage>(page ?? first);
  return { ...body, next };
}

/**
 * Decides on several comments at once, each with the revision that was seen; one that somebody else has decided meanwhile
 * comes back with an error. Without a revision whatever is there is overruled.
 */
export async function decide(
  items: readonly (readonly [item: { id: string }, revision: number | undefined])[],
  verdict: Decision,
  reason?: string,
): Promise<Result[]> {
  const json = items.map(([{ id }, revision]) => ({ commentId: id, verdict, revision, reason }));
  return (await request<Result[]>(`${api}/verdicts`, { method: 'POST', json })).body;
}

/** What is erased: one comment, or all that its author wrote. */
export type ErasedOf = 'comment' | 'author';

/** Erases for good; gives the ids of the comments that are gone. */
export async function erase({ id, postId }: Pick<QueueItem, 'id' | 'postId'>, of: ErasedOf): Promise<string[]> {
  const path = `/api/comments/posts/${encodeURIComponent(postId)}/comments/${encodeURIComponent(id)}/erasure?of=${of}`;
  const { body } = await request<{ comments: { id: string }[] }>(path, { method: 'POST' });
  return body.comments.map((comment) => comment.id);
}

/** Takes decisions back. */
export async function takeBack(
  items: readonly { commentId: string; revision: number | undefined }[],
): Promise<Result[]> {
  return (await request<Result[]>(`${api}/verdicts/undo`, { method: 'POST', json: items })).body;
}

/** A text in pieces: what a rule has found, and what is between. Spans may touch, overlap or lie outside. */
export function highlight(text: string, spans: readonly Span[]): { text: string; isFound: boolean }[] {
  const pieces: { text: string; isFound: boolean }[] = [];
  let at = 0;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    const [from, to] = [Math.max(at, start), Math.min(end, text.length)];
    if (to <= from) continue;
    if (from > at) pieces.push({ text: text.slice(at, from), isFound: false });
    pieces.push({ text: text.slice(from, to), isFound: true });
    at = to;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isFound: false });
  return pieces;
}
