import type { Place } from '@blog/kit';
import type { SqliteDatabase } from '@blog/kit/state';
import { type PostInList, type RowOf, summaryColumns } from './rows';
import { excerptHtml, markBegins, markEnds, searchExpression } from './search-text';

export type FoundPost = RowOf<PostInList> & { excerptHtml: string };

interface Ranked {
  number: number;
  id: string;
  score: number;
}

interface Wanted {
  tag?: string | undefined;
  limit: number;
  after?: Place | undefined;
}

/** A word in the title says more about a post than one in its tags, and that more than one in its text. */
const rank = 'bm25(search, 8.0, 1.0, 4.0)';
const hasTag = '(? IS NULL OR p.id IN (SELECT post_id FROM post_tags WHERE tag = ?))';
/** Words in an excerpt. */
const excerptWords = 32;
/** Lower is better; nothing is as good as this. */
const best = -1e300;

/** Finds posts by their words, the best first. A place in the list is the rank and the id of its last post. */
export function createSearch(sqlite: SqliteDatabase) {
  const ranked = sqlite.prepare<[string, string | null, string | null, number, number, string, number], Ranked>(
    `SELECT number, id, score FROM (
       SELECT p.number, p.id, ${rank} AS score FROM search JOIN posts p ON p.number = search.rowid
       WHERE search MATCH ? AND ${hasTag})
     WHERE score > ? OR (score = ? AND id < ?)
     ORDER BY score, id DESC LIMIT ?`,
  );
  // Only for the posts that are shown: making an excerpt costs more than finding the post. Numbers are bound as floats,
  // and FTS5 takes no notice of a rowid that isn't an integer: without the cast this would find any post.
  const shown = sqlite.prepare<[string, number], RowOf<PostInList> & { marked: string }>(
    `SELECT ${summaryColumns}, snippet(search, 1, '${markBegins}', '${markEnds}', '…', ${excerptWords}) AS marked
     FROM search JOIN posts p ON p.number = search.rowid WHERE search MATCH ? AND search.rowid = CAST(? AS INTEGER)`,
  );

  const matches = sqlite
    .prepare<[string, string | null, string | null], number>(
      `SELECT count(*) FROM search JOIN posts p ON p.number = search.rowid WHERE search MATCH ? AND ${hasTag}`,
    )
    .pluck();

  function find(typed: string, { tag, limit, after }: Wanted): { found: FoundPost[]; next?: Place } {
    const expression = searchExpression(typed);
    if (expression === undefined) return { found: [] };
    const score = after ? Number(after.createdAt) : best;
    const wantedTag = tag ?? null;
    const all = ranked.all(expression, wantedTag, wantedTag, score, score, after?.id ?? '', limit + 1);
    const page = all.slice(0, limit);
    const found = page.flatMap(({ number }) => {
      const row = shown.get(expression, number);
      if (!row) return [];
      const { marked, ...post } = row;
      return [{ ...post, excerptHtml: excerptHtml(marked) }];
    });
    const last = page.at(-1);
    return all.length > limit && last ? { found, next: { createdAt: String(last.score), id: last.id } } : { found };
  }

  return {
    find,
    count(typed: string, tag: string | undefined): number {
      const expression = searchExpression(typed);
      return expression === undefined ? 0 : (matches.get(expression, tag ?? null, tag ?? null) ?? 0);
    },
  };
}
