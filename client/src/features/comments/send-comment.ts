import { postJson } from '../../browser/post-json';
import type { Refusal } from '../../faults';
import { messages } from '../../messages';
import { type Comment, type Outgoing, readComments } from './comment';

export type Sent = { ok: true; comment: Comment } | { ok: false; refusal: Refusal };

/** Sends a comment. The answer lists all of the post's comments; `Location` tells which one is new. */
export async function sendComment(postId: string, { key, author, content }: Outgoing): Promise<Sent> {
  const answer = await postJson(commentsPath(postId), author === '' ? { content } : { content, author }, key);
  if (!answer.ok) return answer;
  const comments = readComments(answer.body);
  const id = answer.location?.split('/').pop();
  const stored = comments.find((comment) => comment.id === id) ?? comments.at(-1);
  if (!stored) return { ok: false, refusal: { message: messages.faults.unknown, faults: [] } };
  return { ok: true, comment: { ...stored, content: stored.content || content, own: true } };
}

/** The comments as their own service knows them: one's own with text and reason, others' when approved. */
export async function fetchComments(postId: string): Promise<Comment[]> {
  const response = await fetch(commentsPath(postId), { headers: { Accept: 'application/json' } });
  return response.ok ? readComments(await response.json()) : [];
}

/** The newest comments of the read model: those of others as they became visible. */
export async function fetchVisibleComments(postId: string): Promise<Comment[]> {
  const response = await fetch(`/api/query/posts/${encodeURIComponent(postId)}`);
  if (!response.ok) return [];
  return readComments(((await response.json()) as { comments?: unknown }).comments);
}

function commentsPath(postId: string): string {
  return `/api/comments/posts/${encodeURIComponent(postId)}/comments`;
}
