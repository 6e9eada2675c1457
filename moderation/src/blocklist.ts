import type { Page, Place } from '@blog/kit';
import type { Kysely } from '@blog/kit/state';
import { numberOf, pageByNumber } from './numbered';
import type { Tables } from './tables';

/** Somebody whose comments are rejected or held, whatever they say: by `authorId` or by `addressHash`. */
export interface Blocked {
  kind: 'author' | 'address';
  value: string;
  action: 'reject' | 'hold';
  /** In words for the author. */
  reason: string;
  by: string;
  at: string;
}

/** An entry with the newest comment that is known of whom it blocks: ids and hashes tell people nothing. */
export interface Listed extends Blocked {
  comment?: { author: string; content: string };
}

/** Puts somebody on the list, or changes what is there of them. */
export async function block(db: Kysely<Tables>, { kind, value, action, reason, by, at }: Blocked): Promise<void> {
  const change = { action, reason, listed_by: by, listed_at: at };
  await db
    .insertInto('blocklist')
    .values({ kind, value, ...change })
    .onConflict((conflict) => conflict.columns(['kind', 'value']).doUpdateSet(change))
    .execute();
}

/** Whether it was listed. */
export async function unblock(db: Kysely<Tables>, { kind, value }: Pick<Blocked, 'kind' | 'value'>): Promise<boolean> {
  const rows = await db
    .deleteFrom('blocklist')
    .where('kind', '=', kind)
    .where('value', '=', value)
    .returning('number')
    .execute();
  return rows.length > 0;
}

/** The newest entries first. */
export async function blocklistPage(db: Kysely<Tables>, limit: number, before?: Place): Promise<Page<Listed>> {
  let query = db
    .selectFrom('blocklist')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(limit + 1);
  if (before) query = query.where('number', '<', numberOf(before));
  const rows = await query.execute();
  const newest = {
    author: await newestComments(db, 'author_id', valuesOf(rows, 'author')),
    address: await newestComments(db, 'address_hash', valuesOf(rows, 'address')),
  };
  return pageByNumber(rows, limit, (row): Listed => {
    const comment = newest[row.kind].get(row.value);
    return {
      ...{ kind: row.kind, value: row.value, action: row.action, reason: row.reason },
      ...{ by: row.listed_by, at: row.listed_at },
      ...(comment === undefined ? {} : { comment }),
    };
  });
}

function valuesOf(rows: readonly Pick<Blocked, 'kind' | 'value'>[], wanted: Blocked['kind']): string[] {
  return rows.filter(({ kind }) => kind === wanted).map(({ value }) => value);
}

async function newestComments(
  db: Kysely<Tables>,
  column: 'author_id' | 'address_hash',
  values: readonly string[],
): Promise<Map<string, { author: string; content: string }>> {
  if (values.length === 0) return new Map();
  const rows = await db
    .selectFrom('comments')
    .select(({ ref }) => [ref(column).as('value'), 'author', 'content'])
    .where('number', 'in', (eb) =>
      eb
        .selectFrom('comments')
        .select(({ fn }) => fn.max('number').as('newest'))
        .where(column, 'in', values)
        .groupBy(column),
    )
    .execute();
  return new Map(rows.map(({ value, author, content }) => [value ?? '', { author, content }]));
}
