import { setImmediate as nextTurn } from 'node:timers/promises';
import { Unavailable } from '@blog/kit';
import type { Appended, NewEvent } from './event-log';

/** One publisher's events: they are committed together with those of others, but answered alone. */
interface Waiting {
  events: readonly NewEvent[];
  resolve: (appended: Appended[]) => void;
  reject: (error: unknown) => void;
}

/** What became of one append of a commit: it is stored, or it alone is refused. */
export type Outcome = { appended: Appended[]; refused?: never } | { appended?: never; refused: Error };

/** Stores the events of several appends in one transaction and fsyncs it; the outcomes are in their order. */
export type Commit = (appends: readonly (readonly NewEvent[])[]) => Promise<Outcome[]>;

export interface GroupCommit {
  append(events: readonly NewEvent[]): Promise<Appended[]>;
  /** Resolves when nothing waits. */
  drained(): Promise<void>;
}

/** One commit takes so many events at most, so that it doesn't hold up everything else for long. */
const largestCommit = 300;
/** More than so many characters of text waiting means that the disk can't follow: publishers are told to slow down. */
const mostWaiting = 64 * 1024 * 1024;

const sizeOf = (events: readonly NewEvent[]): number => events.reduce((sum, { text }) => sum + text.length, 0);

/**
 * Lets concurrent appends share one commit, and so one fsync: the next commit takes what arrived during the last one.
 * There is no timer: an append that comes alone is committed at once.
 */
export function createGroupCommit({ commit, onCommitted }: { commit: Commit; onCommitted: () => void }): GroupCommit {
  let waiting: Waiting[] = [];
  let waitingSize = 0;
  let work: Promise<void> | undefined;

  function takeBatch(): Waiting[] {
    let events = 0;
    let count = 0;
    for (const append of waiting) {
      if (count > 0 && events + append.events.length > largestCommit) break;
      events += append.events.length;
      count += 1;
    }
    const batch = waiting.slice(0, count);
    waiting = waiting.slice(count);
    waitingSize -= batch.reduce((sum, append) => sum + sizeOf(append.events), 0);
    return batch;
  }

  /** Begins a commit of what waits; resolves to what is left to do when its publishers may be answered. */
  function begin(): Promise<() => void> {
    const batch = takeBatch();
    return commit(batch.map(({ events }) => events)).then(
      (outcomes) => () => {
        batch.forEach(({ resolve, reject }, index) => {
          const { appended, refused } = outcomes[index] ?? {};
          if (appended) resolve(appended);
          else reject(refused);
        });
        onCommitted();
      },
      (error: unknown) => () => {
        for (const { reject } of batch) reject(error);
      },
    );
  }

  async function commitAll(): Promise<void> {
    // Requests that arrived together are read from their sockets in this turn, and join the batch.
    await nextTurn();
    let underWay: Promise<() => void> | undefined = begin();
    while (underWay) {
      const answer = await underWay;
      // The disk first: answering takes this thread a while, in which the disk would be idle.
      underWay = waiting.length > 0 ? begin() : undefined;
      answer();
    }
    // In the same breath as the look at `waiting`: an append between the two would wait for ever.
    work = undefined;
  }

  return {
    append(events) {
      if (waitingSize > mostWaiting) {
        return Promise.reject(new Unavailable('The log is behind; nothing of this request was stored.'));
      }
      waitingSize += sizeOf(events);
      return new Promise((resolve, reject) => {
        waiting.push({ events, resolve, reject });
        work ??= commitAll();
      });
    },
    async drained() {
      while (work) await work;
    },
  };
}
