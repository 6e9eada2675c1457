import type { PublicComment } from '@blog/contract';
import type { Place } from '@blog/kit';
import type { SqliteDatabase } from '@blog/kit/state';
import { publicView } from './projection';
import { commentColumns, type CommentRow } from './rows';

export type CommentReads = ReturnType<typeof createCommentReads>;

export interface CommentsWanted {
  limit: number;
  /** Characters. */
  most: number;
  before?: Place | undefined;
}

/** About how many characters a comment has as JSON. */
export function sizeOf({ content, html, author }: PublicComment): number {
  return content.length + html.length + author.length + 300;
}

/** The public comments of posts. */
export function createCommentReads(sqlite: SqliteDatabase) {
  const newest = sqlite.prepare<[string, number], CommentRow>(
    `SELECT ${commentColumns} FROM comments c WHERE post_id = ? ORDER BY created_at DESC, id DESC LIMIT ?`,
  );
  const before = sqlite.prepare<[string, string, string, number], CommentRow>(
    `SELECT ${commentColumns} FROM comments c WHERE post_id = ? AND (created_at, id) < (?, ?)
     ORDER BY created_at DESC, id DESC LIMIT ?`,
  );
  const countApproved = sqlite.prepare<[string], number>('SELECT approved FROM threads WHERE post_id = ?').pluck();

  return {
    /** Newest first. Those after the first with which it is longer than so many characters are not read. */
    page(postId: string, { limit, most, before: place }: CommentsWanted): PublicComment[] {
      const rows = place ? before.iterate(postId, place.createdAt, place.id, limit) : newest.iterate(postId, limit);
      const comments: PublicComment[] = [];
      let characters = 0;
      for (const row of rows) {
        const comment = publicView(row);
        comments.push(comment);
        characters += sizeOf(comment);
        if (characters > most) break;
      }
      return comments;
    },
    approved: (postId: string): number => countApproved.get(postId) ?? 0,
  };
}
