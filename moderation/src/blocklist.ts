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
export async function blocklistPage(db: Kysely<Tables>, limit: number, before?: Place): Promise<Page<Blocked>> {
  let query = db
    .selectFrom('blocklist')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(limit + 1);
  if (before) query = query.where('number', '<', numberOf(before));
  return pageByNumber(await query.execute(), limit, (row) => ({
    ...{ kind: row.kind, value: row.value, action: row.action, reason: row.reason },
    ...{ by: row.listed_by, at: row.listed_at },
  }));
}
