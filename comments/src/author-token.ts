import { createHash, randomBytes } from 'node:crypto';

/** The request header with the tokens of one's own comments, and the answer's with the new comment's. */
export const tokenHeader = 'Comment-Token';

/** More tokens than this in one request are passed over: nobody's browser keeps so many. */
const mostTokens = 100;

/** A token that proves to have written a comment. Only its hash is stored. */
export function newToken(): string {
  return randomBytes(18).toString('base64url');
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** The hashes of the tokens that a request carries, separated by commas. */
export function tokenHashesIn(header: string | undefined): Set<string> {
  const tokens = (header ?? '').split(',', mostTokens).map((token) => token.trim());
  return new Set(tokens.filter(Boolean).map(hashOf));
}
