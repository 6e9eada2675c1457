import { outboxMigration } from '@blog/kit/state';
import type { Generated } from 'kysely';
import type { Entry, Verdict, WatchedComment, WatchedPost } from './domain';
import type { Span } from './rules/matcher';

export interface Tables {
  /** In the order of their coming; a deleted one stays without its text, so that a late event can't bring it back. */
  comments: {
    number: Generated<number>;
    id: string;
    post_id: string;
    parent_id: string | null;
    author: string;
    author_id: string | null;
    address_hash: string | null;
    content: string;
    text_hash: string;
    created_at: string;
    edited_at: string | null;
    version: number | null;
    status: Entry['status'];
    revision: number;
    rule: string | null;
    spans: string;
  };
  /** The audit log: every decision, by whomever. */
  verdicts: {
    number: Generated<number>;
    comment_id: string;
    post_id: string;
    revision: number;
    status: Verdict['status'];
    decided_by: string;
    by_person: number;
    rule: string | null;
    reason: string | null;
    comment_version: number | null;
    decided_at: string;
  };
  posts: { id: string; title: string; created_at: string; version: number | null; deleted: number };
  /** One row, once somebody has changed the rules. */
  rule_set: { only: 1; version: number; body: string; changed_by: string; changed_at: string };
  blocklist: {
    number: Generated<number>;
    kind: 'author' | 'address';
    value: string;
    action: 'reject' | 'hold';
    reason: string;
    listed_by: string;
    listed_at: string;
  };
}

export const migrations = [
  `CREATE TABLE verdicts (
     comment_id TEXT PRIMARY KEY, post_id TEXT NOT NULL, status TEXT NOT NULL, reason TEXT, rule TEXT,
     revision INTEGER NOT NULL
   ) STRICT;
   ${outboxMigration}`,
  `ALTER TABLE verdicts RENAME TO first_verdicts;
   CREATE TABLE verdicts (
     number INTEGER PRIMARY KEY AUTOINCREMENT, comment_id TEXT NOT NULL, post_id TEXT NOT NULL, revision INTEGER NOT NULL,
     status TEXT NOT NULL, decided_by TEXT NOT NULL, by_person INTEGER NOT NULL, rule TEXT, reason TEXT,
     comment_version INTEGER, decided_at TEXT NOT NULL, UNIQUE (comment_id, revision)
   ) STRICT;
   CREATE INDEX verdicts_by_decider ON verdicts (decided_by, number);
   INSERT INTO verdicts (comment_id, post_id, revision, status, decided_by, by_person, rule, reason, decided_at)
     SELECT comment_id, post_id, revision, status, coalesce('rule ' || rule, 'the rules'), 0, rule, reason,
       strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
     FROM first_verdicts ORDER BY rowid;
   DROP TABLE first_verdicts;
   CREATE TABLE comments (
     number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, post_id TEXT NOT NULL, parent_id TEXT,
     author TEXT NOT NULL, author_id TEXT, address_hash TEXT, content TEXT NOT NULL, text_hash TEXT NOT NULL,
     created_at TEXT NOT NULL, edited_at TEXT, version INTEGER, status TEXT NOT NULL, revision INTEGER NOT NULL,
     rule TEXT, spans TEXT NOT NULL
   ) STRICT;
   CREATE INDEX comments_by_status ON comments (status, number);
   CREATE INDEX comments_by_post ON comments (post_id);
   CREATE INDEX comments_by_author ON comments (author_id, status) WHERE author_id IS NOT NULL;
   CREATE INDEX comments_by_author_text ON comments (author_id, text_hash, created_at) WHERE author_id IS NOT NULL;
   CREATE INDEX comments_by_address_text ON comments (address_hash, text_hash, created_at) WHERE address_hash IS NOT NULL;
   CREATE VIRTUAL TABLE comment_search USING fts5 (
     content, author, content = 'comments', content_rowid = 'number', tokenize = 'trigram'
   );
   CREATE TRIGGER comments_found AFTER INSERT ON comments BEGIN
     INSERT INTO comment_search (rowid, content, author) VALUES (new.number, new.content, new.author);
   END;
   CREATE TRIGGER comments_changed AFTER UPDATE OF content, author ON comments
     WHEN old.content IS NOT new.content OR old.author IS NOT new.author BEGIN
     INSERT INTO comment_search (comment_search, rowid, content, author)
       VALUES ('delete', old.number, old.content, old.author);
     INSERT INTO comment_search (rowid, content, author) VALUES (new.number, new.content, new.author);
   END;
   CREATE TABLE posts (
     id TEXT PRIMARY KEY, title TEXT NOT NULL, created_at TEXT NOT NULL, version INTEGER, deleted INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE rule_set (
     only INTEGER PRIMARY KEY CHECK (only = 1), version INTEGER NOT NULL, body TEXT NOT NULL, changed_by TEXT NOT NULL,
     changed_at TEXT NOT NULL
   ) STRICT;
   CREATE TABLE blocklist (
     number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, value TEXT NOT NULL, action TEXT NOT NULL,
     reason TEXT NOT NULL, listed_by TEXT NOT NULL, listed_at TEXT NOT NULL, UNIQUE (kind, value)
   ) STRICT;`,
  // The words of what is deleted leave the index at once, and those that were left in it before.
  `INSERT INTO comment_search (comment_search, rank) VALUES ('secure-delete', 1);
   INSERT INTO comment_search (comment_search) VALUES ('rebuild');`,
  'CREATE INDEX comments_with_address ON comments (created_at) WHERE address_hash IS NOT NULL;',
];

