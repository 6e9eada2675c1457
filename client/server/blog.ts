import { NotFound, Unavailable } from '@blog/kit';
import { type Comment, isVisible } from '../src/features/comments/comment';
import type { ListedPost, ReadablePost } from '../src/features/posts/post';
import { CommentsAnswer, CreatedPost, PostAnswer, PostListAnswer } from './answers';
import { z } from 'zod';
import { ask, type Outcome, submit } from './ask';
import { AnswerLost, type Service } from './service';

export interface Services {
  posts: Service;
  comments: Service;
  query: Service;
  moderation: Service;
}

/** Who asks: the id under which the request is logged everywhere, and the tokens of the reader's own comments. */
export interface Reader {
  requestId: string;
  tokens: string[];
  /** Of whoever is signed in: proves their roles to the services. */
  token?: string | undefined;
  /** The way that the request came, the reader's address in it. */
  forwardedFor?: string;
}

/** Which posts the front page lists. */
export interface PostsWanted {
  /** Words that they hold. */
  q?: string | undefined;
  tag?: string | undefined;
  cursor?: string | undefined;
}

export interface FrontPageData {
  posts: ListedPost[];
  /** How many posts there are of those that were asked for; undefined where the read model doesn't count. */
  total?: number | undefined;
  /** The cursor of the older posts. */
  older?: string;
  /** The position in the live stream up to which this is complete. */
  position?: string;
}

export interface PostPageData {
  post: ReadablePost;
  comments: Comment[];
  /** How many comments are public; undefined where only `comments` can tell. */
  commentCount?: number;
  /** The cursor of the comments before these. */
  earlier?: string;
  /** The position in the live stream up to which this is complete. */
  position?: string;
  /** The read model doesn't have it yet; it was read where it was written. */
  isYoung: boolean;
}

/** What a form asks for, with a key that makes sending it twice the same as once. */
export interface Submission<T> {
  json: T;
  key: string;
}

export interface CommentAddress {
  postId: string;
  commentId: string;
}

export interface Blog {
  /** Rejects with `Unavailable` or `AnswerLost` while the read model is away. */
  frontPage(reader: Reader, wanted: PostsWanted): Promise<FrontPageData>;
  /** Rejects with `NotFound` where there is no such post, with `Unavailable` where nobody can tell. */
  postPage(reader: Reader, id: string, commentsCursor: string | undefined): Promise<PostPageData>;
  writePost(
    reader: Reader,
    post: Submission<{ title: string; body: string }>,
  ): Promise<Outcome<{ id: string; title: string }>>;
  /** Resolves with the comment's id (undefined where the service didn't say it) and its edit token. */
  writeComment(
    reader: Reader,
    postId: string,
    comment: Submission<{ author?: string; content: string; parentId?: string; website?: string }>,
  ): Promise<Outcome<{ id: string | undefined; token: string | undefined }>>;
  changeComment(reader: Reader, comment: CommentAddress, content: string): Promise<Outcome<unknown>>;
  deleteComment(reader: Reader, comment: CommentAddress): Promise<Outcome<unknown>>;
}

const postsPerPage = 20;

function headersOf({ requestId, tokens, token, forwardedFor }: Reader): Record<string, string> {
  return {
    'X-Request-Id': requestId,
    ...(tokens.length > 0 ? { 'Comment-Token': tokens.join(', ') } : {}),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(forwardedFor ? { 'X-Forwarded-For': forwardedFor } : {}),
  };
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** The cursor in RFC 8288's `Link: <…?cursor=…>; rel="next"`. */
export function nextCursor(link: string | undefined): string | undefined {
  const target = /<([^>]*)>\s*;[^,]*rel="?next"?/.exec(link ?? '')?.[1];
  if (target === undefined || !URL.canParse(target, 'http://relative')) return undefined;
  return new URL(target, 'http://relative').searchParams.get('cursor') ?? undefined;
}

function newestFirst(a: ListedPost, b: ListedPost): number {
  return b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id);
}

/** One's own comments in the state their service knows, which is ahead of the read model; others' when approved. */
function mergeComments(fromQuery: readonly Comment[], fromComments: readonly Comment[]): Comment[] {
  const own = fromComments.filter((comment) => comment.own);
  const ownIds = new Set(own.map(({ id }) => id));
  return [...fromQuery.filter(({ id, status }) => status === 'approved' && !ownIds.has(id)), ...own];
}

