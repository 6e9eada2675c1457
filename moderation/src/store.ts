import type { Page, Place } from '@blog/kit';
import { createOutbox, openDatabase, type Outbox } from '@blog/kit/state';
import { forgetAddresses } from './address-retention';
import { blocklistPage, type Listed } from './blocklist';
import { evaluatedOf } from './circumstances';
import type { Verdict, WatchedComment } from './domain';
import { moderationTransaction, type ModerationTransaction } from './moderation-transaction';
import { newestEntries, queueCounts, type QueueItem, queuePage, type QueueQuery } from './queue-reader';
import { createRuleReader, type RulesInForce } from './rule-store';
import type { Evaluated, QueueStatus } from './rules/evaluate';
import { migrations, type Tables } from './tables';
import { type VerdictQuery, verdictPage } from './verdict-log';

export interface ModerationStore {
  outbox: Outbox;
  transaction<T>(work: (tx: ModerationTransaction) => Promise<T>): Promise<T>;
  rules(): Promise<RulesInForce>;
  /** A page of the comments of one status, newest first. */
  queue(query: QueueQuery): Promise<Page<QueueItem>>;
  counts(): Promise<Record<QueueStatus, number>>;
  /** The newest comments of whatever status, newest first. */
  newest(limit: number): Promise<QueueItem[]>;
  evaluated(comment: WatchedComment): Promise<Evaluated>;
  /** A page of the audit log, newest first. */
  verdicts(query: VerdictQuery): Promise<Page<Verdict>>;
  /** A page of the blocklist, newest first. */
  blocklist(limit: number, before?: Place): Promise<Page<Listed>>;
  /** Resolves when no byte of what was erased is left in the files. Rejects with Unavailable while somebody reads them. */
  scrub(): Promise<void>;
  /**
   * Forgets, of comments from before a moment, the hash of the address that they came from; and the entries of the blocklist
   * that name such a hash and are as old.
   */
  forgetAddresses(before: Date): Promise<void>;
  isOpen(): boolean;
  close(): Promise<void>;
}

export function openModerationStore({ file, now }: { file: string; now: () => Date }): ModerationStore {
  const { db, transaction, scrub, isOpen, close } = openDatabase<Tables>({ file, use: 'alone', migrations });
  const outbox = createOutbox(db, { source: '/moderation', now });
  const readRules = createRuleReader();
  return {
    outbox,
    transaction: (work) => transaction((tx) => work(moderationTransaction(tx, { outbox, readRules }))),
    rules: () => readRules(db),
    queue: (query) => queuePage(db, query),
    counts: () => queueCounts(db),
    newest: (limit) => newestEntries(db, limit),
    evaluated: (comment) => evaluatedOf(db, comment),
    verdicts: (query) => verdictPage(db, query),
    blocklist: (limit, before) => blocklistPage(db, limit, before),
    scrub,
    forgetAddresses: (before) => forgetAddresses({ transaction }, before),
    isOpen,
    close,
  };
}
