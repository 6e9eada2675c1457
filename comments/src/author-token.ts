import { createHash, createHmac, randomBytes } from 'node:crypto';

/** The request header with the tokens of one's own comments, and the answer's with the new comment's. */
export const tokenHeader = 'Comment-Token';

/** More tokens than this in one request are passed over: nobody's browser keeps so many. */
const mostTokens = 100;
const tokenBytes = 18;

/** A token that proves to have written a comment. Only its hash is stored. */
export function newToken(): string {
  return randomBytes(tokenBytes).toString('base64url');
}

/**
 * The token of a comment that was sent with an `Idempotency-Key`, the same each time the request is repeated. It takes
 * the installation's secret and the key to make it: a database holds the one, and of the other only a hash.
 */
export function tokenOfKey(secret: string, { key, commentId }: { key: string; commentId: string }): string {
  const bytes = createHmac('sha256', secret).update(`token ${commentId} ${key}`).digest();
  return bytes.subarray(0, tokenBytes).toString('base64url');
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** The hashes of the tokens that a request carries, separated by commas. */
export function tokenHashesIn(header: string | undefined): Set<string> {
  const tokens = (header ?? '').split(',', mostTokens).map((token) => token.trim());
  return new Set(tokens.filter(Boolean).map(hashOf));
}
