import { NotFound, Unavailable } from '@blog/kit';
import type { z } from 'zod';
import { type Comment, isVisible } from '../src/features/comments/comment';
import { CommentsAnswer, PostAnswer } from './answers';
import { type Answer, ask } from './ask';
import type { Blog, PostPageData, Reader, Services } from './blog';
import { commentsPath, headersOf, nextCursor, single } from './requests';
import { AnswerLost, type Service, usualPatience } from './service';

type PostRead = Answer<z.output<typeof PostAnswer>>;

interface Asked {
  cursor?: string | undefined;
  patienceMs?: number;
}

/** What is left for asking elsewhere after the read model has used up a reader's patience. */
const leastPatienceMs = 200;

/** One's own comments in the state their service knows, which is ahead of the read model; others' when approved. */
function mergeComments(fromQuery: readonly Comment[], fromComments: readonly Comment[]): Comment[] {
  const own = fromComments.filter((comment) => comment.own);
  const ownIds = new Set(own.map(({ id }) => id));
  return [...fromQuery.filter(({ id, status }) => status === 'approved' && !ownIds.has(id)), ...own];
}

function pageFrom(read: PostRead, own: readonly Comment[]): PostPageData {
  return {
    post: read.value,
    comments: mergeComments(read.value.comments, own),
    commentCount: read.value.commentCount,
    earlier: nextCursor(single(read.headers.link)),
    position: single(read.headers['stream-position']),
    isYoung: false,
    asOf: read.asOf,
  };
}

/** Without the comments service a reader misses nothing but the state of own comments: not worth failing for. */
const none = (): Comment[] => [];

/** Undefined while nobody there answers. */
function unlessAway(error: unknown): undefined {
  if (error instanceof Unavailable || error instanceof AnswerLost) return undefined;
  throw error;
}

const noSuchPost = 'There is no such post.';

/**
 * What the page of a post shows: what the read model tells. While it is away, or doesn't know the post yet, what posts and
 * comments tell, who wrote it; and where those can't, what the read model told once.
 */
export function createPostPageData({ posts, comments, query }: Omit<Services, 'moderation'>): Blog['postPage'] {
  async function commentsOf(reader: Reader, postId: string, patienceMs?: number): Promise<Comment[]> {
    const answer = await ask(comments, CommentsAnswer, commentsPath(postId), {
      headers: headersOf(reader),
      patienceMs,
    });
    return (answer?.value ?? []).filter(isVisible);
  }

  function postFrom(service: Service, { requestId }: Reader, id: string, { cursor, patienceMs }: Asked = {}) {
    const search = cursor === undefined ? '' : `?${new URLSearchParams({ cursor })}`;
    const headers = { 'X-Request-Id': requestId };
    return ask(service, PostAnswer, `/posts/${encodeURIComponent(id)}${search}`, { headers, patienceMs });
  }

  /** Throws `NotFound` where posts knows no such post. */
  async function fromWriters(reader: Reader, id: string, patienceMs: number) {
    const [post, theirs] = await Promise.allSettled([
      postFrom(posts, reader, id, { patienceMs }),
      commentsOf(reader, id, patienceMs),
    ]);
    if (post.status === 'fulfilled' && !post.value) throw new NotFound(noSuchPost);
    return {
      post: post as PromiseSettledResult<PostRead>,
      comments: theirs.status === 'fulfilled' ? theirs.value : undefined,
    };
  }

  return async (reader, id, cursor) => {
    const isNewest = cursor === undefined;
    const own = reader.tokens.length > 0 && isNewest ? commentsOf(reader, id).catch(none) : [];
    const startedAt = performance.now();
    const asked = await postFrom(query, reader, id, { cursor }).then((read) => ({ read }), unlessAway);
    const read = asked?.read;
    if (read && read.asOf === undefined) return pageFrom(read, await own);

    // Earlier comments of a post that the read model doesn't know: nobody has such an address from us.
    if (asked && !read && !isNewest) throw new NotFound(noSuchPost);
    const leftMs = usualPatience.readMs - (performance.now() - startedAt);
    const { post, comments: theirs } = await fromWriters(reader, id, Math.max(leastPatienceMs, leftMs));
    const isWhole = post.status === 'fulfilled' && theirs !== undefined && isNewest;
    if (read && !isWhole) return pageFrom(read, await own);
    if (post.status === 'rejected') throw post.reason;
    return { post: post.value.value, comments: theirs ?? [], isYoung: asked !== undefined && !read };
  };
}
