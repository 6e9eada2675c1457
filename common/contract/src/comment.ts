import { z } from 'zod';
import { body, id, requiredText, text, time, version } from './text';

const content = requiredText(10_000);
const author = text(80);

/** `pending` until moderation has judged it; the text of a comment that isn't `approved` is not public. */
export const CommentStatus = z.enum(['pending', 'approved', 'rejected']);
export type CommentStatus = z.output<typeof CommentStatus>;

/** What `POST /posts/:id/comments` takes. `author` is a display name; empty means anonymous. */
export const NewComment = body({ content, author: author.default('') });
export type NewComment = z.output<typeof NewComment>;

/** A comment as the public sees it: `content` is empty unless it is approved. */
export const PublicComment = z.object({
  id,
  postId: id,
  author,
  content: z.string(),
  status: CommentStatus,
  createdAt: time,
  version,
});
export type PublicComment = z.output<typeof PublicComment>;

/** A comment as its author sees it: with its content, and with the reason where it was rejected. */
export type OwnComment = PublicComment & { own: true; reason?: string };

/** The data of CommentCreated and CommentUpdated. The classic code sends the four first fields only. */
export const CommentFact = z.object({
  id,
  content,
  postId: id,
  status: CommentStatus,
  author: author.default(''),
  createdAt: time.optional(),
  version: version.optional(),
});
export type CommentFact = z.output<typeof CommentFact>;

/** The data of CommentModerated: the verdict on one version of a comment. */
export const VerdictFact = z.object({
  id,
  content,
  postId: id,
  status: CommentStatus,
  /** Why it was rejected, in words for its author. */
  reason: text(1_000).optional(),
  /** How often moderation has judged this comment, 1 for the first verdict. A later verdict replaces an earlier one. */
  revision: version.optional(),
});
export type VerdictFact = z.output<typeof VerdictFact>;
