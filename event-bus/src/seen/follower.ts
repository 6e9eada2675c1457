import type { StoredEvent } from '../log/event-log';
import type { Happening } from './happening';

export interface Followed {
  events: Happening[];
  /** So many happened before these and were not kept: the reader was too slow. */
  missed: number;
}

/** Collects everything that happens to the events of one chain, for a reader that may be slow. */
export interface Follower {
  see(event: StoredEvent, happening: () => Happening): void;
  /** Of an event of which only the sequence is known; it was seen before. */
  seeAgain(sequence: number, happening: () => Happening): void;
  take(): Followed | undefined;
}

const mostWaiting = 1_000;
/** One message holds so many; the others follow in the next. */
const mostAtOnce = 100;
const mostSequences = 1_000;

/** @param correlationId the chain: events that name it, and the first one, whose own id it is */
export function createFollower(correlationId: string): Follower {
  /** As it stands in the text of an event: most events don't contain it, and need not be parsed. */
  const inText = JSON.stringify(correlationId);
  const sequences = new Set<number>();
  let waiting: Happening[] = [];
  let missed = 0;

  function isOfChain({ text }: StoredEvent): boolean {
    if (!text.includes(inText)) return false;
    const { id, correlationid } = JSON.parse(text) as Record<string, unknown>;
    return id === correlationId || correlationid === correlationId;
  }

  function add(happening: Happening): void {
    waiting.push(happening);
    if (waiting.length <= mostWaiting) return;
    waiting.shift();
    missed += 1;
  }

  return {
    see(event, happening) {
      if (!isOfChain(event)) return;
      if (sequences.size < mostSequences) sequences.add(event.sequence);
      add(happening());
    },
    seeAgain(sequence, happening) {
      if (sequences.has(sequence)) add(happening());
    },
    take() {
      if (waiting.length === 0) return undefined;
      const taken = { events: waiting.slice(0, mostAtOnce), missed };
      waiting = waiting.slice(mostAtOnce);
      missed = 0;
      return taken;
    },
  };
}
