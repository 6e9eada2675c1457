import type { Cause, Fact } from '@blog/kit';
import { createOutbox, openDatabase, type Outbox, outboxMigration, type Transaction } from '@blog/kit/state';
import type { Verdict } from './domain';

interface Tables {
  verdicts: {
    comment_id: string;
    post_id: string;
    status: Verdict['status'];
    reason: string | null;
    rule: string | null;
    revision: number;
  };
}

const migrations = [
  `CREATE TABLE verdicts (
     comment_id TEXT PRIMARY KEY, post_id TEXT NOT NULL, status TEXT NOT NULL, reason TEXT, rule TEXT,
     revision INTEGER NOT NULL
   ) STRICT;
   ${outboxMigration}`,
];

/** What may be done inside a transaction: all of it is committed together, or nothing. */
export interface VerdictTransaction {
  find(commentId: string): Promise<Verdict | undefined>;
  /** Keeps a verdict together with the fact that tells of it; `cause` is the event that led to it. */
  save(verdict: Verdict, fact: Fact, cause: Cause): Promise<void>;
}

export interface VerdictStore {
  outbox: Outbox;
  transaction<T>(work: (tx: VerdictTransaction) => Promise<T>): Promise<T>;
  isOpen(): boolean;
  close(): Promise<void>;
}

export function openVerdictStore({ file, now }: { file: string; now: () => Date }): VerdictStore {
  const { db, transaction, isOpen, close } = openDatabase<Tables>({ file, migrations });
  const outbox = createOutbox(db, { source: '/moderation', now });
  return { outbox, transaction: (work) => transaction((tx) => work(verdictTransaction(tx, outbox))), isOpen, close };
}

function verdictTransaction(tx: Transaction<Tables>, outbox: Outbox): VerdictTransaction {
  return {
    async find(commentId) {
      const row = await tx.selectFrom('verdicts').selectAll().where('comment_id', '=', commentId).executeTakeFirst();
      return row && fromRow(row);
    },
    async save(verdict, fact, cause) {
      await tx.insertInto('verdicts').values(toRow(verdict)).execute();
      await outbox.append(tx, [fact], cause);
    },
  };
}

function toRow(verdict: Verdict): Tables['verdicts'] {
  return {
    comment_id: verdict.commentId,
    post_id: verdict.postId,
    status: verdict.status,
    reason: verdict.reason ?? null,
    rule: verdict.rule ?? null,
    revision: verdict.revision,
  };
}

function fromRow(row: Tables['verdicts']): Verdict {
  return {
    commentId: row.comment_id,
    postId: row.post_id,
    status: row.status,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.rule === null ? {} : { rule: row.rule }),
    revision: row.revision,
  };
}
