import type { Cause } from '@blog/kit';
import type { Idempotency, IdempotentRequest, Outbox, Transaction } from '@blog/kit/state';
import { hashOf } from './author-token';
import { type Change, type Comment, type Deletion, erasureOf, type Verdict } from './domain';
import { fromRow, type Tables, toRow, verdictFromRow } from './tables';

/** At most so many sendings of one address within a time. */
export interface SendingLimit {
  most: number;
  ms: number;
}

/** The answer to a new comment, without the token: that one is made again of the request's key. */
export interface KeptAnswer {
  id: string;
}

/** What may be done inside a transaction: all of it is committed together, or nothing. */
export interface CommentTransaction {
  find(id: string): Promise<Comment | undefined>;
  /** The author of the newest comment that one of these tokens belongs to. */
  authorOf(tokenHashes: ReadonlySet<string>): Promise<string | undefined>;
  insert(change: Change): Promise<void>;
  /** Replaces a comment's state; `cause` is the event that led to it. */
  update(change: Change, cause: Cause): Promise<void>;
  remove(deletions: Deletion[], cause: Cause): Promise<void>;
  /**
   * Erases comments, here or not: their rows, their verdicts that came early and their events that wait go, and their ids are remembered.
   * Gives the ids of the events that tell the others.
   */
  erase(comments: readonly Pick<Comment, 'id' | 'postId'>[], cause: Cause): Promise<string[]>;
  /** As {@link erase}, where the others know already: no event tells of it. */
  forget(comments: readonly Pick<Comment, 'id' | 'postId'>[]): Promise<void>;
  isErased(id: string): Promise<boolean>;
  /** Marks a post as deleted, and forgets what waits for its comments, or of them: early verdicts, and events. */
  erasePost(postId: string): Promise<void>;
  /** Some comments of a post, whichever. */
  someOf(postId: string, limit: number): Promise<Comment[]>;
  /** Remembers that a post was deleted: no comment comes in for it any more. */
  markPostDeleted(postId: string): Promise<void>;
  isPostDeleted(postId: string): Promise<boolean>;
  /** Keeps a verdict whose comment isn't here yet, for some days. */
  keepVerdict(commentId: string, verdict: Verdict & { postId?: string }): Promise<void>;
  /** Takes the verdict back that waited for a comment. */
  takeVerdict(commentId: string): Promise<Verdict | undefined>;
  /** Counts a sending of an address, and gives 0; where it is one too many, the milliseconds until one may be sent. */
  countSending(addressHash: string, limits: readonly SendingLimit[]): Promise<number>;
  /** What was answered to this request before. Throws Unprocessable where its key came with another request. */
  earlierAnswer(request: IdempotentRequest): Promise<KeptAnswer | undefined>;
  keepAnswer(request: IdempotentRequest, answer: KeptAnswer): Promise<void>;
}

/** A verdict whose comment hasn't come within this time waits for one that was deleted, or never was. */
const verdictKeptMs = 7 * 24 * 60 * 60 * 1000;
/** No limit looks further back. */
export const sendingKeptMs = 60 * 60 * 1000;

export interface TransactionParts {
  outbox: Outbox;
  answers: Idempotency<KeptAnswer>;
  now: () => Date;
  /** Whoever else wants to hold the same waits until this transaction has ended. Posts are held before it begins. */
  hold: (name: string) => Promise<void>;
}

export function commentTransaction(tx: Transaction<Tables>, parts: TransactionParts): CommentTransaction {
  const { outbox } = parts;
  return {
    async find(id) {
      const row = await tx.selectFrom('comments').selectAll().where('id', '=', id).executeTakeFirst();
      return row && fromRow(row);
    },
    async authorOf(tokenHashes) {
      if (tokenHashes.size === 0) return undefined;
      const of = tx
        .selectFrom('comments')
        .selectAll()
        .where('token_hash', 'in', [...tokenHashes]);
      const row = await of.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst();
      return row && fromRow(row).authorId;
    },
    async insert({ comment, fact }) {
      await tx.insertInto('comments').values(toRow(comment)).execute();
      await outbox.append(tx, [fact]);
    },
    async update({ comment, fact }, cause) {
      await tx.updateTable('comments').set(toRow(comment)).where('id', '=', comment.id).execute();
      await outbox.append(tx, [fact], cause);
    },
    async remove(deletions, cause) {
      const ids = deletions.map(({ data }) => data.id);
      await tx.deleteFrom('comments').where('id', 'in', ids).execute();
      await outbox.append(tx, deletions, cause);
    },
    async someOf(postId, limit) {
      const rows = await tx.selectFrom('comments').selectAll().where('post_id', '=', postId).limit(limit).execute();
      return rows.map(fromRow);
    },
    ...erasures(tx, parts),
    ...earlyVerdicts(tx, parts),
    ...sendings(tx, parts),
    ...keptAnswers(tx, parts),
  };
}

