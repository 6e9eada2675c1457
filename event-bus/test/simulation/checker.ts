import type { StoredEvent } from '../../src/log/event-log';
import type { ParkedLane } from '../../src/delivery/lane';
import type { Subscription } from '../../src/delivery/subscription';
import { createBlameCheck } from './blame-check';
import { createGroupBook, createLogBook, type GroupBook, type LogBook } from './book';
import type { Watcher } from './network';
import { checkAddress, checkOrder, createHasteCheck, createOverlapCheck } from './order-check';
import { createProgressCheck } from './progress-check';
import { createRetryAfterCheck } from './retry-after-check';
import { createStillnessCheck } from './stillness-check';

/** One life of the bus, as far as the checker looks into it. */
export interface WatchedLife {
  isAlive(): boolean;
  /** Whether the group takes its subscriber for dead. */
  isDown(group: string): boolean;
}

interface Clocks {
  now: () => number;
  wallTime: () => number;
}

function createGroupChecker(
  log: LogBook,
  book: GroupBook,
  clocks: Clocks & { isWell: (event: StoredEvent) => boolean },
  fault: (text: string) => void,
) {
  const { now } = clocks;
  let askedAgainAt = 0;
  const overlap = createOverlapCheck(book, fault);
  const retryAfter = createRetryAfterCheck(book, { ...clocks, askedAgainAt: () => askedAgainAt }, fault);
  const blame = createBlameCheck(book, now, fault);
  const progress = createProgressCheck(log, book, clocks, fault);
  const stillness = createStillnessCheck(book, fault);

  return {
    book,
    ...{ retryAfter, blame, progress, stillness },
    /** Somebody wants events again that the group has answered before this time; Infinity while that is being arranged. */
    askedAgain(until: number) {
      askedAgainAt = until;
      blame.forgive();
      retryAfter.forgetStored();
      progress.disturbed();
    },
    watch(life: WatchedLife): Watcher {
      if (askedAgainAt === Infinity) askedAgainAt = now();
      const haste = createHasteCheck(book, () => askedAgainAt, fault);
      const blamed = blame.watch();
      retryAfter.restarted();
      progress.started();
      return {
        sent(push) {
          checkAddress(book, push, fault);
          haste.sent(push);
          overlap.sent(push, life.isAlive);
          retryAfter.sent(push, () => life.isDown(book.name));
          stillness.sent(push);
          blamed.sent(push);
        },
        received: (push) => checkOrder(book, push, fault),
        acknowledged(push, arrivesAt) {
          blame.acknowledged(push);
          haste.acknowledged(push, arrivesAt);
        },
        handled: (events) => events.forEach(({ sequence }) => book.handled(sequence, now())),
        killed(event, at) {
          blame.killed(event, at);
          progress.disturbed();
        },
        ended(push, ending) {
          overlap.ended(push);
          retryAfter.ended(push, ending);
          blamed.ended(push, ending);
          progress.ended(push, ending);
        },
        knocked(answer) {
          retryAfter.knocked(answer);
          if (answer.kind === 'answered') blamed.knocked();
        },
      };
    },
  };
}

export type GroupChecker = ReturnType<typeof createGroupChecker>;

/** Looks at everything that goes between buses and subscribers, and compares it with what the log holds. */
export function createChecker(
  subscriptions: Record<string, Subscription>,
  {
    clocks = { now: () => 0, wallTime: () => 0 },
    isWell = () => true,
  }: { clocks?: Clocks; isWell?: (group: string, event: StoredEvent) => boolean } = {},
) {
  const log = createLogBook();
  const faults: string[] = [];
  const damaged = new Set<number>();
  const groups = new Map<string, GroupChecker>();
  const fault = (text: string): void => void faults.push(`${Math.round(clocks.now())} ms: ${text}`);

  for (const [name, subscription] of Object.entries(subscriptions)) {
    const book = createGroupBook(name, subscription, log);
    const of = { ...clocks, isWell: (event: StoredEvent) => isWell(name, event) };
    groups.set(name, createGroupChecker(log, book, of, fault));
  }

  function group(name: string): GroupChecker {
    const found = groups.get(name);
    if (!found) throw new Error(`no group ${name}`);
    return found;
  }

  return {
    faults,
    log,
    group,
    groups: () => [...groups.values()],
    /** An event is in the log, since that time. */
    appended: (event: StoredEvent, at = clocks.now()) => log.appended(event, at),
    watch: (name: string, life: WatchedLife): Watcher => group(name).watch(life),
    gaveUp(name: string, sequence: number) {
      const { book, blame } = group(name);
      blame.gaveUp(sequence);
      book.gaveUp(sequence, clocks.now());
    },
    askedAgain: (name: string, until: number) => group(name).askedAgain(until),
    damaged: (sequence: number) => void damaged.add(sequence),
    hasDamage: () => damaged.size > 0,
    /** It is damaged: nobody gets it any more. */
    setAside(name: string, sequence: number) {
      group(name).book.gaveUp(sequence, clocks.now());
      group(name).book.discarded(sequence);
    },
    discarded: (name: string, sequence: number) => group(name).book.discarded(sequence),
    laneStored: (name: string, lane: ParkedLane) => group(name).retryAfter.stored(lane.head),
    /** As after a failure of the machine: the state has forgotten its last so many transitions. */
    mayHaveForgotten(transitions: number) {
      for (const { book, blame, retryAfter, stillness, progress } of groups.values()) {
        book.settings.mayBeAnyAgain();
        blame.mayHaveForgotten(transitions);
        retryAfter.forgetStored();
        stillness.forget();
        progress.mayHaveForgotten();
      }
    },
    /**
     * What the log holds and a group never got, except behind a dead letter that halts its key.
     * @param letters the dead letters that are stored: without them, those that were ever given up count
     */
    missing(name: string, letters?: ReadonlySet<number>): StoredEvent[] {
      const { book } = group(name);
      const isDead = (sequence: number): boolean => letters?.has(sequence) ?? book.isGivenUp(sequence);
      return log.events.filter((event) => {
        if (book.isHandled(event.sequence) || isDead(event.sequence) || !book.mustGet(event)) return false;
        if (!book.settings.haltsKeys()) return true;
        return !log.ofKey(event.key).some(({ sequence }) => sequence < event.sequence && isDead(sequence));
      });
    },
    /** Whether the group has handled all of these. */
    hasHandled: (name: string, sequences: readonly number[]) =>
      sequences.every((sequence) => group(name).book.isHandled(sequence)),
  };
}

export type Checker = ReturnType<typeof createChecker>;
