import { z } from 'zod';
import { factId, factText, ifFits, optionalFactText } from './fact';
import { body, id, requiredText, text, time, timeOfOthers, version } from './text';

const content = requiredText(10_000);
const author = text(80);

/** `pending` until moderation has judged it; of one that isn't `approved`, neither text nor author's name is public. */
export const CommentStatus = z.enum(['pending', 'approved', 'rejected']);
export type CommentStatus = z.output<typeof CommentStatus>;

/**
 * What `POST /posts/:id/comments` takes. `author` is a display name; empty means anonymous. `parentId` is the comment
 * that it replies to. `website` is a trap: people never see that field, so whoever fills it in is a program.
 */
export const NewComment = body({
  content,
  author: author.default(''),
  parentId: id.optional(),
  website: z.string().max(2_000).optional(),
}).meta({ id: 'NewComment' });
export type NewComment = z.output<typeof NewComment>;

/** What `PATCH /posts/:id/comments/:commentId` takes. */
export const CommentChange = body({ content }).meta({ id: 'CommentChange' });
export type CommentChange = z.output<typeof CommentChange>;

/** What `PUT /posts/:id/comments/:commentId` takes: a comment from elsewhere, with its time and what was decided on it. */
export const CommentToImport = body({
  content,
  author: author.default(''),
  parentId: id.optional(),
  status: CommentStatus.default('pending'),
  createdAt: timeOfOthers,
  editedAt: timeOfOthers.optional(),
}).meta({ id: 'CommentToImport' });
export type CommentToImport = z.output<typeof CommentToImport>;

/** A comment as the public sees it: `author`, `content` (Markdown) and `html` are empty unless it is approved. */
export const PublicComment = z
  .object({
    id,
    postId: id,
    author: z.string(),
    content: z.string(),
    /** `content` as sanitised HTML. */
    html: z.string(),
    status: CommentStatus,
    createdAt: time,
    /** When its author last changed it; absent where that never was. */
    editedAt: time.optional(),
    /** The comment that it replies to. */
    parentId: id.optional(),
    version,
  })
  .meta({ id: 'PublicComment' });
export type PublicComment = z.output<typeof PublicComment>;

/** A comment as its author sees it: with its content, the reason where it was rejected, and until when it may be edited. */
export const OwnComment = PublicComment.extend({
  own: z.literal(true),
  reason: z.string().optional(),
  editableUntil: time.optional(),
}).meta({ id: 'OwnComment' });
export type OwnComment = z.output<typeof OwnComment>;

/** A comment as a moderator sees it: with its content, and the reason where it was rejected. */
export const ModeratorComment = PublicComment.extend({ reason: z.string().optional() }).meta({
  id: 'ModeratorComment',
});
export type ModeratorComment = z.output<typeof ModeratorComment>;

/** Of services that know no moderation yet, `pending`. */
const factStatus = z.preprocess((status) => status ?? 'pending', CommentStatus).default('pending');

/** The data of CommentUpdated, and nearly all of CommentCreated. The classic code sends the four first fields only. */
export const CommentFact = z.object({
  id: factId,
  content: factText,
  postId: factId,
  status: factStatus,
  author: factText,
  createdAt: ifFits(time),
  editedAt: ifFits(time),
  parentId: ifFits(factId),
  /** Who wrote it, as far as that can be known: the same for comments of one browser that kept their tokens. */
  authorId: ifFits(id),
  /** A salted hash of the address that it came from; the address itself is kept nowhere. */
  addressHash: ifFits(id),
  version: ifFits(version),
});
export type CommentFact = z.output<typeof CommentFact>;

/** The data of CommentCreated. `imported`: it came from elsewhere with its status, so that nobody judges it anew. */
export const NewCommentFact = CommentFact.extend({ imported: ifFits(z.boolean()) });
export type NewCommentFact = z.output<typeof NewCommentFact>;

/** The data of CommentDeleted. */
export const CommentGone = z.object({ id: factId, postId: factId, version: ifFits(version) });
export type CommentGone = z.output<typeof CommentGone>;

/** The data of CommentModerated: the verdict on one version of a comment. */
export const VerdictFact = z.object({
  id: factId,
  /** The text that was judged; without it the verdict is on whatever text there is. */
  content: optionalFactText,
  postId: factId,
  status: factStatus,
  /** Why it was rejected, in words for its author. */
  reason: ifFits(text(1_000)),
  /** How often moderation has judged this comment, 1 for the first verdict. A later verdict replaces an earlier one. */
  revision: ifFits(version),
  /** The version of the comment that was judged: a verdict on a text that was edited since then counts no more. */
  commentVersion: ifFits(version),
});
export type VerdictFact = z.output<typeof VerdictFact>;

/** The data of CommentErased: no text of it may be left anywhere. */
export const CommentErasure = z.object({ id: factId, postId: factId });
export type CommentErasure = z.output<typeof CommentErasure>;
