import { idempotencyMigration, outboxMigration } from '@blog/kit/state';
import type { Comment, Verdict } from './domain';

export interface Tables {
  comments: {
    id: string;
    post_id: string;
    parent_id: string | null;
    author: string;
    content: string;
    html: string | null;
    status: Comment['status'];
    reason: string | null;
    created_at: string;
    edited_at: string | null;
    version: number;
    text_version: number;
    verdict_revision: number;
    token_hash: string;
    author_id: string | null;
    address_hash: string | null;
  };
  early_verdicts: {
    comment_id: string;
    status: Comment['status'];
    reason: string | null;
    revision: number | null;
    content: string | null;
    comment_version: number | null;
    kept_at: number;
    /** Absent where an older version kept it. */
    post_id: string | null;
  };
  deleted_posts: { post_id: string; deleted_at: number };
  /** What was erased stays so, whatever comes late. */
  erased_comments: { comment_id: string; post_id: string; erased_at: number };
  sendings: { address_hash: string; sent_at: number };
  installation: { name: string; value: string };
  /** One row: the secret under which addresses are hashed now, and since when, in ms since 1970. */
  address_key: { one: 1; secret: string; made_at: number };
}

/** How the database came to be; `newSecret` becomes the installation's where it has none yet. */
export function migrationsWith(newSecret: string): string[] {
  return [
    `CREATE TABLE comments (
       id TEXT PRIMARY KEY, post_id TEXT NOT NULL, author TEXT NOT NULL, content TEXT NOT NULL, status TEXT NOT NULL,
       reason TEXT, created_at TEXT NOT NULL, version INTEGER NOT NULL, verdict_revision INTEGER NOT NULL,
       token_hash TEXT NOT NULL
     ) STRICT;
     CREATE INDEX comments_by_post ON comments (post_id, created_at, id);
     CREATE TABLE early_verdicts (
       comment_id TEXT PRIMARY KEY, status TEXT NOT NULL, reason TEXT, revision INTEGER
     ) STRICT;
     ${outboxMigration}`,
    `ALTER TABLE comments ADD COLUMN parent_id TEXT;
     ALTER TABLE comments ADD COLUMN html TEXT;
     ALTER TABLE comments ADD COLUMN edited_at TEXT;
     ALTER TABLE comments ADD COLUMN text_version INTEGER NOT NULL DEFAULT 1;
     ALTER TABLE comments ADD COLUMN author_id TEXT;
     ALTER TABLE comments ADD COLUMN address_hash TEXT;
     CREATE INDEX comments_by_token ON comments (token_hash);
     ALTER TABLE early_verdicts ADD COLUMN content TEXT;
     ALTER TABLE early_verdicts ADD COLUMN comment_version INTEGER;
     ALTER TABLE early_verdicts ADD COLUMN kept_at INTEGER NOT NULL DEFAULT 0;
     UPDATE early_verdicts SET kept_at = unixepoch() * 1000;
     CREATE INDEX early_verdicts_by_time ON early_verdicts (kept_at);
     CREATE TABLE deleted_posts (post_id TEXT PRIMARY KEY, deleted_at INTEGER NOT NULL) STRICT;
     CREATE TABLE sendings (address_hash TEXT NOT NULL, sent_at INTEGER NOT NULL) STRICT;
     CREATE INDEX sendings_by_address ON sendings (address_hash, sent_at);
     CREATE INDEX sendings_by_time ON sendings (sent_at);
     CREATE TABLE installation (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
     INSERT INTO installation VALUES ('secret', '${newSecret}');
     ${idempotencyMigration}`,
    `CREATE TABLE erased_comments (comment_id TEXT PRIMARY KEY, post_id TEXT NOT NULL, erased_at INTEGER NOT NULL) STRICT;
     ALTER TABLE early_verdicts ADD COLUMN post_id TEXT;`,
    // Addresses were hashed under the secret that stays: so that goes on as their key, which ends, and tokens get another one.
    `CREATE TABLE address_key (one INTEGER PRIMARY KEY CHECK (one = 1), secret TEXT NOT NULL, made_at INTEGER NOT NULL) STRICT;
     INSERT INTO address_key SELECT 1, value, unixepoch() * 1000 FROM installation WHERE name = 'secret';
     UPDATE installation SET value = lower(hex(randomblob(32))) WHERE name = 'secret';
     CREATE INDEX comments_with_address ON comments (created_at) WHERE address_hash IS NOT NULL;`,
  ];
}

export function toRow(comment: Comment): Tables['comments'] {
  return {
    id: comment.id,
    post_id: comment.postId,
    parent_id: comment.parentId ?? null,
    author: comment.author,
    content: comment.content,
    html: comment.html ?? null,
    status: comment.status,
    reason: comment.reason ?? null,
    created_at: comment.createdAt,
    edited_at: comment.editedAt ?? null,
    version: comment.version,
    text_version: comment.textVersion,
    verdict_revision: comment.verdictRevision,
    token_hash: comment.tokenHash,
    author_id: comment.authorId,
    address_hash: comment.addressHash ?? null,
  };
}

export function fromRow(row: Tables['comments']): Comment {
  return {
    id: row.id,
    postId: row.post_id,
    ...(row.parent_id === null ? {} : { parentId: row.parent_id }),
    author: row.author,
    content: row.content,
    ...(row.html === null ? {} : { html: row.html }),
    status: row.status,
    ...(row.reason === null ? {} : { reason: row.reason }),
    createdAt: row.created_at,
    ...(row.edited_at === null ? {} : { editedAt: row.edited_at }),
    version: row.version,
    textVersion: row.text_version,
    verdictRevision: row.verdict_revision,
    tokenHash: row.token_hash,
    // Of an older version too: nothing else of its author is known.
    authorId: row.author_id ?? row.id,
    ...(row.address_hash === null ? {} : { addressHash: row.address_hash }),
  };
}

export function verdictFromRow(row: Tables['early_verdicts']): Verdict {
  return {
    status: row.status,
    reason: row.reason ?? undefined,
    revision: row.revision ?? undefined,
    content: row.content ?? undefined,
    commentVersion: row.comment_version ?? undefined,
  };
}
