import { createHash } from 'node:crypto';
import type { Kysely } from '@blog/kit/state';
import type { WatchedComment } from './domain';
import type { Evaluated } from './rules/evaluate';
import { fold } from './rules/folding';
import type { Tables } from './tables';

/** The same for texts that differ in case and white space only. */
export function textHashOf(content: string): string {
  return createHash('sha256').update(fold(content).text.trim()).digest('base64url');
}

/** A comment together with what the rules may ask for around it, each found by an index. */
export async function evaluatedOf(db: Kysely<Tables>, comment: WatchedComment): Promise<Evaluated> {
  const { author, content, createdAt } = comment;
  const [approvedBefore, sameTextAt, postCreatedAt, blocked] = [
    await approvedOthers(db, comment),
    await lastSameText(db, comment),
    await publishedAt(db, comment.postId),
    await blockOf(db, comment),
  ];
  return { author, content, createdAt, approvedBefore, sameTextAt, postCreatedAt, blocked };
}

async function approvedOthers(db: Kysely<Tables>, { id, authorId }: WatchedComment): Promise<number> {
  if (authorId === undefined) return 0;
  const { count } = await db
    .selectFrom('comments')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('author_id', '=', authorId)
    .where('status', 'in', ['approved', 'flagged'])
    .where('id', '<>', id)
    .executeTakeFirstOrThrow();
  return count;
}

async function lastSameText(db: Kysely<Tables>, comment: WatchedComment): Promise<string | undefined> {
  const hash = textHashOf(comment.content);
  const times: string[] = [];
  for (const [column, value] of [
    ['author_id', comment.authorId],
    ['address_hash', comment.addressHash],
  ] as const) {
    if (value === undefined) continue;
    const row = await db
      .selectFrom('comments')
      .select(({ fn }) => fn.max('created_at').as('newest'))
      .where(column, '=', value)
      .where('text_hash', '=', hash)
      .where('created_at', '<=', comment.createdAt)
      .where('id', '<>', comment.id)
      .executeTakeFirst();
    if (row?.newest) times.push(row.newest);
  }
  return times.sort().at(-1);
}

async function publishedAt(db: Kysely<Tables>, postId: string): Promise<string | undefined> {
  const row = await db.selectFrom('posts').select('created_at').where('id', '=', postId).executeTakeFirst();
  return row?.created_at;
}

/** Where both are listed, to reject goes before to hold. */
async function blockOf(
  db: Kysely<Tables>,
  { authorId, addressHash }: WatchedComment,
): Promise<Evaluated['blocked'] | undefined> {
  if (authorId === undefined && addressHash === undefined) return undefined;
  return db
    .selectFrom('blocklist')
    .select(['action', 'reason'])
    .where(({ eb, or, and }) =>
      or([
        ...(authorId === undefined ? [] : [and([eb('kind', '=', 'author'), eb('value', '=', authorId)])]),
        ...(addressHash === undefined ? [] : [and([eb('kind', '=', 'address'), eb('value', '=', addressHash)])]),
      ]),
    )
    .orderBy('action', 'desc')
    .executeTakeFirst();
}
