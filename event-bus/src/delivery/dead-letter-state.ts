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
  /** Queues the dead ones among these for another delivery; one that is queued already stays with its job. */
  queueLetters(filter: LetterFilter, job: { id: string; createdAt: number }): Promise<RedeliveryJob>;
  job(id: string): Promise<RedeliveryJob | undefined>;
  /** The oldest queued letter of each key that has one. */
  queuedKeys(name: string): Promise<{ key: string; sequence: number }[]>;
  /** The oldest queued letter of a key. */
  nextQueued(name: string, key: string): Promise<number | undefined>;
}

export interface LetterPlace {
  group: string;
  sequence: number;
}
