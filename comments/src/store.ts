import { randomBytes } from 'node:crypto';
import { type Page, pageOf, type Place } from '@blog/kit';
import { createIdempotency, createOutbox, openDatabase, type Outbox } from '@blog/kit/state';
import type { Comment } from './domain';
import { fromRow, migrationsWith, type Tables } from './tables';
import { commentTransaction, type CommentTransaction, type KeptAnswer } from './transaction';

export interface CommentStore {
  outbox: Outbox;
  transaction<T>(work: (tx: CommentTransaction) => Promise<T>): Promise<T>;
  find(id: string): Promise<Comment | undefined>;
  /** The newest comments of a post, or those before a place in the list, oldest first. */
  page(postId: string, limit: number, before?: Place): Promise<Page<Comment>>;
  /** A random text, made with the database and the same for all processes that share it. */
  secret(): Promise<string>;
  isOpen(): boolean;
  close(): Promise<void>;
}

export function openCommentStore({ file, now }: { file: string; now: () => Date }): CommentStore {
  const migrations = migrationsWith(randomBytes(32).toString('hex'));
  const { db, transaction, isOpen, close } = openDatabase<Tables>({ file, migrations });
  const outbox = createOutbox(db, { source: '/comments', now });
  const answers = createIdempotency<KeptAnswer, Tables>(db, { now });
  let secret: string | undefined;
  return {
    outbox,
    transaction: (work) => transaction((tx) => work(commentTransaction(tx, { outbox, answers, now }))),
    async find(id) {
      const row = await db.selectFrom('comments').selectAll().where('id', '=', id).executeTakeFirst();
      return row && fromRow(row);
    },
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
    async secret() {
      const named = db.selectFrom('installation').select('value').where('name', '=', 'secret');
      return (secret ??= (await named.executeTakeFirstOrThrow()).value);
    },
    isOpen,
    close,
  };
}
