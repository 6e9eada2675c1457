import type { DeadLetter } from './lane';

/**
 *     dead ──> queued (to be delivered again) ──> redelivered: kept, to tell what happened
 *       ^        │
 *       └────────┘ given up again
 */
export type LetterPhase =
  | 'dead'
  | 'queued'
  | 'redelivered'
  /** Damaged in the log: it can't be delivered, and whoever replays passes over it. */
  | 'damaged';

/** A dead letter as it is stored. */
export interface StoredLetter extends DeadLetter {
  group: string;
  phase: LetterPhase;
  /** How often it was queued to be delivered again, and the job that did so last. */
  redeliveries: number;
  job: string | null;
  /** Of a damaged one: what is left of its text, base64; null if nothing is. */
  remains: string | null;
  /** ms since 1970. */
  redeliveredAt: number | null;
}

/** Which dead letters are meant: those that fit everything that is given. */
export interface LetterFilter {
  ids?: readonly { group: string; sequence: number }[];
  group?: string;
  reason?: string;
  key?: string;
  phase?: LetterPhase;
}

/** A wish to deliver dead letters again, and how far it is: `total = waiting + delivered + failed + forgotten`. */
export interface RedeliveryJob {
  id: string;
  /** ms since 1970. */
  createdAt: number;
  total: number;
  waiting: number;
  delivered: number;
  /** Given up again. */
  failed: number;
  /** Discarded, or made needless by a replay. */
  forgotten: number;
}

/** The part of the delivery's state that its operators work with. */
export interface DeadLetterState {
  /** By group, then oldest event first, after a place. */
  letters(filter: LetterFilter, page: { after?: LetterPlace; limit: number }): Promise<StoredLetter[]>;
  /** Those that are dead, queued or damaged. */
  countDeadLetters(name: string): Promise<number>;
  /**
   * Queues the dead ones among these for another delivery; one that is queued already stays with its job. It looks at a
   * bounded number of letters after a place: call it again with `next`, and the same job, until there is none.
   */
  queueLetters(filter: LetterFilter, job: NewJob, after?: LetterPlace): Promise<QueuedLetters>;
  /**
   * Forgets what subscribers said of these events, and what is left of damaged ones: it may quote them. When it resolves,
   * nothing of it is in the files; it rejects with Unavailable while somebody reads an older state of them.
   */
  forgetTexts(sequences: readonly number[]): Promise<void>;
  job(id: string): Promise<RedeliveryJob | undefined>;
  /** The oldest queued letter of each key that has one, by key; a page of them, or all. */
  queuedKeys(name: string, page?: { after: string; limit: number }): Promise<{ key: string; sequence: number }[]>;
  /** The oldest queued letter of a key. */
  nextQueued(name: string, key: string): Promise<number | undefined>;
  /**
   * Forgets some jobs that are done and some letters that were redelivered: those that are old, and those beyond a number of
   * newest ones. Gives how many, at most `atMost` of each; 0 when nothing is left to forget.
   */
  prune(what: Pruning): Promise<number>;
}

export interface NewJob {
  id: string;
  /** ms since 1970. */
  createdAt: number;
}

export interface QueuedLetters {
  /** As it is now. */
  job: RedeliveryJob;
  /** Where to go on; undefined when all letters have been looked at. */
  next: LetterPlace | undefined;
}

export interface Pruning {
  /** What is from this time or before is old, ms since 1970. */
  upTo: number;
  /** So many of the newest stay. */
  maxJobs: number;
  maxRedelivered: number;
  atMost: number;
}

export interface LetterPlace {
  group: string;
  sequence: number;
}
