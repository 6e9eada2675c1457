import { TooManyRequests } from '@blog/kit';
import { z } from 'zod';
import type { CommentTransaction, SendingLimit } from './transaction';

const most = (fallback: number) => z.coerce.number('not a number').int('not a whole number').min(0).default(fallback);

/** How many comments, new or edited, one address may send; 0 sets no limit. */
export const limitSettings = { COMMENTS_PER_MINUTE: most(10), COMMENTS_PER_HOUR: most(60) };

export function limitsOf(settings: { COMMENTS_PER_MINUTE: number; COMMENTS_PER_HOUR: number }): SendingLimit[] {
  const limits = [
    { most: settings.COMMENTS_PER_MINUTE, ms: 60 * 1000 },
    { most: settings.COMMENTS_PER_HOUR, ms: 60 * 60 * 1000 },
  ];
  return limits.filter((limit) => limit.most > 0);
}

/**
 * Counts in the transaction that stores what was sent: so the count is exact for all replicas together, and what wasn't
 * stored isn't counted. Throws TooManyRequests where it is one too many.
 */
export async function countSending(
  tx: CommentTransaction,
  { addressHash, limits }: { addressHash: string; limits: readonly SendingLimit[] },
): Promise<void> {
  // Whoever has no limit uses up nobody else's of the same address either.
  if (limits.length === 0) return;
  const waitMs = await tx.countSending(addressHash, limits);
  if (waitMs > 0) throw new TooManyRequests('Too many comments came from your address.', Math.ceil(waitMs / 1000));
}
