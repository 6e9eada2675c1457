import { sendJson } from '../../browser/send-json';
import type { Refusal } from '../../faults';
import { messages } from '../../messages';
import { type Comment, type Outgoing, readComment, readComments } from './comment';

export type Sent = { ok: true; comment: Comment } | { ok: false; refusal: Refusal };

const unknown: Sent = { ok: false, refusal: { message: messages.faults.unknown, faults: [] } };

/** Sends a comment. The answer lists all of the post's comments; `Location` tells which one is new. */
export async function sendComment(postId: string, outgoing: Outgoing): Promise<Sent> {
  const { key, author, content, parentId, website } = outgoing;
  const body = {
    content,
    ...(author ? { author } : {}),
    ...(parentId ? { parentId } : {}),
    ...(website ? { website } : {}),
  };
  const answer = await sendJson({ method: 'POST', path: commentsPath(postId), body, key });
  if (!answer.ok) return answer;
  const comments = readComments(answer.body);
  const id = answer.location?.split('/').pop();
  const stored = comments.find((comment) => comment.id === id) ?? comments.at(-1);
  return stored ? { ok: true, comment: { ...stored, content: stored.content || content, own: true } } : unknown;
}

/** Changes the text of one's own comment; it is then pending again. */
export async function changeComment({ postId, id }: Comment, content: string): Promise<Sent> {
  const answer = await sendJson({ method: 'PATCH', path: commentPath(postId, id), body: { content } });
  if (!answer.ok) return answer;
  const changed = readComment(answer.body);
  return changed ? { ok: true, comment: { ...changed, content, own: true } } : unknown;
}

/** Deletes one's own comment. Undefined once it is gone, whoever did it. */
export async function deleteComment({ postId, id }: Comment): Promise<Refusal | undefined> {
  const answer = await sendJson({ method: 'DELETE', path: commentPath(postId, id) });
  return answer.ok ? undefined : answer.refusal;
}

/** The comments as their own service knows them: one's own with text and reason, others' when approved. */
export async function fetchComments(postId: string): Promise<Comment[]> {
  const response = await fetch(commentsPath(postId), { headers: { Accept: 'application/json' } });
  return response.ok ? readComments(await response.json()) : [];
}

/**
 * The newest comments of the read model: those of others as they became visible. Rejects while it is away, also if an older
 * answer stands in for it: what the page has heard since would be taken back.
 */
export async function fetchVisibleComments(postId: string): Promise<Comment[]> {
  const response = await fetch(`/api/query/posts/${encodeURIComponent(postId)}`);
  if (!response.ok || response.headers.get('Warning')) throw new Error(`no answer: ${response.status}`);
  return readComments(((await response.json()) as { comments?: unknown }).comments);
}

function commentsPath(postId: string): string {
  return `/api/comments/posts/${encodeURIComponent(postId)}/comments`;
}

function commentPath(postId: string, id: string): string {
  return `${commentsPath(postId)}/${encodeURIComponent(id)}`;
}