function isAway(error: unknown): boolean {
  return error instanceof Unavailable || error instanceof AnswerLost;
}

/** Puts the services' answers together to what the pages show. */
export function createBlog({ posts, comments, query }: Services): Blog {
  const commentsPath = (postId: string) => `/posts/${encodeURIComponent(postId)}/comments`;
  const commentPath = (postId: string, id: string) => `${commentsPath(postId)}/${encodeURIComponent(id)}`;

  async function commentsOf(reader: Reader, postId: string): Promise<Comment[]> {
    const answer = await ask(comments, CommentsAnswer, commentsPath(postId), headersOf(reader));
    return (answer?.value ?? []).filter(isVisible);
  }

  function postFrom(service: Service, { requestId }: Reader, id: string, cursor?: string) {
    const search = cursor === undefined ? '' : `?${new URLSearchParams({ cursor })}`;
    return ask(service, PostAnswer, `/posts/${encodeURIComponent(id)}${search}`, { 'X-Request-Id': requestId });
  }

  /** Without the comments service a reader misses nothing but the state of own comments: not worth failing for. */
  const whatever = (): Comment[] => [];

  return {
    async frontPage({ requestId }, wanted) {
      const search = new URLSearchParams({ limit: String(postsPerPage) });
      for (const [name, value] of Object.entries(wanted)) if (value) search.set(name, String(value));
      const answer = await ask(query, PostListAnswer, `/posts?${search}`, { 'X-Request-Id': requestId });
      if (!answer) throw new NotFound('There is no such page of the list.');
      const total = Number(single(answer.headers['total-count']) ?? NaN);
      return {
        // What was searched for comes with the best first.
        posts: wanted.q === undefined ? Object.values(answer.value).sort(newestFirst) : Object.values(answer.value),
        total: Number.isNaN(total) ? undefined : total,
        older: nextCursor(single(answer.headers.link)),
        position: single(answer.headers['stream-position']),
      };
    },

    async postPage(reader, id, commentsCursor) {
      const isNewest = commentsCursor === undefined;
      const own = reader.tokens.length > 0 && isNewest ? commentsOf(reader, id).catch(whatever) : [];
      const read = await postFrom(query, reader, id, commentsCursor).catch((error: unknown) => {
        if (isAway(error)) return 'away' as const;
        throw error;
      });
      if (read !== undefined && read !== 'away') {
        return {
          post: read.value,
          comments: mergeComments(read.value.comments, await own),
          commentCount: read.value.commentCount,
          earlier: nextCursor(single(read.headers.link)),
          position: single(read.headers['stream-position']),
          isYoung: false,
        };
      }
      // Earlier comments of a post that the read model doesn't know: nobody has such an address from us.
      const written = read === 'away' || isNewest ? await postFrom(posts, reader, id) : undefined;
      if (!written) throw new NotFound('There is no such post.');
      return { post: written.value, comments: await commentsOf(reader, id).catch(whatever), isYoung: read !== 'away' };
    },

    writePost: (reader, { json, key }) =>
      submit(posts, CreatedPost, { path: '/posts', headers: { ...headersOf(reader), 'Idempotency-Key': key }, json }),

    async writeComment(reader, postId, { json, key }) {
      const headers = { ...headersOf(reader), 'Idempotency-Key': key };
      const outcome = await submit(comments, CommentsAnswer, { path: commentsPath(postId), headers, json });
      if (!outcome.ok) return outcome;
      const location = single(outcome.headers.location);
      const id = location?.split('/').pop() ?? outcome.value.at(-1)?.id;
      return { ...outcome, value: { id, token: single(outcome.headers['comment-token']) } };
    },

    changeComment: (reader, { postId, commentId }, content) =>
      submit(comments, z.unknown(), {
        ...{ method: 'PATCH', path: commentPath(postId, commentId), headers: headersOf(reader), json: { content } },
      }),

    deleteComment: (reader, { postId, commentId }) =>
      submit(comments, z.unknown(), {
        ...{ method: 'DELETE', path: commentPath(postId, commentId), headers: headersOf(reader) },
      }),
  };
}
