import type {
  CommentToImport,
  CommentChange,
  CommentErasure,
  CommentFact,
  CommentGone,
  CommentStatus,
  NewComment,
  NewCommentFact,
  VerdictFact,
} from '@blog/contract';
import type { Fact } from '@blog/kit';

export interface Comment {
  id: string;
  postId: string;
  /** The comment that it replies to. It may be deleted since then. */
  parentId?: string;
  author: string;
  content: string;
  /** `content` as sanitised HTML; absent if it has yet to be made. */
  html?: string;
  status: CommentStatus;
  /** Why it was rejected, for its author's eyes. */
  reason?: string;
  createdAt: string;
  editedAt?: string;
  version: number;
  /** The version with which the present text came. */
  textVersion: number;
  /** The revision of the verdict in force; 0 before the first. */
  verdictRevision: number;
  /** The SHA-256 of the token that only its author has. */
  tokenHash: string;
  /** The id of the first comment of the browser that wrote it, as far as it kept its tokens. */
  authorId: string;
  /** Absent where it was written before addresses were hashed. */
  addressHash?: string;
}

/** A comment's new state, and the fact that tells the others. */
export interface Change {
  comment: Comment;
  fact: Fact<'CommentCreated' | 'CommentUpdated', NewCommentFact>;
}

export type Deletion = Fact<'CommentDeleted', CommentGone>;

export type Verdict = Pick<VerdictFact, 'status' | 'reason' | 'revision' | 'commentVersion'> & { content?: string };

/** Its author may edit a comment for so long; later it would change what others have read and answered. */
const editableMs = 15 * 60 * 1000;

type Origin = Pick<Comment, 'id' | 'postId' | 'tokenHash' | 'authorId' | 'addressHash' | 'html'>;

/** Writes a comment; it is pending. */
export function createComment(input: NewComment, { now, ...origin }: Origin & { now: Date }): Change {
  const { author, content, parentId } = input;
  const comment: Comment = {
    ...origin,
    ...(parentId === undefined ? {} : { parentId }),
    author,
    content,
    status: 'pending',
    createdAt: now.toISOString(),
    version: 1,
    textVersion: 1,
    verdictRevision: 0,
  };
  return { comment, fact: factOf('CommentCreated', comment) };
}

/** Takes over a comment from elsewhere, as it stood there. Nobody has its token. */
export function importComment({ content, ...given }: CommentToImport, origin: Omit<Origin, 'addressHash'>): Change {
  const comment: Comment = {
    ...origin,
    ...given,
    content,
    version: 1,
    textVersion: 1,
    verdictRevision: 0,
  };
  const fact = factOf('CommentCreated', comment);
  return { comment, fact: { ...fact, data: { ...fact.data, imported: true } } };
}

/** Whether a comment says the same as one from elsewhere: then there is nothing to take over. */
export function isSameComment(comment: Comment, { content, author, createdAt }: CommentToImport): boolean {
  // Earlier versions kept the time as it was written, in any zone.
  const isSameTime = Date.parse(comment.createdAt) === Date.parse(createdAt);
  return comment.content === content && comment.author === author && isSameTime;
}

/** Until when its author may edit a comment: ISO 8601. */
export function editableUntil({ createdAt }: Pick<Comment, 'createdAt'>): string {
  return new Date(Date.parse(createdAt) + editableMs).toISOString();
}

export function isEditable(comment: Comment, now: Date): boolean {
  return now.getTime() < Date.parse(editableUntil(comment));
}

/** Gives a comment another text, which nobody has judged yet: it is pending again. Undefined where it is the same text. */
export function editComment(
  comment: Comment,
  { content, html }: CommentChange & Pick<Comment, 'html'>,
  now: Date,
): Change | undefined {
  if (content === comment.content) return undefined;
  const version = comment.version + 1;
  const edited: Comment = {
    ...comment,
    content,
    html,
    status: 'pending',
    reason: undefined,
    editedAt: now.toISOString(),
    version,
    textVersion: version,
  };
  return { comment: edited, fact: factOf('CommentUpdated', edited) };
}

/** The fact that a comment is gone. Replies to it stay, with the `parentId` that they have. */
export function deletionOf({ id, postId, version }: Comment): Deletion {
  return { type: 'CommentDeleted', key: postId, subject: id, data: { id, postId, version: version + 1 } };
}

/** The fact that no text of a comment may be left anywhere. The bus takes them out of its log. */
export function erasureOf({ id, postId }: Pick<Comment, 'id' | 'postId'>): Fact<'CommentErased', CommentErasure> {
  return { type: 'CommentErased', key: postId, subject: id, erases: id, data: { id, postId } };
}

/**
 * Applies a verdict; undefined where it changes nothing. A verdict counts if it judges the present text and its revision
 * is higher than the one in force. One without a revision (classic moderation judges once) counts while the comment is
 * pending.
 */
export function applyVerdict(comment: Comment, verdict: Verdict): Change | undefined {
  const { status, reason, revision } = verdict;
  const counts = revision === undefined ? comment.status === 'pending' : revision > comment.verdictRevision;
  if (!counts || !judgesPresentText(comment, verdict)) return undefined;
  if (status === comment.status && revision === undefined) return undefined;
  const judged: Comment = {
    ...comment,
    status,
    reason: status === 'rejected' ? reason : undefined,
    version: comment.version + 1,
    verdictRevision: revision ?? comment.verdictRevision,
  };
  return { comment: judged, fact: factOf('CommentUpdated', judged) };
}

/** A version names a text; classic moderation names none, but sends back the text that it judged. */
function judgesPresentText(comment: Comment, { commentVersion, content }: Verdict): boolean {
  if (commentVersion === undefined) return content === undefined || content === comment.content;
  return comment.textVersion <= commentVersion && commentVersion <= comment.version;
}

/** Everything of a post has one key, so that the bus keeps it in order. */
function factOf<T extends Change['fact']['type']>(type: T, comment: Comment): Fact<T, CommentFact> {
  const { id, postId, parentId, author, content, status, createdAt, editedAt, version, authorId, addressHash } =
    comment;
  const told: CommentFact = { id, content, postId, status, author, createdAt, version, authorId };
  if (parentId !== undefined) told.parentId = parentId;
  if (editedAt !== undefined) told.editedAt = editedAt;
  if (addressHash !== undefined) told.addressHash = addressHash;
  return { type, key: postId, subject: id, data: told };
}
