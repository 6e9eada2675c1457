import { type Page, pageOf, type Place } from '@blog/kit';
import { createIdempotency, createOutbox, type Kysely, type Outbox, type Transaction } from '@blog/kit/state';
import { addressRetention, type AddressRetention } from './address-retention';
import type { Comment } from './domain';
import { fromRow, type Tables } from './tables';
import { commentTransaction, type CommentTransaction, type KeptAnswer } from './transaction';

export interface CommentStore {
  outbox: Outbox;
  /**
   * Runs `work` in one transaction: all of it is durable when this resolves, or none of it. `postIds` are the posts whose
   * comments it looks at in order to change them: until it ends, no other transaction of these posts begins. It may be run
   * again where another one was faster.
   */
  transaction<T>(postIds: readonly string[], work: (tx: CommentTransaction) => Promise<T>): Promise<T>;
  find(id: string): Promise<Comment | undefined>;
  /** The newest comments of a post, or those before a place in the list, oldest first. */
  page(postId: string, limit: number, before?: Place): Promise<Page<Comment>>;
  /** A random text, made with the database and the same for all processes that share it. */
  secret(): Promise<string>;
  addresses: AddressRetention;
  /**
   * Resolves when no byte of what was erased is left in the files of this machine; a server's files are its own matter.
   * Rejects with Unavailable while somebody reads an older state.
   */
  scrub(): Promise<void>;
  /** The comments of an author, by the id of their first comment's browser or by the hash of their address. */
  ofAuthor(author: string): Promise<Pick<Comment, 'id' | 'postId'>[]>;
  /** Whether the database answers. */
  isReady(): boolean | Promise<boolean>;
  close(): Promise<void>;
}

/** Where the comments are: a file of this machine, or a server. */
export interface CommentDatabase {
  db: Kysely<Tables>;
  transaction<T>(work: (tx: Transaction<Tables>) => Promise<T>): Promise<T>;
  /** Within a transaction: until it ends, whoever else wants to hold one of these names waits. */
  hold(tx: Transaction<Tables>, names: readonly string[]): Promise<void>;
  scrub(): Promise<void>;
  isReady(): boolean | Promise<boolean>;
  close(): Promise<void>;
}

/** Of a page of comments, with their HTML. */
const mostCharacters = 1_000_000;
const sizeOf = ({ content, html = '' }: Comment): number => content.length + html.length;

/** The same store on any database. */
export function createCommentStore(database: CommentDatabase, { now }: { now: () => Date }): CommentStore {
  const { db, transaction, hold, scrub, isReady, close } = database;
  const outbox = createOutbox(db, { source: '/comments', now });
  const answers = createIdempotency<KeptAnswer, Tables>(db, { now });
  let secret: string | undefined;
  return {
    outbox,
    transaction: (postIds, work) =>
      transaction(async (tx) => {
        const holdHere = (...names: string[]): Promise<void> => hold(tx, names);
        // All in the same order: two transactions never wait for each other.
        await holdHere(...[...new Set(postIds)].sort().map((id) => `post ${id}`));
        return work(commentTransaction(tx, { outbox, answers, now, hold: holdHere }));
      }),
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
      return pageOf(rows.map(fromRow), limit, (comment) => comment, { of: sizeOf, most: mostCharacters });
    },
    async secret() {
      const named = db.selectFrom('installation').select('value').where('name', '=', 'secret');
      return (secret ??= (await named.executeTakeFirstOrThrow()).value);
    },
    addresses: addressRetention(database, { now }),
    scrub,
    async ofAuthor(author) {
      const rows = db
        .selectFrom('comments')
        .select(['id', 'post_id'])
        .where(({ or, eb }) => or([eb('author_id', '=', author), eb('address_hash', '=', author)]));
      return (await rows.execute()).map(({ id, post_id: postId }) => ({ id, postId }));
    },
    isReady,
    close,
  };
}
