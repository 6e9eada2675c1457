import type { CommentFact, CommentStatus, NewCommentFact, PostFact, VerdictFact } from '@blog/contract';
import { Conflict, type Fact } from '@blog/kit';
import type { Outcome, QueueStatus } from './rules/evaluate';
import type { Span } from './rules/matcher';

/** A comment's present text, as far as moderation was told. Times are ISO 8601, UTC. */
export interface WatchedComment {
  id: string;
  postId: string;
  parentId?: string;
  author: string;
  /** Absent where the comments service doesn't know (a classic one). */
  authorId?: string;
  addressHash?: string;
  content: string;
  createdAt: string;
  editedAt?: string;
  /** The comment's version with which this text came. */
  version?: number;
}

/** A decision on one text of a comment. The one with the highest revision is in force. */
export interface Verdict {
  commentId: string;
  postId: string;
  revision: number;
  status: QueueStatus;
  /** Somebody's name, or in words what decided: `rule orange`, `the rules`, `the blocklist`, `an import`. */
  by: string;
  byPerson: boolean;
  rule?: string;
  reason?: string;
  commentVersion?: number;
  decidedAt: string;
}

/** A comment as the queue has it: its text, how it stands, and what the rules saw in that text. */
export interface Entry {
  comment: WatchedComment;
  status: QueueStatus | 'deleted';
  revision: number;
  rule?: string;
  spans: Span[];
}

/** A verdict, and the fact that tells of it (none where a comment is held: it is pending already). */
export interface Decision {
  entry: Entry;
  verdict: Verdict;
  fact?: Fact<'CommentModerated', VerdictFact>;
}

/** What a person wishes for one comment; `revision` is that of the verdict they saw. */
export interface Wish {
  commentId: string;
  revision?: number;
}

export interface Decider {
  by: string;
  at: string;
}

const toUtc = (time: string | undefined): string | undefined => time && new Date(time).toISOString();

/** The comment that a fact tells of; `at` stands in where a classic service says no time. */
export function commentOf(fact: CommentFact, at: string): WatchedComment {
  const { id, postId, author, content, parentId, authorId, addressHash, version } = fact;
  const editedAt = toUtc(fact.editedAt);
  return {
    ...{ id, postId, author, content, createdAt: toUtc(fact.createdAt) ?? at },
    ...(parentId === undefined ? {} : { parentId }),
    ...(authorId === undefined ? {} : { authorId }),
    ...(addressHash === undefined ? {} : { addressHash }),
    ...(editedAt === undefined ? {} : { editedAt }),
    ...(version === undefined ? {} : { version }),
  };
}

/**
 * What a comment's fact asks for. `judge`: the text is new. `adopt`: it was judged by an earlier program that kept no
 * texts, so that only the text is missing. `believe`: it came with an import, which says how it stood: one that waited there waits here.
 * `nothing`: it is known, or a report of a verdict.
 */
export function whatToDo(
  type: 'CommentCreated' | 'CommentUpdated',
  fact: NewCommentFact,
  { entry, verdict }: { entry?: Entry; verdict?: Verdict },
): 'judge' | 'adopt' | 'believe' | 'nothing' {
  if (type === 'CommentCreated') {
    if (entry) return 'nothing';
    if (verdict) return 'adopt';
    return fact.status === 'pending' && fact.imported !== true ? 'judge' : 'believe';
  }
  if (fact.version === undefined || entry?.status === 'deleted') return 'nothing';
  if (fact.status !== 'pending') return !entry && verdict ? 'adopt' : 'nothing';
  return !entry || isEdit(entry.comment, fact) ? 'judge' : 'nothing';
}

/** A comment that somebody put back to pending comes with the text that is known; it isn't judged by the rules again. */
function isEdit(known: WatchedComment, { author, content, editedAt, version = 0 }: CommentFact): boolean {
  if (version <= (known.version ?? 0)) return false;
  return content !== known.content || author !== known.author || toUtc(editedAt) !== known.editedAt;
}

/** The rules' decision on a text; a hold is told to nobody, as the comment is pending already. */
export function judge(
  comment: WatchedComment,
  outcome: Outcome,
  { last, at }: { last?: Verdict; at: string },
): Decision {
  const { status, by, rule, reason, spans } = outcome;
  const revision = (last?.revision ?? 0) + 1;
  const entry: Entry = { comment, status, revision, spans, ...(rule === undefined ? {} : { rule }) };
  const verdict = verdictOn(entry, { by, at, byPerson: false, rule, reason });
  return status === 'pending' ? { entry, verdict } : { entry, verdict, fact: factOf(comment, verdict) };
}

