import { postPath } from '@blog/contract/address';
import { NotFound, Unavailable } from '@blog/kit';
import { z } from 'zod';
import type { Comment } from '../src/features/comments/comment';
import type { ListedPost, ReadablePost } from '../src/features/posts/post';
import { CommentsAnswer, CreatedPost, MovedAnswer, PostListAnswer } from './answers';
import { ask, type Outcome, submit } from './ask';
import { createPostPageData } from './post-page-data';
import { commentsPath, headersOf, nextCursor, single } from './requests';
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
  /** Set where the read model is away and this is what it told then. */
  asOf?: Date | undefined;
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
  /** Set where nobody can tell what is so now, and this is what the read model told then. */
  asOf?: Date | undefined;
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
  /** The path of the post that was at a path before it came here. Undefined where there is none, or nobody can tell. */
  movedFrom(requestId: string, path: string): Promise<string | undefined>;
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

/** Where the read model is away the page is as unknown as it was. */
function nobodyKnows(error: unknown): undefined {
  if (!(error instanceof Unavailable || error instanceof AnswerLost)) throw error;
}

function newestFirst(a: ListedPost, b: ListedPost): number {
  return b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id);
}

/** Puts the services' answers together to what the pages show. */
export function createBlog({ posts, comments, query }: Services): Blog {
  const commentPath = (postId: string, id: string) => `${commentsPath(postId)}/${encodeURIComponent(id)}`;

  return {
    async frontPage({ requestId }, wanted) {
      const search = new URLSearchParams({ limit: String(postsPerPage) });
      for (const [name, value] of Object.entries(wanted)) if (value) search.set(name, String(value));
      const answer = await ask(query, PostListAnswer, `/posts?${search}`, { headers: { 'X-Request-Id': requestId } });
      if (!answer) throw new NotFound('There is no such page of the list.');
      const total = Number(single(answer.headers['total-count']) ?? NaN);
      return {
        // What was searched for comes with the best first.
        posts: wanted.q === undefined ? Object.values(answer.value).sort(newestFirst) : Object.values(answer.value),
        total: Number.isNaN(total) ? undefined : total,
        older: nextCursor(single(answer.headers.link)),
        position: single(answer.headers['stream-position']),
        asOf: answer.asOf,
      };
    },

    async movedFrom(requestId, path) {
      const asked = { headers: { 'X-Request-Id': requestId } };
      const answer = await ask(query, MovedAnswer, `/moved?${new URLSearchParams({ path })}`, asked).catch(nobodyKnows);
      return answer && postPath(answer.value);
    },

    postPage: createPostPageData({ posts, comments, query }),

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
