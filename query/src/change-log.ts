import type { PostSummary, PublicComment } from '@blog/contract';
import type { SqliteDatabase } from '@blog/kit/state';
import { sizeOf } from './comment-reads';
import { publicView } from './projection';
import { commentColumns, type CommentRow } from './rows';

/** A change of the read model, with the public state in which the entity is now; one that is gone by now is told as gone. */
export type Change = { number: number; postId: string } & (
  | { kind: 'post'; data: PostSummary }
  | { kind: 'comment'; data: PublicComment }
  | { kind: 'post-deleted'; data: { id: string } }
  | { kind: 'comment-deleted'; data: { id: string; postId: string } }
);
export type ChangeKind = Change['kind'];

/** The latest changes of the read model, numbered: what the live stream goes by. */
export interface ChangeLog {
  /** The number of the latest change, or the one before the first. */
  newest(): number;
  /**
   * Changes after a number, oldest first; undefined where that place is no longer (or not) in this log. As many as
   * `limit`, or fewer if their texts are long; none only where there are no more.
   */
  after(number: number, limit: number): Change[] | undefined;
}

/** Of the changes that are read at once. */
const mostCharacters = 500_000;

/** How many changes are kept. A reader that was away for longer has to load its page again. */
export const changesKept = 10_000;

interface ChangeRow {
  number: number;
  kind: ChangeKind;
  id: string;
  postId: string;
}

export function changeLog(sqlite: SqliteDatabase, findSummary: (postId: string) => PostSummary | undefined): ChangeLog {
  const findNewest = sqlite.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'changes'").pluck();
  const findFrom = sqlite.prepare<[number, number], ChangeRow>(
    'SELECT number, kind, id, post_id AS postId FROM changes WHERE number >= ? ORDER BY number LIMIT ?',
  );
  const findComment = sqlite.prepare<[string], CommentRow>(`SELECT ${commentColumns} FROM comments c WHERE c.id = ?`);
  const newest = (): number => findNewest.get() ?? 0;

  function load({ number, kind, id, postId }: ChangeRow): Change {
    const place = { number, postId };
    if (kind === 'post' || kind === 'post-deleted') {
      const data = findSummary(id);
      return data ? { ...place, kind: 'post', data } : { ...place, kind: 'post-deleted', data: { id } };
    }
    const comment = findComment.get(id);
    if (comment?.postId === postId) return { ...place, kind: 'comment', data: publicView(comment) };
    return { ...place, kind: 'comment-deleted', data: { id, postId } };
  }

  return {
    newest,
    after(number, limit) {
      const rows = findFrom.all(number, limit + 1);
      const isUnbroken = rows[0] ? rows[0].number <= number + 1 : number === newest();
      if (!isUnbroken) return undefined;
      const changes: Change[] = [];
      let characters = 0;
      for (const row of rows.filter((one) => one.number > number).slice(0, limit)) {
        const change = load(row);
        changes.push(change);
        if (change.kind === 'comment') characters += sizeOf(change.data);
        if (change.kind === 'post') characters += change.data.title.length;
        if (characters > mostCharacters) break;
      }
      return changes;
    },
  };
}
