import type { OutgoingHttpHeaders } from 'node:http';
import type { Changed } from '../read-model-transaction';
import { createPostParts, type PostParts } from './post-parts';

/** What an answer is made of: all posts with their comments, posts alone, or one post with its comments. */
export type MadeOf = 'everything' | 'posts' | { post: string };

/** An answer as it was sent, but for what differs from request to request. */
export interface PreparedAnswer {
  /** The pattern of its route. */
  route: string;
  /** Without those that differ: of the single request, and the place in the live stream. */
  headers: OutgoingHttpHeaders;
  /** Whether it says the place in the live stream. */
  hasPosition: boolean;
  body: Buffer;
  etag: string;
  lastModified?: string | undefined;
}

/**
 * The latest answers, ready to be sent again until something changes of which they are made. Only commits of this process are told
 * to it: that is enough because no other process opens the read model while this one has it (`openShaped` takes its lock).
 */
export interface PreparedAnswers {
  /** By the request's path and query, letter for letter. */
  get(url: string): PreparedAnswer | undefined;
  keep(url: string, madeOf: MadeOf, answer: PreparedAnswer): void;
  /** What lists are put together of. */
  parts: PostParts;
  /** Forgets what is made of what a transaction changed. Call it in the turn of the commit. */
  forget(changed: Changed): void;
  /** Bytes. */
  size(): number;
}

/** What an answer takes besides its body and its key: headers and object; measured roughly. */
const overhead = 1_500;

/** The key is what somebody asked for, so it may be long. */
const sizeOf = (url: string, { body }: PreparedAnswer): number => body.length + 2 * url.length + overhead;

/** Keeps at most so many bytes: what was not asked for the longest time goes first, and what is too large never comes in. */
export function createPreparedAnswers(mostBytes = 64 * 1024 * 1024): PreparedAnswers {
  const answers = new Map<string, PreparedAnswer>();
  const urlsOfLists = { everything: new Set<string>(), posts: new Set<string>() };
  const urlOfPost = (id: string): string => `/posts/${encodeURIComponent(id)}`;
  const largest = mostBytes / 8;
  const parts = createPostParts();
  let bytes = 0;

  function drop(url: string): void {
    const answer = answers.get(url);
    if (!answer) return;
    answers.delete(url);
    bytes -= sizeOf(url, answer);
    urlsOfLists.everything.delete(url);
    urlsOfLists.posts.delete(url);
  }

  return {
    parts,
    get(url) {
      const answer = answers.get(url);
      if (!answer) return undefined;
      // Last in the map: the first to be dropped is the one that nobody has asked for.
      answers.delete(url);
      answers.set(url, answer);
      return answer;
    },
    keep(url, madeOf, answer) {
      const size = sizeOf(url, answer);
      if (size > largest || (typeof madeOf === 'object' && url !== urlOfPost(madeOf.post))) return;
      drop(url);
      for (const oldest of answers.keys()) {
        if (bytes + size <= mostBytes) break;
        drop(oldest);
      }
      answers.set(url, answer);
      bytes += size;
      if (typeof madeOf === 'string') urlsOfLists[madeOf].add(url);
    },
    forget({ posts, anyPost }) {
      if (posts.size === 0) return;
      parts.forget(posts);
      for (const id of posts) drop(urlOfPost(id));
      for (const url of urlsOfLists.everything) drop(url);
      if (anyPost) for (const url of urlsOfLists.posts) drop(url);
    },
    size: () => bytes,
  };
}
