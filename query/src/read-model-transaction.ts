import type { Transaction } from '@blog/kit/state';
import { changesKept } from './change-log';
import type { CommentEntry, PostEntry } from './projection';
import { commentFromRow, commentToRow, postFromRow, postToRow, type Tables } from './tables';

/** What may be done inside a transaction: all of it is committed together, or nothing. */
export interface ReadModelTransaction {
  findPost(id: string): Promise<PostEntry | undefined>;
  findComment(id: string): Promise<CommentEntry | undefined>;
  savePost(post: PostEntry): Promise<void>;
  saveComment(comment: CommentEntry): Promise<void>;
  /** Notes how far the log's history has been read, together with what was read. */
  saveCatchUp(progress: { sequence: number; complete: boolean }): Promise<void>;
}

export function readModelTransaction(tx: Transaction<Tables>): ReadModelTransaction {
  const noteChange = async (kind: 'post' | 'comment', id: string, postId: string): Promise<void> => {
    const { number } = await tx
      .insertInto('changes')
      .values({ kind, id, post_id: postId })
      .returning('number')
      .executeTakeFirstOrThrow();
    await tx
      .deleteFrom('changes')
      .where('number', '<=', number - changesKept)
      .execute();
  };
  return {
    async findPost(id) {
      const row = await tx.selectFrom('posts').selectAll().where('id', '=', id).executeTakeFirst();
      return row && postFromRow(row);
    },
    async findComment(id) {
      const row = await tx.selectFrom('comments').selectAll().where('id', '=', id).executeTakeFirst();
      return row && commentFromRow(row);
    },
    async savePost(post) {
      await tx.replaceInto('posts').values(postToRow(post)).execute();
      await noteChange('post', post.id, post.id);
    },
    async saveComment(comment) {
      await tx.replaceInto('comments').values(commentToRow(comment)).execute();
      await noteChange('comment', comment.id, comment.postId);
    },
    async saveCatchUp({ sequence, complete }) {
      await tx
        .updateTable('catch_up')
        .set({ sequence, complete: complete ? 1 : 0 })
        .execute();
    },
  };
}
