import type { Page, Place } from '@blog/kit';
import type { Kysely } from '@blog/kit/state';
import { sql } from 'kysely';
import type { Entry, Verdict } from './domain';
import { numberOf, pageByNumber } from './numbered';
import type { QueueStatus } from './rules/evaluate';
import { entryFromRow, type Row, type Tables, verdictFromRow } from './tables';

/** A comment in the queue, with what helps to decide on it. */
export interface QueueItem {
  entry: Entry;
  /** The newest 20 verdicts, the one in force first. */
  history: Verdict[];
  postTitle?: string;
  /** What it replies to; absent where that is deleted or was never told. */
  parent?: { author: string; content: string };
  /** Of its author, all over the blog; absent where it isn't known whose comment it is. */
  authorCounts?: { approved: number; rejected: number };
}

export interface QueueQuery {
  status: QueueStatus;
  /** Any part of the text or of the author's name. */
  q?: string;
  limit: number;
  before?: Place;
}

const mostVerdicts = 20;
/** The index knows parts of three characters or more; for shorter ones so many of the newest comments are looked through. */
const shortestIndexed = 3;
const mostLookedThrough = 5_000;

/** The newest first, in the order in which they came in. */
export async function queuePage(
  db: Kysely<Tables>,
  { status, q = '', limit, before }: QueueQuery,
): Promise<Page<QueueItem>> {
  const below = before ? numberOf(before) : Number.MAX_SAFE_INTEGER;
  const isIndexed = [...q].length >= shortestIndexed;
  const matching = q === '' ? newest : isIndexed ? indexed(q) : lookedThrough(q);
  const { rows } = await matching({ status, below, limit: limit + 1 }).execute(db);
  const { items, next } = pageByNumber(rows, limit, entryFromRow);
  const page = { items: await withContext(db, items) };
  return next ? { ...page, next } : page;
}

type Cut = { status: QueueStatus; below: number; limit: number };

const newest = ({ status, below, limit }: Cut) => sql<Row<'comments'>>`
  SELECT * FROM comments WHERE status = ${status} AND number < ${below} ORDER BY number DESC LIMIT ${limit}`;

/** CROSS JOIN fixes the order of the loops: the index gives its rows newest first, and the reading ends with the page. */
const indexed = (q: string) => {
  const phrase = `"${q.replaceAll('"', '""')}"`;
  return ({ status, below, limit }: Cut) => sql<Row<'comments'>>`
    SELECT comments.* FROM comment_search CROSS JOIN comments ON comments.number = comment_search.rowid
    WHERE comment_search MATCH ${phrase} AND comment_search.rowid < ${below} AND comments.status = ${status}
    ORDER BY comment_search.rowid DESC LIMIT ${limit}`;
};

const lookedThrough = (q: string) => {
  const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
  return ({ status, below, limit }: Cut) => sql<Row<'comments'>>`
    SELECT * FROM (SELECT * FROM comments WHERE status = ${status} ORDER BY number DESC LIMIT ${mostLookedThrough})
    WHERE number < ${below} AND (content LIKE ${pattern} ESCAPE '\\' OR author LIKE ${pattern} ESCAPE '\\')
    ORDER BY number DESC LIMIT ${limit}`;
};

/** How many comments there are of each status. */
export async function queueCounts(db: Kysely<Tables>): Promise<Record<QueueStatus, number>> {
  const rows = await db
    .selectFrom('comments')
    .select(({ fn }) => ['status', fn.countAll<number>().as('count')])
    .groupBy('status')
    .execute();
  const of = (status: QueueStatus): number => rows.find((row) => row.status === status)?.count ?? 0;
  return { pending: of('pending'), flagged: of('flagged'), approved: of('approved'), rejected: of('rejected') };
}

/** The newest comments of whatever status, newest first. */
export async function newestEntries(db: Kysely<Tables>, limit: number): Promise<QueueItem[]> {
  const newestFirst = db.selectFrom('comments').selectAll().where('status', '<>', 'deleted').orderBy('number', 'desc');
  return withContext(db, (await newestFirst.limit(limit).execute()).map(entryFromRow));
}

async function withContext(db: Kysely<Tables>, entries: Entry[]): Promise<QueueItem[]> {
  if (entries.length === 0) return [];
  const comments = entries.map(({ comment }) => comment);
  const histories = await historiesOf(
    db,
    comments.map(({ id }) => id),
  );
  const titles = await titlesOf(
    db,
    comments.map(({ postId }) => postId),
  );
  const parents = await parentsOf(
    db,
    comments.flatMap(({ parentId }) => parentId ?? []),
  );
  const counts = await authorCountsOf(
    db,
    comments.flatMap(({ authorId }) => authorId ?? []),
  );
  return entries.map((entry) => {
    const { id, postId, parentId, authorId } = entry.comment;
    const authorCounts = authorId === undefined ? undefined : counts.get(authorId);
    const parent = parentId === undefined ? undefined : parents.get(parentId);
    return { entry, history: histories.get(id) ?? [], postTitle: titles.get(postId), parent, authorCounts };
  });
}

async function historiesOf(db: Kysely<Tables>, ids: string[]): Promise<Map<string, Verdict[]>> {
  const numbered = db
    .selectFrom('verdicts')
    .selectAll()
    .select(sql<number>`row_number() over (partition by comment_id order by revision desc)`.as('place'))
    .where('comment_id', 'in', ids);
  const rows = await db
    .selectFrom(numbered.as('numbered'))
    .selectAll()
    .where('place', '<=', mostVerdicts)
    .orderBy('revision', 'desc')
    .execute();
  const histories = new Map<string, Verdict[]>(ids.map((id) => [id, []]));
  for (const row of rows) histories.get(row.comment_id)?.push(verdictFromRow(row));
  return histories;
}

async function titlesOf(db: Kysely<Tables>, ids: string[]): Promise<Map<string, string>> {
  const rows = await db.selectFrom('posts').select(['id', 'title']).where('id', 'in', ids).execute();
  return new Map(rows.map(({ id, title }) => [id, title]));
}

async function parentsOf(db: Kysely<Tables>, ids: string[]): Promise<Map<string, { author: string; content: string }>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('comments')
    .select(['id', 'author', 'content'])
    .where('id', 'in', ids)
    .where('status', '<>', 'deleted')
    .execute();
  return new Map(rows.map(({ id, author, content }) => [id, { author, content }]));
}

async function authorCountsOf(
  db: Kysely<Tables>,
  authorIds: string[],
): Promise<Map<string, { approved: number; rejected: number }>> {
  const counts = new Map(authorIds.map((id) => [id, { approved: 0, rejected: 0 }]));
  if (authorIds.length === 0) return counts;
  const rows = await db
    .selectFrom('comments')
    .select(({ fn }) => ['author_id', 'status', fn.countAll<number>().as('count')])
    .where('author_id', 'in', [...counts.keys()])
    .groupBy(['author_id', 'status'])
    .execute();
  for (const { author_id, status, count } of rows) {
    const of = counts.get(author_id ?? '');
    if (of && (status === 'approved' || status === 'flagged')) of.approved += count;
    if (of && status === 'rejected') of.rejected += count;
  }
  return counts;
}
