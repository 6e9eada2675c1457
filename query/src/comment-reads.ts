import type { PublicComment } from '@blog/contract';
import type { Place } from '@blog/kit';
import type { SqliteDatabase } from '@blog/kit/state';
import { publicView } from './projection';
import { commentColumns, type CommentRow } from './rows';

export type CommentReads = ReturnType<typeof createCommentReads>;

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
    /** Newest first. */
    page(postId: string, limit: number, place?: Place): PublicComment[] {
      const rows = place ? before.all(postId, place.createdAt, place.id, limit) : newest.all(postId, limit);
      return rows.map(publicView);
    },
    approved: (postId: string): number => countApproved.get(postId) ?? 0,
  };
}
