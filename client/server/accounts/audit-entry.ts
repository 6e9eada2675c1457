import { roles } from '@blog/kit';
import { z } from 'zod';

export const auditEvents = [
  'signed-in',
  'sign-in-failed',
  'sign-in-refused',
  'signed-out',
  'signed-out-everywhere',
  'account-added',
  'account-removed',
  'roles-changed',
  'password-changed',
  'link-made',
  'token-made',
  'key-changed',
  'post-deleted',
  'comment-deleted',
  'post-erased',
  'comment-erased',
  'author-erased',
] as const;

const longest = 100;
/** A longer text is cut: no entry grows with what somebody sends. */
const short = z.string().transform((text) => (text.length > longest ? `${text.slice(0, longest - 1)}…` : text));

/** What is kept of something that was done. It never holds a password, a token, a link's code, or a text. */
export const AuditEntry = z.object({
  time: z.iso.datetime(),
  event: z.enum(auditEvents),
  /** Who did it: an account, or `command line`. */
  by: short.optional(),
  /** To which account. */
  account: short.optional(),
  roles: z.array(z.enum(roles)).optional(),
  /** How somebody signed in, or tried to. */
  how: z.enum(['password', 'link']).optional(),
  /** The beginning of a session's id; no session can be taken over by it. */
  session: short.optional(),
  /** Whose tries were refused: the same for all lines of one network until the client is restarted, and no address can be read from it. */
  network: short.optional(),
  /** How many failures, or refused tries, the entry stands for. */
  count: z.number().int().optional(),
  /** How long a token lives. */
  minutes: z.number().optional(),
  /** The id of the key that signs tokens. */
  key: short.optional(),
  post: short.optional(),
  comment: short.optional(),
  /** Whose comments were erased: an id or a hash, no name. */
  author: short.optional(),
});
export type AuditEntry = z.output<typeof AuditEntry>;

/** Control and format characters of an id or a name could move the cursor of who looks at the list. */
const shown = (value: unknown): string => String(value).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');

/** An entry as one line for people. */
export function describeEntry({ time, event, ...details }: AuditEntry): string {
  const parts = Object.entries(details).map(([name, value]) => `${name}=${shown(value)}`);
  return [time, event, ...parts].join('  ');
}
