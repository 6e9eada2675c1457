import { createHash, randomBytes } from 'node:crypto';
import type { Account, Content, StoredSession } from './accounts-file';

/** An account may be signed in so many times at once; the oldest session ends first. */
const mostPerAccount = 20;
export const sessionSeconds = 12 * 60 * 60;

export const hashOf = (code: string): string => createHash('sha256').update(code).digest('base64url');

/** What a person calls a session by: enough to tell sessions apart, and of no use to take one over. */
export const shortId = (id: string): string => id.slice(0, 8);

/** A generation that no account has had. */
export const newGeneration = (): string => randomBytes(12).toString('base64url');

/** Ends all that was handed out to an account: its sessions and links, and, as its generation is another, its tokens. */
export function renew(content: Content, account: Account): void {
  account.generation = newGeneration();
  content.links = content.links.filter(({ name }) => name !== account.name);
  content.sessions = content.sessions.filter(({ name }) => name !== account.name);
}

/** Adds a session for an account; gives what the browser must show. */
export function addSession(content: Content, { name, generation }: Account, now: Date): { value: string; id: string } {
  const value = randomBytes(32).toString('base64url');
  const expiresAt = new Date(now.getTime() + sessionSeconds * 1000).toISOString();
  const lasting = content.sessions.filter((session) => Date.parse(session.expiresAt) > now.getTime());
  const own = lasting.filter((session) => session.name === name).slice(1 - mostPerAccount);
  const session: StoredSession = { id: hashOf(value), name, generation, expiresAt };
  content.sessions = [...lasting.filter((session) => session.name !== name), ...own, session];
  return { value, id: session.id };
}

/** The session that a browser shows, with its account as it is now; undefined where either is gone or not the same any more. */
export function findSession(
  { sessions, accounts }: Content,
  value: string,
  now: Date,
): { id: string; account: Account } | undefined {
  const id = hashOf(value);
  const session = sessions.find((one) => one.id === id);
  const account = accounts.find(({ name }) => name === session?.name);
  if (!session || !account || account.generation !== session.generation) return undefined;
  return Date.parse(session.expiresAt) > now.getTime() ? { id, account } : undefined;
}
