import type { CommentFact, CommentStatus, PostFact, PublicComment } from '@blog/contract';

/** What the read model remembers of the event that last changed an entity: with it a late event is recognised. */
export interface Stamp {
  /** The entity's version that the event told of; classic services send none. */
  factVersion: number | null;
  /** The event's place in the bus's log; the classic bus gives none. */
  sequence: number | null;
}

/** A post in the read model. `html` and `excerpt` are made of the Markdown body when it is projected. */
export interface PostEntry extends Stamp {
  id: string;
  title: string;
  body: string;
  html: string;
  excerpt: string;
  tags: string[];
  createdAt: string;
  version: number;
}

/** A comment in the read model, with its text even where that isn't public. */
export interface CommentEntry extends Stamp {
  id: string;
  postId: string;
  author: string;
  content: string;
  status: CommentStatus;
  createdAt: string;
  version: number;
}

/** Where and when the event stands: its sequence if the bus gave one, and its time. */
export interface Position {
  sequence: number | null;
  time: string;
}

/** Markdown as sanitised HTML, and its first words as plain text. */
export interface Rendering {
  html: string;
  excerpt: string;
}

/** The post's new state; undefined where the event is a repeated or late one. */
export function projectPost(
  stored: PostEntry | undefined,
  fact: PostFact,
  at: Position,
  render: (markdown: string) => Rendering,
): PostEntry | undefined {
  if (stored && !isNewer(fact, at, stored)) return undefined;
  return {
    ...fact,
    ...render(fact.body),
    createdAt: stored?.createdAt ?? fact.createdAt ?? at.time,
    version: fact.version ?? (stored?.version ?? 0) + 1,
    factVersion: fact.version ?? null,
    sequence: at.sequence,
  };
}

/**
 * The comment's new state; undefined where the event is a repeated or late one. Every fact holds the whole state, so a
 * comment may come before its post, and an update before the creation.
 */
export function projectComment(
  stored: CommentEntry | undefined,
  fact: CommentFact,
  at: Position,
): CommentEntry | undefined {
  if (stored && !isNewer(fact, at, stored)) return undefined;
  const isUnstamped = fact.version === undefined && at.sequence === null;
  if (stored && isUnstamped && stored.status !== 'pending' && fact.status === 'pending') return undefined;
  return {
    ...fact,
    createdAt: stored?.createdAt ?? fact.createdAt ?? at.time,
    version: fact.version ?? (stored?.version ?? 0) + 1,
    factVersion: fact.version ?? null,
    sequence: at.sequence,
  };
}

/**
 * Versions decide where both are known, else the order of the log, else (a classic bus and classic services) the last
 * to come counts as the newest if it says something else.
 */
function isNewer<F extends { version?: number }>(fact: F, { sequence }: Position, stored: F & Stamp): boolean {
  if (fact.version !== undefined && stored.factVersion !== null) return fact.version > stored.factVersion;
  if (sequence !== null && stored.sequence !== null) return sequence > stored.sequence;
  const fields = Object.keys(fact) as (keyof F)[];
  return fields.some((field) => JSON.stringify(fact[field]) !== JSON.stringify(stored[field]));
}

/** What anybody may see of a comment: no text before it is approved. */
export function publicView({ id, postId, author, content, status, createdAt, version }: CommentEntry): PublicComment {
  return { id, content: status === 'approved' ? content : '', html: '', status, postId, author, createdAt, version };
}