/** A row as it is read. */
export type Row<T extends keyof Tables> = {
  [C in keyof Tables[T]]: Tables[T][C] extends Generated<infer V> ? V : Tables[T][C];
};

/** `{[name]: value}`, or nothing where there is none. */
function optional<Name extends string, V>(name: Name, value: V | null): { [N in Name]?: V } {
  return (value === null ? {} : { [name]: value }) as { [N in Name]?: V };
}

export function entryToRow({ comment, status, revision, rule, spans }: Entry, textHash: string) {
  return {
    id: comment.id,
    post_id: comment.postId,
    parent_id: comment.parentId ?? null,
    author: comment.author,
    author_id: comment.authorId ?? null,
    address_hash: comment.addressHash ?? null,
    content: comment.content,
    text_hash: textHash,
    created_at: comment.createdAt,
    edited_at: comment.editedAt ?? null,
    version: comment.version ?? null,
    status,
    revision,
    rule: rule ?? null,
    spans: JSON.stringify(spans.map(({ start, end }) => [start, end])),
  };
}

export function entryFromRow(row: Row<'comments'>): Entry {
  const comment: WatchedComment = {
    ...{ id: row.id, postId: row.post_id, author: row.author, content: row.content, createdAt: row.created_at },
    ...optional('parentId', row.parent_id),
    ...optional('authorId', row.author_id),
    ...optional('addressHash', row.address_hash),
    ...optional('editedAt', row.edited_at),
    ...optional('version', row.version),
  };
  const spans = (JSON.parse(row.spans) as [number, number][]).map(([start, end]): Span => ({ start, end }));
  return { comment, status: row.status, revision: row.revision, ...optional('rule', row.rule), spans };
}

export function verdictToRow(verdict: Verdict) {
  return {
    comment_id: verdict.commentId,
    post_id: verdict.postId,
    revision: verdict.revision,
    status: verdict.status,
    decided_by: verdict.by,
    by_person: verdict.byPerson ? 1 : 0,
    rule: verdict.rule ?? null,
    reason: verdict.reason ?? null,
    comment_version: verdict.commentVersion ?? null,
    decided_at: verdict.decidedAt,
  };
}

export function verdictFromRow(row: Row<'verdicts'>): Verdict {
  return {
    ...{ commentId: row.comment_id, postId: row.post_id, revision: row.revision, status: row.status },
    ...{ by: row.decided_by, byPerson: row.by_person === 1 },
    ...optional('rule', row.rule),
    ...optional('reason', row.reason),
    ...optional('commentVersion', row.comment_version),
    decidedAt: row.decided_at,
  };
}

export function postFromRow(row: Row<'posts'>): WatchedPost {
  const { id, title, created_at: createdAt, deleted } = row;
  return { id, title, createdAt, isDeleted: deleted === 1, ...optional('version', row.version) };
}
