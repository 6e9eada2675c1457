import { ModeratorComment, OwnComment, PublicComment } from '@blog/contract';
import { z } from 'zod';
import { type Comment, editableUntil } from './domain';

/** As whom somebody looks at comments. */
export interface Viewer {
  /** The hashes of the tokens that they sent. */
  tokenHashes: ReadonlySet<string>;
  isModerator: boolean;
}

/** A comment with its HTML. */
export type ShownComment = Comment & { html: string };

/** A comment as somebody sees it. */
export const CommentView = z.union([OwnComment, ModeratorComment, PublicComment]).meta({ id: 'CommentView' });
export type CommentView = z.output<typeof CommentView>;

/** A comment as this viewer may see it. */
export function viewOf(comment: ShownComment, { tokenHashes, isModerator }: Viewer): CommentView {
  if (tokenHashes.has(comment.tokenHash)) return ownView(comment);
  return isModerator ? moderatorView(comment) : publicView(comment);
}

/** What anybody may see: no text, and no name of its author, before it is approved. */
export function publicView(comment: ShownComment): PublicComment {
  return withWords(comment, comment.status === 'approved');
}

/** What its author may see. */
export function ownView(comment: ShownComment): OwnComment {
  return { ...moderatorView(comment), own: true, editableUntil: editableUntil(comment) };
}

/** What a moderator may see: every text, and the reason where it was rejected. */
export function moderatorView(comment: ShownComment): ModeratorComment {
  const { reason } = comment;
  return { ...withWords(comment, true), ...(reason === undefined ? {} : { reason }) };
}

/** A comment with or without what its author wrote: text and name. */
function withWords(comment: ShownComment, isShown: boolean): PublicComment {
  const { id, postId, parentId, author, status, createdAt, editedAt, version } = comment;
  return {
    id,
    content: isShown ? comment.content : '',
    html: isShown ? comment.html : '',
    status,
    postId,
    ...(parentId === undefined ? {} : { parentId }),
    author: isShown ? author : '',
    createdAt,
    ...(editedAt === undefined ? {} : { editedAt }),
    version,
  };
}
