import type { Page, Place } from '@blog/kit';
import type { Kysely } from '@blog/kit/state';
import type { Verdict } from './domain';
import { numberOf, pageByNumber } from './numbered';
import { type Tables, verdictFromRow } from './tables';

export interface VerdictQuery {
  commentId?: string;
  by?: string;
  limit: number;
  before?: Place;
}

/** The audit log, newest first. */
export async function verdictPage(
  db: Kysely<Tables>,
  { commentId, by, limit, before }: VerdictQuery,
): Promise<Page<Verdict>> {
  let query = db
    .selectFrom('verdicts')
    .selectAll()
    .orderBy('number', 'desc')
    .limit(limit + 1);
  if (commentId !== undefined) query = query.where('comment_id', '=', commentId);
  if (by !== undefined) query = query.where('decided_by', '=', by);
  if (before) query = query.where('number', '<', numberOf(before));
  return pageByNumber(await query.execute(), limit, verdictFromRow);
}