function erasures(tx: Transaction<Tables>, parts: TransactionParts) {
  const { outbox, now } = parts;
  const posts = deletedPosts(tx, parts);
  async function forget(comments: readonly Pick<Comment, 'id' | 'postId'>[]): Promise<void> {
    for (const { id, postId } of comments) {
      await tx.deleteFrom('comments').where('id', '=', id).execute();
      await tx.deleteFrom('early_verdicts').where('comment_id', '=', id).execute();
      await outbox.erase(tx, id);
      const row = { comment_id: id, post_id: postId, erased_at: now().getTime() };
      const remember = tx.insertInto('erased_comments').values(row);
      await remember.onConflict((conflict) => conflict.column('comment_id').doNothing()).execute();
    }
  }
  return {
    ...posts,
    async erasePost(postId: string) {
      await posts.markPostDeleted(postId);
      await tx.deleteFrom('early_verdicts').where('post_id', '=', postId).execute();
      await outbox.erase(tx, postId);
    },
    forget,
    async erase(comments: readonly Pick<Comment, 'id' | 'postId'>[], cause: Cause) {
      await forget(comments);
      return outbox.append(tx, comments.map(erasureOf), cause);
    },
    async isErased(id: string) {
      const row = tx.selectFrom('erased_comments').select('comment_id').where('comment_id', '=', id);
      return (await row.executeTakeFirst()) !== undefined;
    },
  };
}

function deletedPosts(tx: Transaction<Tables>, { now }: TransactionParts) {
  return {
    async markPostDeleted(postId: string) {
      await tx
        .insertInto('deleted_posts')
        .values({ post_id: postId, deleted_at: now().getTime() })
        .onConflict((conflict) => conflict.column('post_id').doNothing())
        .execute();
    },
    async isPostDeleted(postId: string) {
      const row = tx.selectFrom('deleted_posts').select('post_id').where('post_id', '=', postId);
      return (await row.executeTakeFirst()) !== undefined;
    },
  };
}

function earlyVerdicts(tx: Transaction<Tables>, { now }: TransactionParts) {
  return {
    async keepVerdict(commentId: string, verdict: Verdict & { postId?: string }) {
      const { status, reason = null, revision = null, content = null, commentVersion = null } = verdict;
      const { postId = null } = verdict;
      const keptAt = now().getTime();
      await tx
        .deleteFrom('early_verdicts')
        .where('kept_at', '<', keptAt - verdictKeptMs)
        .execute();
      const kept = {
        status,
        reason,
        revision,
        content,
        comment_version: commentVersion,
        kept_at: keptAt,
        post_id: postId,
      };
      await tx
        .insertInto('early_verdicts')
        .values({ comment_id: commentId, ...kept })
        .onConflict((conflict) =>
          conflict
            .column('comment_id')
            .doUpdateSet(kept)
            // As for a comment that is here: a higher revision counts, and one without a revision where none came yet.
            .where(({ eb, fn, val, lit }) => eb(val(revision), '>', fn.coalesce('early_verdicts.revision', lit(0)))),
        )
        .execute();
    },
    async takeVerdict(commentId: string) {
      const taken = tx.deleteFrom('early_verdicts').where('comment_id', '=', commentId).returningAll();
      const row = await taken.executeTakeFirst();
      return row && verdictFromRow(row);
    },
  };
}

function sendings(tx: Transaction<Tables>, { now, hold }: TransactionParts) {
  return {
    async countSending(addressHash: string, limits: readonly SendingLimit[]) {
      await hold(`address ${addressHash}`);
      const at = now().getTime();
      const waits = limits.map(async ({ most, ms }) => {
        const newestFirst = tx
          .selectFrom('sendings')
          .select('sent_at')
          .where('address_hash', '=', addressHash)
          .where('sent_at', '>', at - ms)
          .orderBy('sent_at', 'desc');
        const full = await newestFirst
          .offset(most - 1)
          .limit(1)
          .executeTakeFirst();
        return full ? full.sent_at + ms - at : 0;
      });
      const wait = Math.max(0, ...(await Promise.all(waits)));
      if (wait > 0) return wait;
      await tx
        .deleteFrom('sendings')
        .where('sent_at', '<=', at - sendingKeptMs)
        .execute();
      await tx.insertInto('sendings').values({ address_hash: addressHash, sent_at: at }).execute();
      return 0;
    },
  };
}

function keptAnswers(tx: Transaction<Tables>, { answers, hold }: TransactionParts) {
  /** Whoever knows the key of a request gets its token: so of the key, too, only a hash is stored. */
  const hashed = (request: IdempotentRequest): IdempotentRequest => ({ ...request, key: hashOf(request.key) });
  return {
    async earlierAnswer(request: IdempotentRequest) {
      const known = hashed(request);
      await hold(`key ${known.key}`);
      return answers.find(tx, known);
    },
    keepAnswer: (request: IdempotentRequest, answer: KeptAnswer) => answers.keep(tx, hashed(request), answer),
  };
}
