import type { PostSummary, PublicComment } from '@blog/contract';
import { type Kysely } from '@blog/kit/state';
import { publicView } from './projection';
import { commentFromRow, type Tables } from './tables';

/** A change of the read model, with the public state in which the entity is now. */
export type Change = { number: number; postId: string } & (
  { kind: 'post'; data: PostSummary } | { kind: 'comment'; data: PublicComment }
);

/** The latest changes of the read model, numbered: what the live stream goes by. */
export interface ChangeLog {
  /** The number of the latest change; 0 before the first. */
  newest(): Promise<number>;
  /** Changes after a number, oldest first; undefined where that place is no longer (or not) in this log. */
  after(number: number, limit: number): Promise<Change[] | undefined>;
}

/** How many changes are kept. A reader that was away for longer has to load its page again. */
export const changesKept = 10_000;

export function changeLog(
  db: Kysely<Tables>,
  findSummary: (postId: string) => Promise<PostSummary | undefined>,
): ChangeLog {
  const newest = async (): Promise<number> => {
    const { number } = await db
      .selectFrom('changes')
      .select(({ fn }) => fn.max<number | null>('number').as('number'))
      .executeTakeFirstOrThrow();
    return number ?? 0;
  };

  const load = async (row: { number: number; kind: 'post' | 'comment'; id: string; post_id: string }) => {
    const place = { number: row.number, postId: row.post_id };
    if (row.kind === 'post') {
      const data = await findSummary(row.id);
      return data && { ...place, kind: row.kind, data };
    }
    const comment = await db.selectFrom('comments').selectAll().where('id', '=', row.id).executeTakeFirst();
    return comment && { ...place, kind: row.kind, data: publicView(commentFromRow(comment)) };
  };

  return {
    newest,
    async after(number, limit) {
      // From the change at that place on, in one look: between two a change may come and be taken for a break.
      const rows = await db
        .selectFrom('changes')
        .selectAll()
        .where('number', '>=', number)
        .orderBy('number')
        .limit(limit + 1)
        .execute();
      const isUnbroken = rows[0] ? rows[0].number <= number + 1 : number === 0;
      if (!isUnbroken) return undefined;
      const changes: Change[] = [];
      for (const row of rows.filter((one) => one.number > number).slice(0, limit)) {
        const change = await load(row);
        if (change) changes.push(change);
      }
      return changes;
    },
  };
}
