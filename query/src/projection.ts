import type { CommentFact, CommentStatus, PostFact, PublicComment } from '@blog/contract';

/** What the read model remembers of the event that last changed an entity: with it a late event is recognised. */
export interface Stamp {
  /** The entity's version that the event told of; classic services send none. */
  factVersion: number | null;
  /** The event's place in the bus's log; the classic bus gives none. */
  sequence: number | null;
}

/** A post in the read model. What is `Rendering` is made of the Markdown body when it is projected. */
export interface PostEntry extends Stamp, Rendering {
  id: string;
  title: string;
  body: string;
  tags: string[];
  createdAt: string;
  updatedAt: string;
  version: number;
}

/** A comment in the read model, with its text even where that isn't public. */
export interface CommentEntry extends Stamp {
  id: string;
  postId: string;
  author: string;
  content: string;
  /** Empty unless it is approved: nobody sees it before, and many never are. */
  html: string;
  status: CommentStatus;
  createdAt: string;
  editedAt: string | null;
  parentId: string | null;
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

/** How Markdown becomes HTML: of posts with an excerpt, of comments with less. */
export interface Renderer {
  post: (markdown: string) => Rendering;
  comment: (markdown: string) => string;
}

/** The post's new state; undefined where the event is a repeated or late one. */
export function projectPost(
  stored: PostEntry | undefined,
  fact: PostFact,
  at: Position,
  render: Renderer['post'],
): PostEntry | undefined {
  const createdAt = earlier(stored?.createdAt, utc(fact.createdAt ?? at.time));
  const told = { title: fact.title, body: fact.body, tags: fact.tags };
  if (stored && !isNewer(fact.version, at, stored, told)) return withTime(stored, createdAt);
  const { html, excerpt } = render(fact.body);
  return {
    id: fact.id,
    ...told,
    html,
    excerpt,
    createdAt,
    updatedAt: utc(fact.updatedAt ?? fact.createdAt ?? at.time),
    ...stamps(stored, fact, at),
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
  render: Renderer['comment'],
): CommentEntry | undefined {
  const { id, postId, author, content, status, version } = fact;
  const createdAt = earlier(stored?.createdAt, utc(fact.createdAt ?? at.time));
  const editedAt = fact.editedAt === undefined ? null : utc(fact.editedAt);
  const told = { postId, author, content, status, editedAt, parentId: fact.parentId ?? null };
  if (stored) {
    const isUnstamped = version === undefined && at.sequence === null;
    if (isUnstamped && stored.status !== 'pending' && status === 'pending') return undefined;
    if (!isNewer(version, at, stored, told)) return withTime(stored, createdAt);
  }
  const html = status === 'approved' ? render(content) : '';
  return { id, ...told, html, createdAt, ...stamps(stored, fact, at) };
}

function stamps(stored: { version: number } | undefined, fact: { version?: number | undefined }, at: Position) {
  return {
    // A place in the log grows like a version, and says the same in whichever order the events came.
    version: fact.version ?? at.sequence ?? (stored?.version ?? 0) + 1,
    factVersion: fact.version ?? null,
    sequence: at.sequence,
  };
}

/** A late event of a classic service may still tell that an entity is older than the read model took it for. */
function withTime<E extends { createdAt: string }>(stored: E, createdAt: string): E | undefined {
  return createdAt === stored.createdAt ? undefined : { ...stored, createdAt };
}

function earlier(stored: string | undefined, time: string): string {
  return stored !== undefined && stored < time ? stored : time;
}

const sortable = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Lists are sorted by these texts, so all have one form: UTC, to the millisecond. */
function utc(time: string): string {
  return sortable.test(time) ? time : new Date(time).toISOString();
}

/**
 * Versions decide where both are known, else the order of the log, else (a classic bus and classic services) the last
 * to come counts as the newest if what it told is something else.
 */
function isNewer<E extends Stamp>(
  version: number | undefined,
  { sequence }: Position,
  stored: E,
  told: Partial<E>,
): boolean {
  if (version !== undefined && stored.factVersion !== null) return version > stored.factVersion;
  if (sequence !== null && stored.sequence !== null) return sequence > stored.sequence;
  const fields = Object.keys(told) as (keyof E)[];
  return fields.some((field) => JSON.stringify(told[field]) !== JSON.stringify(stored[field]));
}

/** What anybody may see of a comment: no text, and no name of its author, before it is approved. */
export function publicView(comment: CommentEntry): PublicComment {
  const { id, postId, author, content, html, status, createdAt, editedAt, parentId, version } = comment;
  const isPublic = status === 'approved';
  return {
    id,
    content: isPublic ? content : '',
    html: isPublic ? html : '',
    status,
    postId,
    author: isPublic ? author : '',
    createdAt,
    ...(editedAt === null ? {} : { editedAt }),
    ...(parentId === null ? {} : { parentId }),
    version,
  };
}