/** How a comment that was imported stood where it was: decided on, or waiting for a person. Nobody needs to be told. */
export function believe(comment: WatchedComment, status: CommentStatus, at: string): Decision {
  const entry: Entry = { comment, status, revision: 1, spans: [] };
  return { entry, verdict: verdictOn(entry, { by: 'an import', at, byPerson: false }) };
}

/** The text of a comment that an earlier program judged. Which version of the comment it was isn't known for sure. */
export function adopt({ version: _, ...comment }: WatchedComment, { status, revision, rule }: Verdict): Entry {
  return { comment, status, revision, spans: [], ...(rule === undefined ? {} : { rule }) };
}

/** A comment with its verdicts, the one in force first. */
export interface Judged {
  entry: Entry;
  verdicts: [Verdict, ...Verdict[]];
}

/**
 * A person's decision: a new revision. Undefined where it is the one in force already, as the same wish was sent twice.
 * Throws Conflict where somebody else decided since the revision that the wish names.
 */
export function decide(
  { entry, verdicts: [last] }: Judged,
  wish: Wish & { verdict: CommentStatus; reason?: string },
  decider: Decider,
): Decision | undefined {
  if (isFulfilled(wish, wish.verdict, last, decider)) return undefined;
  return newRevision(entry, { ...decider, status: wish.verdict, reason: wish.reason });
}

/**
 * Takes a person's decision back: a new revision with the status before it. Undefined where that was done already.
 * Throws Conflict where the last decision is nobody's, or another one than the wish names.
 */
export function undo(
  { entry, verdicts: [last, before, twoBefore] }: Judged,
  wish: Wish,
  decider: Decider,
): Decision | undefined {
  if (isFulfilled(wish, twoBefore?.status, last, decider)) return undefined;
  if (!last.byPerson || !before) throw new Conflict(`There is nothing to undo: ${inWords(last)}.`);
  const { status, reason, rule } = before;
  return newRevision(entry, { ...decider, status, reason, rule });
}

/** Whether the verdict in force is what this wish led to, when it was sent before and its answer was lost. */
function isFulfilled({ revision }: Wish, status: QueueStatus | undefined, last: Verdict, { by }: Decider): boolean {
  if (revision === undefined || revision === last.revision) return false;
  const isOwn = last.byPerson && last.by === by && last.status === status && last.revision === revision + 1;
  if (!isOwn) throw new Conflict(`It is ${inWords(last)}.`);
  return true;
}

const inWords = ({ status, by }: Verdict): string => `already ${status === 'pending' ? 'held' : status} by ${by}`;

function newRevision(
  entry: Entry,
  { by, at, status, reason, rule }: Decider & { status: QueueStatus; reason?: string; rule?: string },
): Decision {
  const decided: Entry = { ...entry, status, revision: entry.revision + 1 };
  const verdict = verdictOn(decided, { by, at, byPerson: true, rule, reason });
  return { entry: decided, verdict, fact: factOf(entry.comment, verdict) };
}

function verdictOn(
  { comment, status, revision }: Entry,
  { by, at, byPerson, rule, reason }: Decider & { byPerson: boolean; rule?: string; reason?: string },
): Verdict {
  return {
    ...{ commentId: comment.id, postId: comment.postId, revision, status: status as QueueStatus, by, byPerson },
    ...(rule === undefined ? {} : { rule }),
    ...(reason === undefined ? {} : { reason }),
    ...(comment.version === undefined ? {} : { commentVersion: comment.version }),
    decidedAt: at,
  };
}

/** The key is the post's id, so that the verdict stays in order with what else happens to the post. */
function factOf({ id, content, postId, version }: WatchedComment, verdict: Verdict): Decision['fact'] {
  const status = verdict.status === 'flagged' ? 'approved' : verdict.status;
  const reason = status === 'rejected' && verdict.reason !== undefined ? { reason: verdict.reason } : {};
  const judged = version === undefined ? {} : { commentVersion: version };
  const data = { id, content, postId, status, ...reason, revision: verdict.revision, ...judged };
  return { type: 'CommentModerated', key: postId, subject: id, data };
}

/** What moderation knows of a post. */
export interface WatchedPost {
  id: string;
  title: string;
  createdAt: string;
  version?: number;
  isDeleted: boolean;
}

/** A post after a fact; undefined where that changes nothing: it is late, repeated, or the post is gone. */
export function postAfter(known: WatchedPost | undefined, fact: PostFact, at: string): WatchedPost | undefined {
  const { id, title, version } = fact;
  if (known && (known.isDeleted || version === undefined || version <= (known.version ?? 0))) return undefined;
  const createdAt = toUtc(fact.createdAt) ?? known?.createdAt ?? at;
  return { id, title, createdAt, isDeleted: false, ...(version === undefined ? {} : { version }) };
}
