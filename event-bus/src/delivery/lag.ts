import { DamagedRecord, type EventLog } from '../log/event-log';
import type { Window } from './window';

/** How far a group is behind. */
export interface Lag {
  /** Finds out when the oldest event was stored that is not done. Call it when the cursor or the log has moved. */
  look(): void;
  /** As far as it is known: see `GroupStatus`. */
  current(): { events: number; seconds: number };
}

interface Search {
  cursor: number;
  lookedUpTo: number;
  storedAt: number | undefined;
}

/** A group that is paused reads nothing into its window: the log is asked, once for each place of the cursor. */
export function createLag({
  log,
  window,
  types,
  now,
}: {
  log: Pick<EventLog, 'read' | 'head'>;
  window: Pick<Window, 'cursor' | 'oldest'>;
  types: readonly string[] | undefined;
  /** The time by which events are stored, ms since 1970. */
  now: () => number;
}): Lag {
  let search: Search = { cursor: -1, lookedUpTo: 0, storedAt: undefined };
  let isLooking = false;

  function searchHere(): Search {
    const cursor = window.cursor();
    if (search.cursor !== cursor) search = { cursor, lookedUpTo: cursor, storedAt: undefined };
    return search;
  }

  /** Looks at one page. Behind damage it looks on: what comes next is hardly younger. */
  async function lookOn(at: Search): Promise<void> {
    try {
      const range = { after: at.lookedUpTo, limit: 1, maxSize: 1 };
      const page = await log.read({ ...range, ...(types ? { types } : {}) });
      at.lookedUpTo = page.upTo;
      at.storedAt = page.events[0]?.storedAt;
    } catch (error) {
      // Those who have to read the event deal with what keeps it from being read.
      at.lookedUpTo = (error instanceof DamagedRecord ? error.sequence : undefined) ?? Infinity;
    }
  }

  function look(): void {
    const at = searchHere();
    if (isLooking || window.oldest() || at.storedAt !== undefined || at.lookedUpTo >= log.head()) return;
    isLooking = true;
    void lookOn(at).then(() => {
      isLooking = false;
      look();
    });
  }

  return {
    look,
    current() {
      look();
      const oldest = window.oldest()?.storedAt ?? searchHere().storedAt;
      return {
        // A group may be made to begin beyond the end of the log.
        events: Math.max(0, log.head() - window.cursor()),
        seconds: oldest === undefined ? 0 : Math.max(0, (now() - oldest) / 1000),
      };
    },
  };
}
