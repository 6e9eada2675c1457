import { formerPathKey, type PostSummary, type PostWithComments } from '@blog/contract';
import { countWithin, type Page, pageOf, type Place } from '@blog/kit';
import type { SqliteDatabase } from '@blog/kit/state';
import { type CommentReads, sizeOf } from './comment-reads';
import type { PostEntry } from './projection';
import { fromRow, type PostInList, type RowOf, summaryColumns } from './rows';
import { createSearch } from './search';

/** A post in a list. */
export interface ListedPost {
  id: string;
  /** Where in its list it stands: the list goes on after it. */
  place: Place;
  /** In a search: the words around what was found, as HTML. */
  excerptHtml?: string;
  /** Reads it with its newest comments. */
  read(): PostWithComments;
}

/** Which posts: those with a tag, those in which words are found, or all. */
export interface PostFilter {
  tag?: string | undefined;
  q?: string | undefined;
}

export interface Tag {
  tag: string;
  /** How many posts have it. */
  count: number;
}

export interface PostLists {
  /**
   * The newest posts, or those before a place in the list, oldest first, each with its newest comments. A search gives
   * the best first; its places say the rank where those of other lists say the time. `total` counts all that a filter
   * lets through.
   */
  list(filter: PostFilter, limit: number, before?: Place): Page<ListedPost> & { total?: number };
  /** A post as lists show it, without its comments. */
  summary(id: string): PostSummary | undefined;
  /** The post that was at a path before. */
  movedFrom(path: string): Pick<PostEntry, 'id' | 'title'> | undefined;
  /** The newest posts, newest first, with their HTML: for feeds. */
  newest(limit: number, filter: PostFilter): PostForFeed[];
  /** The newest posts, newest first, with what an address is made of. */
  addresses(limit: number): PostAddress[];
  /** Tags by how many posts have them, most first, after a place in that list. */
  tags(limit: number, after?: Tag): Tag[];
}

export type PostForFeed = PostInList & { html: string };
export type PostAddress = Pick<PostEntry, 'id' | 'title' | 'updatedAt'>;

/** The most comments that a post carries in a list: so many, and no more than so many characters of them. */
const commentsInList = { limit: 100, most: 64_000 };
/** The most characters of HTML that a feed has; its newest post is always there. */
const mostInFeed = 2_000_000;

export function createPostLists(sqlite: SqliteDatabase, comments: CommentReads): PostLists {
  const find = sqlite.prepare<[string], RowOf<PostInList>>(`SELECT ${summaryColumns} FROM posts p WHERE p.id = ?`);
  const newestPosts = sqlite.prepare<[string, string, number], RowOf<PostInList>>(
    `SELECT ${summaryColumns} FROM posts p WHERE (created_at, id) < (?, ?) ORDER BY created_at DESC, id DESC LIMIT ?`,
  );
  const newestWithTag = sqlite.prepare<[string, string, string, number], RowOf<PostInList>>(
    `SELECT ${summaryColumns} FROM post_tags t JOIN posts p ON p.id = t.post_id
     WHERE t.tag = ? AND (t.created_at, t.post_id) < (?, ?) ORDER BY t.created_at DESC, t.post_id DESC LIMIT ?`,
  );
  const findHtml = sqlite.prepare<[string], string>('SELECT html FROM posts WHERE id = ?').pluck();
  const newestAddresses = sqlite.prepare<[number], PostAddress>(
    'SELECT id, title, updated_at AS updatedAt FROM posts ORDER BY created_at DESC, id DESC LIMIT ?',
  );
  const findMoved = sqlite.prepare<[string], Pick<PostEntry, 'id' | 'title'>>(
    'SELECT p.id, p.title FROM former_paths f JOIN posts p ON p.id = f.post_id WHERE f.key = ? ORDER BY p.created_at, p.id LIMIT 1',
  );
  const countTags = sqlite.prepare<[number, number, string, number], Tag>(
    `SELECT tag, count(*) AS count FROM post_tags GROUP BY tag
     HAVING count(*) < ? OR (count(*) = ? AND tag > ?) ORDER BY count DESC, tag LIMIT ?`,
  );
  const countTag = sqlite.prepare<[string], number>('SELECT count(*) FROM post_tags WHERE tag = ?').pluck();
  const search = createSearch(sqlite);

  const withCount = (row: RowOf<PostInList>): PostSummary => ({
    ...fromRow<PostInList>(row),
    commentCount: comments.approved(row.id),
  });
  const newestOf = (postId: string) => {
    const newestFirst = comments.page(postId, commentsInList);
    return newestFirst.slice(0, countWithin(newestFirst, { of: sizeOf, most: commentsInList.most })).reverse();
  };
  const listed = (row: RowOf<PostInList>): ListedPost => ({
    id: row.id,
    place: { createdAt: row.createdAt, id: row.id },
    read: () => ({ ...withCount(row), comments: newestOf(row.id) }),
  });
  const byTime = (limit: number, tag: string | undefined, { createdAt, id } = afterAll): RowOf<PostInList>[] =>
    tag === undefined ? newestPosts.all(createdAt, id, limit) : newestWithTag.all(tag, createdAt, id, limit);

  return {
    list({ q, tag }, limit, before) {
      if (q === undefined) {
        const { items, next } = pageOf(byTime(limit + 1, tag, before), limit, (row) => row);
        const total = tag === undefined ? {} : { total: countTag.get(tag) ?? 0 };
        return { items: items.map(listed), ...total, ...(next ? { next } : {}) };
      }
      const { posts, ...found } = search.best(q, { tag, limit, after: before });
      return {
        items: posts.map(({ excerptHtml, place, ...row }) => ({ ...listed(row), place, excerptHtml })),
        ...found,
      };
    },
    summary(id) {
      const row = find.get(id);
      return row && withCount(row);
    },
    movedFrom: (path) => findMoved.get(formerPathKey(path)),
    newest(limit, { q, tag }) {
      const rows = q === undefined ? byTime(limit, tag) : search.newest(q, { tag, limit });
      const posts: PostForFeed[] = [];
      let characters = 0;
      for (const row of rows) {
        const html = findHtml.get(row.id) ?? '';
        characters += html.length + row.title.length;
        if (characters > mostInFeed && posts.length > 0) break;
        posts.push({ ...fromRow<PostInList>(row), html });
      }
      return posts;
    },
    addresses: (limit) => newestAddresses.all(limit),
    tags: (limit, { count, tag } = everyTag) => countTags.all(count, count, tag, limit),
  };
}

/** A place behind every post: no time begins with a letter. */
const afterAll: Place = { createdAt: 'z', id: '' };
const everyTag: Tag = { count: Number.MAX_SAFE_INTEGER, tag: '' };
