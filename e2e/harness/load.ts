import { setTimeout as delay } from 'node:timers/promises';
import { createComment, createPost, readAllPosts, readWholeView } from './blog';
import { createRandom } from './random';
import { read } from './send';
import type { System } from './system';

type Replica = 'comments' | 'comments-2' | 'comments-3';

/** What was answered with 201: titles by post id, and contents by comment id. */
export interface Acknowledged {
  posts: Map<string, string>;
  comments: Map<string, { postId: string; content: string; replica: Replica }>;
}

export interface Load {
  readonly acknowledged: Acknowledged;
  /** What it met that a service must not answer: it has ended then. */
  readonly failure: unknown;
  /** What has been acknowledged until now. */
  copy(): Acknowledged;
  /** Ends after the requests in flight. Throws what any of them met that a service must not answer. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  writers?: number;
  replicas?: readonly Replica[];
  seed: number;
}

const commentsPerPost = 3;
const pauseAfterFailureMs = 30;
/** What somebody meets whose service is away, closes, or has lost its database. Anything else would be a wrong answer. */
const mayHappen = /fetch failed|terminated|answered 503|timeout/;

/** Passes over what may happen; throws on what may not. */
async function attempt(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!mayHappen.test(String(error))) throw error;
    await delay(pauseAfterFailureMs);
  }
}

/**
 * Writes posts, and comments of them through several replicas, until it is stopped. What fails is not tried again, but the
 * next one is: of those nobody knows the outcome.
 */
export function startLoad(
  system: Pick<System, 'urls'>,
  { writers = 4, replicas = ['comments', 'comments-2', 'comments-3'], seed }: LoadOptions,
): Load {
  const acknowledged: Acknowledged = { posts: new Map(), comments: new Map() };
  let stopped = false;

  async function comment(postId: string, content: string, replica: Replica): Promise<void> {
    const { id } = await createComment(system, postId, content, replica);
    acknowledged.comments.set(id, { postId, content, replica });
  }

  async function write(writer: number): Promise<void> {
    const random = createRandom(seed + writer);
    let postId: string | undefined;
    for (let number = 1; !stopped; number += 1) {
      const title = `Post ${number} of writer ${writer}`;
      await attempt(async () => {
        postId = (await createPost(system, title)).id;
        acknowledged.posts.set(postId, title);
      });
      for (let which = 1; which <= commentsPerPost && !stopped; which += 1) {
        const [id, replica] = [postId, random.pick(replicas)];
        if (id === undefined) continue;
        await attempt(() => comment(id, `Comment ${number}.${which} of writer ${writer}`, replica));
      }
    }
  }

  const writing = Promise.all(Array.from({ length: writers }, (_, index) => write(index + 1)));
  let failure: unknown;
  writing.catch((error: unknown) => (failure = error));
  return {
    acknowledged,
    get failure() {
      return failure;
    },
    copy: () => ({ posts: new Map(acknowledged.posts), comments: new Map(acknowledged.comments) }),
    async stop() {
      stopped = true;
      await writing;
    },
  };
}

interface Stored {
  id: string;
  content: string;
  status: string;
}

/**
 * Throws unless posts, comments and query agree with each other on every post and comment, all of those that were
 * acknowledged are among them once, and none is undecided.
 */
export async function expectAgreement(system: Pick<System, 'urls'>, { posts, comments }: Acknowledged): Promise<void> {
  const view = await readWholeView(system);
  const shown = view.flatMap((post) => post.comments.map(({ id, content, status }) => ({ id, content, status })));
  const perPost = view.map(({ id }) =>
    read<Stored[]>(`${system.urls.comments}/posts/${encodeURIComponent(id)}/comments`),
  );
  const stored = (await Promise.all(perPost)).flat().map(({ id, content, status }) => ({ id, content, status }));
  const byId = (a: Stored, b: Stored): number => (a.id < b.id ? -1 : 1);

  expect(view.map(({ id }) => id).sort()).toEqual((await readAllPosts(system)).map(({ id }) => id).sort());
  expect(shown.toSorted(byId)).toEqual(stored.toSorted(byId));
  expect(shown.filter(({ status }) => status !== 'approved')).toEqual([]);
  const titles = new Map(view.map(({ id, title }) => [id, title]));
  const contents = new Map(shown.map(({ id, content }) => [id, content]));
  expect([...posts].filter(([id, title]) => titles.get(id) !== title)).toEqual([]);
  expect([...comments].filter(([id, { content }]) => contents.get(id) !== content)).toEqual([]);
  expect([titles.size, contents.size]).toEqual([view.length, shown.length]);
}
