import { createThrottle, isProgramHere, readerNetwork, takeOfAll, TooManyRequests } from '@blog/kit';
import type { Request } from 'express';
import { z } from 'zod';

const most = (fallback: number) =>
  z.coerce.number('not a number').int('not a whole number').min(0, 'must not be negative').default(fallback);

/** How many posts one address may publish without being an author; 0 sets no limit. */
export const limitSettings = { POSTS_PER_MINUTE: most(30), POSTS_PER_HOUR: most(200) };

/** Counts a post that a request publishes. Throws TooManyRequests if its address has published too many. */
export type PostingLimit = (req: Request) => void;

/**
 * Counts posts by the reader's address, in this process's memory: there is one of it. Programs on this machine may publish
 * as much as they like; a page in a browser on it is none of them.
 */
export function limitPosts(
  settings: { POSTS_PER_MINUTE: number; POSTS_PER_HOUR: number },
  now?: () => number,
): PostingLimit {
  const throttles = [
    { burst: settings.POSTS_PER_MINUTE, perMs: 60_000 },
    { burst: settings.POSTS_PER_HOUR, perMs: 3_600_000 },
  ]
    .filter(({ burst }) => burst > 0)
    .map((limit) => createThrottle({ ...limit, ...(now ? { now } : {}) }));
  return (req) => {
    if (isProgramHere(req)) return;
    const address = readerNetwork(req);
    const waitMs = takeOfAll(throttles.map((throttle) => ({ throttle, key: address })));
    if (waitMs > 0) throw new TooManyRequests('Too many posts came from your address.', Math.ceil(waitMs / 1000));
  };
}
