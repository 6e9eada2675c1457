import type { Generated } from 'kysely';
import type { CommentEntry, PostEntry } from './projection';

export interface Tables {
  posts: {
    id: string;
    title: string;
    body: string;
    html: string;
    excerpt: string;
    tags: string;
    created_at: string;
    updated_at: string;
    version: number;
    fact_version: number | null;
    sequence: number | null;
  };
  comments: {
    id: string;
    post_id: string;
    author: string;
    content: string;
    html: string;
    status: CommentEntry['status'];
    created_at: string;
    edited_at: string | null;
    parent_id: string | null;
    version: number;
    fact_version: number | null;
    sequence: number | null;
  };
  /** What changed, in order: the live stream's memory. Not part of the read model itself. */
  changes: { number: Generated<number>; kind: 'post' | 'comment'; id: string; post_id: string };
  /** How far the log's history has been read: one row. */
  catch_up: { only: 1; sequence: number; complete: number };
}

export const migrations = [
  `CREATE TABLE posts (
     id TEXT PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL, html TEXT NOT NULL, excerpt TEXT NOT NULL,
     tags TEXT NOT NULL, created_at TEXT NOT NULL, version INTEGER NOT NULL, fact_version INTEGER, sequence INTEGER
   ) STRICT;
   CREATE INDEX posts_by_time ON posts (created_at, id);
   CREATE TABLE comments (
     id TEXT PRIMARY KEY, post_id TEXT NOT NULL, author TEXT NOT NULL, content TEXT NOT NULL, status TEXT NOT NULL,
     created_at TEXT NOT NULL, version INTEGER NOT NULL, fact_version INTEGER, sequence INTEGER
   ) STRICT;
   CREATE INDEX comments_by_post ON comments (post_id, created_at, id);
   CREATE TABLE changes (number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, post_id TEXT NOT NULL) STRICT;
   CREATE TABLE catch_up (only INTEGER PRIMARY KEY CHECK (only = 1), sequence INTEGER NOT NULL, complete INTEGER NOT NULL) STRICT;
   INSERT INTO catch_up VALUES (1, 0, 0);`,
  // A read model of another shape is thrown away and made again of the log. Positions in the live stream go on.
  `DROP TABLE posts;
   DROP TABLE comments;
   CREATE TABLE posts (
     id TEXT PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL, html TEXT NOT NULL, excerpt TEXT NOT NULL,
     tags TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
     version INTEGER NOT NULL, fact_version INTEGER, sequence INTEGER
   ) STRICT;
   CREATE INDEX posts_by_time ON posts (created_at, id);
   CREATE TABLE comments (
     id TEXT PRIMARY KEY, post_id TEXT NOT NULL, author TEXT NOT NULL, content TEXT NOT NULL, html TEXT NOT NULL,
     status TEXT NOT NULL, created_at TEXT NOT NULL, edited_at TEXT, parent_id TEXT,
     version INTEGER NOT NULL, fact_version INTEGER, sequence INTEGER
   ) STRICT;
   CREATE INDEX comments_by_post ON comments (post_id, created_at, id);
   DELETE FROM changes;
   UPDATE catch_up SET sequence = 0, complete = 0;`,
];

export function postToRow(post: PostEntry): Tables['posts'] {
  return {
    id: post.id,
    title: post.title,
    body: post.body,
    html: post.html,
    excerpt: post.excerpt,
    tags: JSON.stringify(post.tags),
    created_at: post.createdAt,
    updated_at: post.updatedAt,
    version: post.version,
    fact_version: post.factVersion,
    sequence: post.sequence,
  };
}

export function postFromRow(row: Tables['posts']): PostEntry {
  return {
    id: row.id,
    title: row.title,
    body: row.body,
    html: row.html,
    excerpt: row.excerpt,
    tags: JSON.parse(row.tags) as string[],
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
    factVersion: row.fact_version,
    sequence: row.sequence,
  };
}

export function commentToRow(comment: CommentEntry): Tables['comments'] {
  return {
    id: comment.id,
    post_id: comment.postId,
    author: comment.author,
    content: comment.content,
    html: comment.html,
    status: comment.status,
    created_at: comment.createdAt,
    edited_at: comment.editedAt,
    parent_id: comment.parentId,
    version: comment.version,
    fact_version: comment.factVersion,
    sequence: comment.sequence,
  };
}

export function commentFromRow(row: Tables['comments']): CommentEntry {
  return {
    id: row.id,
    postId: row.post_id,
    author: row.author,
    content: row.content,
    html: row.html,
    status: row.status,
    createdAt: row.created_at,
    editedAt: row.edited_at,
    parentId: row.parent_id,
    version: row.version,
    factVersion: row.fact_version,
    sequence: row.sequence,
  };
}
