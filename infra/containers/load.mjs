import { setTimeout as delay } from 'node:timers/promises';
import { createComment, createPost, readPost } from './http.mjs';
import { until } from './system.mjs';

const writers = 2;
const commentsPerPost = 3;
/** Fewer than a page of the view holds. */
const mostCommentsPerPost = 90;
const replicas = ['comments', 'comments-2', 'comments-3'];
const pauseMs = 100;
/** A connection that breaks, or a process that is closing or starting. Anything else would be a wrong answer. */
const isOutage = (error) => /fetch failed|terminated|answered 503|timeout|ECONN|aborted/i.test(String(error));

/**
 * Writers that post and comment until `stop`, whatever happens to the services. What is acknowledged is noted; of what
 * fails, nobody knows the outcome. `faults` are answers that no outage explains.
 */
export function createLoad(system) {
  const acknowledged = new Map();
  const faults = [];
  let count = 0;
  let stopped = false;

  /** The result of `attempt`, or undefined where nothing was acknowledged. */
  async function note(attempt, keep) {
    try {
      keep(await attempt());
      count += 1;
    } catch (error) {
      if (!isOutage(error)) faults.push(error);
    }
    await delay(pauseMs);
  }

  async function write(writer) {
    // A post's comments need no post service: where it is away, the last post gets more of them.
    let postId;
    for (let round = 1; !stopped; round += 1) {
      await note(
        () => createPost(system, `writer ${writer}, post ${round}`),
        (id) => {
          postId = id;
          acknowledged.set(id, new Set());
        },
      );
      for (let number = 1; number <= commentsPerPost && postId !== undefined && !stopped; number += 1) {
        const replica = replicas[(writer + round + number) % replicas.length];
        const text = `writer ${writer}, comment ${round}.${number}`;
        const comments = acknowledged.get(postId);
        if (comments.size >= mostCommentsPerPost) break;
        await note(
          () => createComment(system, postId, text, replica),
          (id) => comments.add(id),
        );
      }
    }
  }

  const work = Promise.all(Array.from({ length: writers }, (_, index) => write(index + 1)));
  return {
    acknowledged,
    faults,
    get count() {
      return count;
    },
    /** Resolves when so many more have been acknowledged. */
    async more(wanted) {
      const goal = count + wanted;
      await until(`${wanted} more are acknowledged`, () => count >= goal, 120_000);
    },
    async stop() {
      stopped = true;
      await work;
    },
  };
}

/** What waited for those who were away is delivered one by one, at the pace of this machine's disk. */
const convergesWithinMs = 300_000;

/** Waits until readers have each acknowledged post with each of its acknowledged comments, approved. */
export async function untilAllIsThere(system, acknowledged) {
  for (const [postId, comments] of acknowledged) {
    await until(
      `post ${postId} with its ${comments.size} comments is there`,
      async () => {
        const post = await readPost(system, postId);
        const approved = new Set(post?.comments.filter(({ status }) => status === 'approved').map(({ id }) => id));
        const missing = [...comments].filter((id) => !approved.has(id));
        if (post === undefined || missing.length > 0) throw new Error(`missing: ${missing.join(', ') || 'the post'}`);
        return true;
      },
      convergesWithinMs,
    );
  }
}
