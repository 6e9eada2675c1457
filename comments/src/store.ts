import { type Cause, type Page, pageOf, type Place } from '@blog/kit';
import { createOutbox, openDatabase, type Outbox, outboxMigration, type Transaction } from '@blog/kit/state';
import type { Change, Comment, Verdict } from './domain';

interface Tables {
  comments: {
    id: string;
    post_id: string;
    author: string;
    content: string;
    status: Comment['status'];
    reason: string | null;
    created_at: string;
    version: number;
    verdict_revision: number;
    token_hash: string;
  };
  early_verdicts: { comment_id: string; status: Comment['status']; reason: string | null; revision: number | null };
}

const migrations = [
  `CREATE TABLE comments (
     id TEXT PRIMARY KEY, post_id TEXT NOT NULL, author TEXT NOT NULL, content TEXT NOT NULL, status TEXT NOT NULL,
     reason TEXT, created_at TEXT NOT NULL, version INTEGER NOT NULL, verdict_revision INTEGER NOT NULL,
     token_hash TEXT NOT NULL
   ) STRICT;
   CREATE INDEX comments_by_post ON comments (post_id, created_at, id);
   CREATE TABLE early_verdicts (comment_id TEXT PRIMARY KEY, status TEXT NOT NULL, reason TEXT, revision INTEGER) STRICT;
   ${outboxMigration}`,
];

/** What may be done inside a transaction: all of it is committed together, or nothing. */
export interface CommentTransaction {
  find(id: string): Promise<Comment | undefined>;
  insert(change: Change): Promise<void>;
  /** Replaces a comment's state; `cause` is the event that led to it. */
  update(change: Change, cause: Cause): Promise<void>;
  /** Keeps a verdict whose comment isn't here yet. */
  keepVerdict(commentId: string, verdict: Verdict): Promise<void>;
  /** Takes the verdict back that waited for a comment. */
  takeVerdict(commentId: string): Promise<Verdict | undefined>;
}

export interface CommentStore {
  outbox: Outbox;
  transaction<T>(work: (tx: CommentTransaction) => Promise<T>): Promise<T>;
  /** The newest comments of a post, or those before a place in the list, oldest first. */
  page(postId: string, limit: number, before?: Place): Promise<Page<Comment>>;
  isOpen(): boolean;
  close(): Promise<void>;
}

export function openCommentStore({ file, now }: { file: string; now: () => Date }): CommentStore {
  const { db, transaction, isOpen, close } = openDatabase<Tables>({ file, migrations });
  const outbox = createOutbox(db, { source: '/comments', now });
  return {
    outbox,
    transaction: (work) => transaction((tx) => work(commentTransaction(tx, outbox))),
    async page(postId, limit, before) {
      let newestFirst = db
        .selectFrom('comments')
        .selectAll()
        .where('post_id', '=', postId)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc');
      if (before) {
        newestFirst = newestFirst.where(({ eb, refTuple, tuple }) =>
          eb(refTuple('created_at', 'id'), '<', tuple(before.createdAt, before.id)),
        );
      }
      const rows = await newestFirst.limit(limit + 1).execute();
      return pageOf(rows.map(fromRow), limit, (comment) => comment);
    },
    isOpen,
    close,
  };
}

function commentTransaction(tx: Transaction<Tables>, outbox: Outbox): CommentTransaction {
  return {
    async find(id) {
      const row = await tx.selectFrom('comments').selectAll().where('id', '=', id).executeTakeFirst();
      return row && fromRow(row);
    },
    async insert({ comment, fact }) {
      await tx.insertInto('comments').values(toRow(comment)).execute();
      await outbox.append(tx, [fact]);
    },
    async update({ comment, fact }, cause) {
      await tx.updateTable('comments').set(toRow(comment)).where('id', '=', comment.id).execute();
      await outbox.append(tx, [fact], cause);
    },
    async keepVerdict(commentId, { status, reason = null, revision = null }) {
      await tx
        .insertInto('early_verdicts')
        .values({ comment_id: commentId, status, reason, revision })
        .onConflict((conflict) =>
          conflict
            .column('comment_id')
            .doUpdateSet({ status, reason, revision })
            // As for a comment that is here: a higher revision counts, and one without a revision where none came yet.
            .where(({ eb, fn, val, lit }) => eb(val(revision), '>', fn.coalesce('early_verdicts.revision', lit(0)))),
        )
        .execute();
    },
    async takeVerdict(commentId) {
      const row = await tx
        .deleteFrom('early_verdicts')
        .where('comment_id', '=', commentId)
        .returning(['status', 'reason', 'revision'])
        .executeTakeFirst();
      return row && { status: row.status, reason: row.reason ?? undefined, revision: row.revision ?? undefined };
    },
  };
}

function toRow(comment: Comment): Tables['comments'] {
  return {
    id: comment.id,
    post_id: comment.postId,
    author: comment.author,
    content: comment.content,
    status: comment.status,
    reason: comment.reason ?? null,
    created_at: comment.createdAt,
    version: comment.version,
    verdict_revision: comment.verdictRevision,
    token_hash: comment.tokenHash,
  };
}

function fromRow(row: Tables['comments']): Comment {
  return {
    id: row.id,
    postId: row.post_id,
    author: row.author,
    content: row.content,
    status: row.status,
    ...(row.reason === null ? {} : { reason: row.reason }),
    createdAt: row.created_at,
    version: row.version,
    verdictRevision: row.verdict_revision,
    tokenHash: row.token_hash,
  };
}
