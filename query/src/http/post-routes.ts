import { id as anyId, requiredText } from '@blog/contract';
import { InvalidInput, isPlainText, NotFound, pageQuery, type Place } from '@blog/kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { ListedPost, Tag } from '../post-lists';
import type { ReadModelStore } from '../store';
import { json, reading } from './answer';
import type { PreparedAnswers } from './prepared-answers';

/** Of a list of posts. */
const mostCharacters = 2_000_000;

/** What bounded lists take. */
export const PageQuery = pageQuery();

/** The part of a path that names a post. */
export const PostParams = z.object({ id: anyId });

/** What people type; an empty field asks for nothing. */
const typed = (most: number) =>
  z
    .string('must be given once')
    .max(most, `must be at most ${most} characters`)
    .refine(isPlainText, 'must not contain NUL or half of a surrogate pair')
    .transform((text) => (text.trim() === '' ? undefined : text))
    .optional();

/** Which posts: those with a tag, those in which words are found. */
export const Filter = z.object({ tag: typed(40), q: typed(200) });

/** A path of which somebody asks what has become of it. */
export const MovedQuery = z.object({ path: requiredText(2_000) });

/** `GET /posts?q=&tag=&limit=&cursor=`, `GET /posts/:id?limit=&cursor=`, `GET /tags?limit=&cursor=` and `GET /moved?path=`. */
export function createPostRoutes(store: ReadModelStore, answers: PreparedAnswers) {
  function partOf({ id, excerptHtml, read }: ListedPost): string {
    const part = answers.parts.of(id, () => JSON.stringify(read()));
    return excerptHtml === undefined ? part : `${part.slice(0, -1)},"excerptHtml":${JSON.stringify(excerptHtml)}}`;
  }

  const list: RequestHandler = reading(answers, ({ query }) => {
    const { limit, cursor } = PageQuery.parse(query);
    const wanted = Filter.parse(query);
    if (wanted.q !== undefined && cursor) numberIn(cursor);
    const change = store.changes.newest();
    return {
      change,
      position: change,
      contentType: json,
      keep: { url: urlWith('/posts', query, { limit, tag: wanted.tag }), madeOf: 'everything' },
      make() {
        const { items, next, total } = store.list(wanted, limit, cursor);
        // By hand: an object would move ids that look like numbers to its beginning.
        const entryOf = (post: ListedPost): string => `${JSON.stringify(post.id)}:${partOf(post)}`;
        // A search has the best first, other lists the newest last: the one that leads on is cut off first.
        const inOrder = wanted.q === undefined ? items.toReversed() : items;
        const entries: string[] = [];
        let characters = 0;
        for (const post of inOrder) {
          const entry = entryOf(post);
          characters += entry.length;
          if (characters > mostCharacters && entries.length > 0) break;
          entries.push(entry);
        }
        const isCut = entries.length < items.length;
        const goesOn = isCut ? inOrder[entries.length - 1]?.place : next;
        const body = `{${(wanted.q === undefined ? entries.reverse() : entries).join(',')}}`;
        return { body, next: goesOn, total };
      },
    };
  });

  const one: RequestHandler = reading(answers, ({ params, query }) => {
    const { id } = PostParams.parse(params);
    const { limit, cursor } = PageQuery.parse(query);
    const change = store.changeOf(id);
    if (change === undefined) throw new NotFound('There is no such post.');
    return {
      change,
      position: store.changes.newest(),
      contentType: json,
      keep: { url: `/posts/${encodeURIComponent(id)}`, madeOf: { post: id } },
      make() {
        const found = store.find(id, limit, cursor);
        return { body: JSON.stringify(found?.post), next: found?.olderComments };
      },
    };
  });

  const tags: RequestHandler = reading(answers, ({ query }) => {
    const { limit, cursor } = PageQuery.parse(query);
    const after = cursor && { count: numberIn(cursor), tag: cursor.id };
    return {
      change: store.postsChanged().number,
      contentType: json,
      keep: { url: urlWith('/tags', query, { limit }), madeOf: 'posts' },
      make() {
        const found = store.tags(limit + 1, after);
        const shown = found.slice(0, limit);
        return { body: JSON.stringify(shown), next: found.length > limit ? placeOf(shown.at(-1)) : undefined };
      },
    };
  });

  const moved: RequestHandler = (req, res) => {
    const post = store.movedFrom(MovedQuery.parse(req.query).path);
    if (post === undefined) throw new NotFound('No post was there.');
    res.setHeader('Cache-Control', 'no-cache');
    res.json(post);
  };

  return { list, one, tags, moved };
}

/** The one address of an answer that is worth keeping; only what the request itself gave is in it. */
function urlWith(path: string, given: object, values: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (name in given && value !== undefined) search.set(name, String(value));
  }
  return search.size === 0 ? path : `${path}?${search}`;
}

/** The cursors of lists that are not in the order of time hold a number in its stead. */
function numberIn({ createdAt }: Place): number {
  const number = Number(createdAt);
  if (createdAt !== '' && Number.isFinite(number)) return number;
  throw new InvalidInput([{ path: 'cursor', message: 'is not a cursor of this list' }]);
}

function placeOf(tag: Tag | undefined): Place | undefined {
  return tag && { createdAt: String(tag.count), id: tag.tag };
}
