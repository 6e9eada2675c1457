import type { Place } from '@blog/kit';
import type { SqliteDatabase } from '@blog/kit/state';
import { type PostInList, type RowOf, summaryColumns } from './rows';
import { excerptHtml, markBegins, markEnds, searchExpression } from './search-text';

export type FoundPost = RowOf<PostInList> & { excerptHtml: string; place: Place };

export interface Found {
  posts: FoundPost[];
  /** How many were found altogether, {@link mostRanked} at most. */
  total: number;
  next?: Place;
}

interface Ranked {
  number: number;
  /** Lower is better. */
  score: number;
}

interface Wanted {
  tag?: string | undefined;
  limit: number;
  after?: Place | undefined;
}

/** A word in the title says more about a post than one in its tags, and that more than one in its text. */
const rank = 'bm25(search, 8.0, 1.0, 4.0)';
/** Of the posts in which the words stand, so many of the newest are ranked: a search must not hold up all others. */
export const mostRanked = 1_000;
/** Words in an excerpt. */
const excerptWords = 32;

/**
 * Finds posts by their words.
 *
 * Each statement looks the words up once, however many rows it gives: for the beginning of a word FTS5 merges the places
 * of all words that begin so. The `+` keeps SQLite from doing that again for each row.
 */
export function createSearch(sqlite: SqliteDatabase) {
  const ranked = sqlite.prepare<[string, number], Ranked>(
    `SELECT rowid AS number, ${rank} AS score FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?`,
  );
  const rankedWithTag = sqlite.prepare<[string, string, number], Ranked>(
    `SELECT rowid AS number, ${rank} AS score FROM search
     WHERE search MATCH ? AND +rowid IN (SELECT number FROM post_tags JOIN posts ON id = post_id WHERE tag = ?)
     ORDER BY rowid DESC LIMIT ?`,
  );
  const excerpts = sqlite.prepare<[string, string], { number: number; marked: string }>(
    `SELECT rowid AS number, snippet(search, 1, '${markBegins}', '${markEnds}', '…', ${excerptWords}) AS marked
     FROM search WHERE search MATCH ? AND +rowid IN (SELECT value FROM json_each(?))`,
  );
  const find = sqlite.prepare<[number], RowOf<PostInList>>(`SELECT ${summaryColumns} FROM posts p WHERE number = ?`);

  const lookUp = (expression: string, tag: string | undefined): Ranked[] =>
    tag === undefined ? ranked.all(expression, mostRanked) : rankedWithTag.all(expression, tag, mostRanked);

  /** The best first. A place in the list is the rank and the number of its last post. */
  function best(typed: string, { tag, limit, after }: Wanted): Found {
    const expression = searchExpression(typed);
    if (expression === undefined) return { posts: [], total: 0 };
    const all = lookUp(expression, tag).sort(byRank);
    const place = after && { score: Number(after.createdAt), number: Number(after.id) };
    const rest = place ? all.filter((one) => byRank(one, place) > 0) : all;
    const page = rest.slice(0, limit);
    const numbers = JSON.stringify(page.map(({ number }) => number));
    const marked = new Map(excerpts.all(expression, numbers).map((row) => [row.number, row.marked]));
    const posts = page.flatMap(({ number, score }) => {
      const row = find.get(number);
      const place = { createdAt: String(score), id: String(number) };
      return row ? [{ ...row, place, excerptHtml: excerptHtml(marked.get(number) ?? '') }] : [];
    });
    const last = page.at(-1);
    const next = rest.length > limit && last ? { createdAt: String(last.score), id: String(last.number) } : undefined;
    return { posts, total: all.length, ...(next ? { next } : {}) };
  }

  /** The newest first. */
  function newest(typed: string, { tag, limit }: Wanted): RowOf<PostInList>[] {
    const expression = searchExpression(typed);
    if (expression === undefined) return [];
    return lookUp(expression, tag)
      .flatMap(({ number }) => find.get(number) ?? [])
      .sort(byTime)
      .slice(0, limit);
  }

  return { best, newest };
}

/** The newest first. */
function byTime(a: RowOf<PostInList>, b: RowOf<PostInList>): number {
  const [one, other] = [`${a.createdAt} ${a.id}`, `${b.createdAt} ${b.id}`];
  return one < other ? 1 : -1;
}

/** The best first; of equally good ones the one that came last. */
function byRank(a: Ranked, b: Ranked): number {
  return a.score - b.score || b.number - a.number;
}
