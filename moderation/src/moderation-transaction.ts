import type { Cause } from '@blog/kit';
import type { Outbox, Transaction } from '@blog/kit/state';
import { type Blocked, block, unblock } from './blocklist';
import { evaluatedOf, textHashOf } from './circumstances';
import type { Decision, Entry, Verdict, WatchedComment, WatchedPost } from './domain';
import { type RulesInForce, saveRules } from './rule-store';
import type { Evaluated } from './rules/evaluate';
import type { RuleSet } from './rules/rule-set';
import { entryFromRow, entryToRow, postFromRow, type Tables, verdictFromRow, verdictToRow } from './tables';

/** What may be done inside a transaction: all of it is committed together, or nothing. */
export interface ModerationTransaction {
  rules(): Promise<RulesInForce>;
  saveRules(change: { version: number; set: RuleSet; by: string; at: string }): Promise<void>;
  /** A comment and its three newest verdicts, the one in force first. */
  find(commentId: string): Promise<{ entry?: Entry; verdicts: Verdict[] }>;
  /** What the rules may ask for around a comment. */
  evaluated(comment: WatchedComment): Promise<Evaluated>;
  /** Keeps a comment that was judged before its text was known. */
  saveEntry(entry: Entry): Promise<void>;
  /** Keeps a decision together with the fact that tells of it; `cause` is the event that led to it. */
  save(decision: Decision, cause?: Cause): Promise<void>;
  /** A comment is gone: its text and whose it was are forgotten, and nothing brings it back. */
  deleteComment(id: string, postId: string): Promise<void>;
  /** As {@link deleteComment}; and what was said of it when it was judged goes, and its events that wait. */
  eraseComment(id: string, postId: string): Promise<void>;
  /** Forgets what was said of the comments of a post when they were judged. */
  erasePost(id: string): Promise<void>;
  findPost(id: string): Promise<WatchedPost | undefined>;
  savePost(post: WatchedPost): Promise<void>;
  /** A post is gone; its comments go by {@link forgetCommentsOf}. */
  deletePost(id: string): Promise<void>;
  /** Forgets at most so many comments of a post, as if each were deleted; gives how many there were. */
  forgetCommentsOf(postId: string, most: number): Promise<number>;
  block(blocked: Blocked): Promise<void>;
  /** Whether it was listed. */
  unblock(who: Pick<Blocked, 'kind' | 'value'>): Promise<boolean>;
}

const forgotten = {
  ...{ content: '', author: '', text_hash: '', spans: '[]', status: 'deleted' as const, rule: null, parent_id: null },
  ...{ author_id: null, address_hash: null },
};

export function moderationTransaction(
  tx: Transaction<Tables>,
  { outbox, readRules }: { outbox: Outbox; readRules: (tx: Transaction<Tables>) => Promise<RulesInForce> },
): ModerationTransaction {
  const saveEntry = async (entry: Entry): Promise<void> => {
    const { id, ...row } = entryToRow(entry, textHashOf(entry.comment.content));
    await tx
      .insertInto('comments')
      .values({ id, ...row })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
  };
  return {
    rules: () => readRules(tx),
    saveRules: (change) => saveRules(tx, change),
    evaluated: (comment) => evaluatedOf(tx, comment),
    saveEntry,
    block: (blocked) => block(tx, blocked),
    unblock: (who) => unblock(tx, who),
    ...postsIn(tx),
    async find(commentId) {
      const row = await tx.selectFrom('comments').selectAll().where('id', '=', commentId).executeTakeFirst();
      const rows = await tx
        .selectFrom('verdicts')
        .selectAll()
        .where('comment_id', '=', commentId)
        .orderBy('revision', 'desc')
        .limit(3)
        .execute();
      return { entry: row && entryFromRow(row), verdicts: rows.map(verdictFromRow) };
    },
    async save({ entry, verdict, fact }, cause) {
      await saveEntry(entry);
      await tx.insertInto('verdicts').values(verdictToRow(verdict)).execute();
      if (fact) await outbox.append(tx, [fact], cause);
    },
    ...erasures(tx, outbox, deleteComment),
    deleteComment,
  };

  async function deleteComment(id: string, postId: string): Promise<void> {
    const gone = { id, post_id: postId, created_at: '', revision: 0, ...forgotten };
    await tx
      .insertInto('comments')
      .values(gone)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(forgotten))
      .execute();
  }
}

/** The audit log keeps who decided, when and how; a reason may quote the text. */
function erasures(
  tx: Transaction<Tables>,
  outbox: Outbox,
  deleteComment: ModerationTransaction['deleteComment'],
): Pick<ModerationTransaction, 'eraseComment' | 'erasePost'> {
  return {
    async eraseComment(id, postId) {
      await deleteComment(id, postId);
      await tx.updateTable('verdicts').set({ reason: null }).where('comment_id', '=', id).execute();
      await outbox.erase(tx, id);
    },
    async erasePost(id) {
      await tx.updateTable('verdicts').set({ reason: null }).where('post_id', '=', id).execute();
      await outbox.erase(tx, id);
    },
  };
}

function postsIn(
  tx: Transaction<Tables>,
): Pick<ModerationTransaction, 'findPost' | 'savePost' | 'deletePost' | 'forgetCommentsOf'> {
  return {
    async findPost(id) {
      const row = await tx.selectFrom('posts').selectAll().where('id', '=', id).executeTakeFirst();
      return row && postFromRow(row);
    },
    async savePost({ id, title, createdAt, version = null }) {
      await tx.replaceInto('posts').values({ id, title, created_at: createdAt, version, deleted: 0 }).execute();
    },
    async deletePost(id) {
      await tx.replaceInto('posts').values({ id, title: '', created_at: '', version: null, deleted: 1 }).execute();
    },
    async forgetCommentsOf(postId, most) {
      const some = tx
        .selectFrom('comments')
        .select('number')
        .where('post_id', '=', postId)
        .where('status', '<>', 'deleted')
        .limit(most);
      const [result] = await tx.updateTable('comments').set(forgotten).where('number', 'in', some).execute();
      return Number(result?.numUpdatedRows ?? 0);
    },
  };
}
