import type { FullPost, PostSummary, PostWithComments, PublicComment } from '@blog/contract';
import { type Page, pageOf, type Place } from '@blog/kit';
import { openDatabase } from '@blog/kit/state';
import { type Kysely, sql } from 'kysely';
import { changeLog, type ChangeLog } from './change-log';
import { type PostEntry, publicView } from './projection';
import { readModelTransaction, type ReadModelTransaction } from './read-model-transaction';
import { commentFromRow, migrations, postFromRow, type Tables } from './tables';

/** How far the log's history has been read into this read model. */
export interface CatchUp {
  sequence: number;
  complete: boolean;
}

export interface ReadModelStore {
  transaction<T>(work: (tx: ReadModelTransaction) => Promise<T>): Promise<T>;
  /** The newest posts, or those before a place in the list, oldest first, each with its newest comments. */
  page(limit: number, before?: Place): Promise<Page<PostWithComments>>;
  /** A post with a page of its comments: the newest, or those before a place. */
  find(id: string, limit: number, before?: Place): Promise<{ post: FullPost; olderComments?: Place } | undefined>;
  changes: ChangeLog;
  catchUp(): Promise<CatchUp>;
  isOpen(): boolean;
  close(): Promise<void>;
}

/** The most comments that a post carries in a list. */
const commentsInList = 100;

export function openReadModelStore({ file }: { file: string }): ReadModelStore {
  const { db, transaction, isOpen, close } = openDatabase<Tables>({ file, migrations });

  const summaryOf = async (posts: PostEntry[]): Promise<PostSummary[]> => {
    const counts = await approvedCounts(
      db,
      posts.map(({ id }) => id),
    );
    return posts.map((post) => summary(post, counts.get(post.id) ?? 0));
  };

  return {
    transaction: (work) => transaction((tx) => work(readModelTransaction(tx))),
    async page(limit, before) {
      const { items, next } = pageOf(await newestPosts(db, limit + 1, before), limit, (post) => post);
      const comments = await newestComments(
        db,
        items.map(({ id }) => id),
      );
      const posts = (await summaryOf(items)).map((post) => ({ ...post, comments: comments.get(post.id) ?? [] }));
      return next ? { items: posts, next } : { items: posts };
    },
    async find(id, limit, before) {
      const row = await db.selectFrom('posts').selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) return undefined;
      const entry = postFromRow(row);
      const [post] = await summaryOf([entry]);
      const { items, next } = await commentPage(db, id, limit, before);
      if (!post) return undefined;
      const full = { ...post, body: entry.body, html: entry.html, comments: items };
      return next ? { post: full, olderComments: next } : { post: full };
    },
    changes: changeLog(db, async (id) => {
      const row = await db.selectFrom('posts').selectAll().where('id', '=', id).executeTakeFirst();
      return row && (await summaryOf([postFromRow(row)]))[0];
    }),
    async catchUp() {
      const { sequence, complete } = await db.selectFrom('catch_up').selectAll().executeTakeFirstOrThrow();
      return { sequence, complete: complete === 1 };
    },
    isOpen,
    close,
  };
}

function summary(post: PostEntry, commentCount: number): PostSummary {
  const { id, title, excerpt, tags, createdAt, updatedAt, version } = post;
  return { id, title, excerpt, tags, createdAt, updatedAt, version, commentCount };
}

async function newestPosts(db: Kysely<Tables>, limit: number, before?: Place): Promise<PostEntry[]> {
  let newestFirst = db.selectFrom('posts').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
  if (before) newestFirst = newestFirst.where(isBefore(before));
  return (await newestFirst.execute()).map(postFromRow);
}

async function commentPage(
  db: Kysely<Tables>,
  postId: string,
  limit: number,
  before?: Place,
): Promise<Page<PublicComment>> {
  let newestFirst = db
    .selectFrom('comments')
    .selectAll()
    .where('post_id', '=', postId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit + 1);
  if (before) newestFirst = newestFirst.where(isBefore(before));
  const rows = await newestFirst.execute();
  return pageOf(
    rows.map((row) => publicView(commentFromRow(row))),
    limit,
    (comment) => comment,
  );
}

function isBefore({ createdAt, id }: Place) {
  return sql<boolean>`(created_at, id) < (${createdAt}, ${id})`;
}

async function approvedCounts(db: Kysely<Tables>, postIds: string[]): Promise<Map<string, number>> {
  if (postIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('comments')
    .select(({ fn }) => ['post_id', fn.countAll<number>().as('approved')])
    .where('post_id', 'in', postIds)
    .where('status', '=', 'approved')
    .groupBy('post_id')
    .execute();
  return new Map(rows.map(({ post_id, approved }) => [post_id, approved]));
}

/** The newest comments of each of these posts, oldest first. */
async function newestComments(db: Kysely<Tables>, postIds: string[]): Promise<Map<string, PublicComment[]>> {
  if (postIds.length === 0) return new Map();
  const numbered = db
    .selectFrom('comments')
    .selectAll()
    .select(sql<number>`row_number() over (partition by post_id order by created_at desc, id desc)`.as('place'))
    .where('post_id', 'in', postIds);
  const rows = await db
    .selectFrom(numbered.as('numbered'))
    .selectAll()
    .where('place', '<=', commentsInList)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
  const byPost = new Map<string, PublicComment[]>(postIds.map((id) => [id, []]));
  for (const row of rows) byPost.get(row.post_id)?.push(publicView(commentFromRow(row)));
  return byPost;
}
