import type { CommentEntry, PostEntry } from './projection';

/** The part of a post that lists show. */
export type PostInList = Omit<PostEntry, 'body' | 'html' | 'factVersion' | 'sequence'>;

export const summaryColumns =
  'p.id, p.title, p.excerpt, p.tags, p.created_at AS createdAt, p.updated_at AS updatedAt, p.version';
export const postColumns = `${summaryColumns}, p.fact_version AS factVersion, p.sequence, p.html, p.body`;
export const commentColumns = `c.id, c.post_id AS postId, c.author, c.status, c.created_at AS createdAt,
  c.edited_at AS editedAt, c.parent_id AS parentId, c.version, c.fact_version AS factVersion, c.sequence,
  c.html, c.content`;

/** A row as these columns give it: as the entry, except for the tags, which are JSON. */
export type RowOf<Post extends { tags: string[] }> = Omit<Post, 'tags'> & { tags: string };
export type CommentRow = CommentEntry;

export function fromRow<Post extends { tags: string[] }>(row: RowOf<Post>): Post {
  return { ...row, tags: JSON.parse(row.tags) as string[] } as Post;
}
