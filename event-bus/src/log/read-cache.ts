import type { LogPage, LogRange, StoredEvent } from './event-log';
import type { EventsInMemory } from './tail';

/** What is read at once from the disk, for whoever comes next to the same place. */
const pageSize = { limit: 512, maxSize: 512 * 1024 };
const mostPages = 8;

/** What a range asks for, as far as these events go; undefined where they don't have its first one. */
export function pageFrom(
  known: EventsInMemory,
  { after, types, limit, maxSize = Infinity }: LogRange,
  last: number,
): LogPage | undefined {
  const events: StoredEvent[] = [];
  let upTo = after;
  let size = 0;
  while (upTo < last && events.length < limit && size < maxSize) {
    const event = known.at(upTo + 1);
    if (!event) break;
    upTo = event.sequence;
    if (types && !types.includes(event.type)) continue;
    events.push(event);
    size += event.text.length;
  }
  return upTo === after ? undefined : { events, upTo };
}

/** Some events that were read one after the other. */
function inMemory(events: readonly StoredEvent[]): EventsInMemory {
  const first = events[0]?.sequence ?? 0;
  return { at: (sequence) => events[sequence - first] };
}

export interface ReadCache {
  read(range: LogRange, head: number): LogPage;
  /** Forgets what was read: the disk says something else now. */
  forget(): void;
}

/**
 * Reads in memory where it can: in the tail, or in a page that another group has just read. Groups that are behind are
 * often so at about the same place, and share one read of the disk.
 * @param read reads the disk; what it throws is thrown, and nothing is remembered then
 */
export function createReadCache(tail: EventsInMemory, read: (range: LogRange, head: number) => LogPage): ReadCache {
  let pages: EventsInMemory[] = [];

  function remember(page: LogPage): EventsInMemory {
    const known = inMemory(page.events);
    pages = [known, ...pages.slice(0, mostPages - 1)];
    return known;
  }

  function readPage(range: LogRange, head: number): LogPage {
    const { after, key, types } = range;
    const last = Math.min(range.upTo ?? head, head);
    if (after >= last) return { events: [], upTo: after };
    // By its key an event is found with an index: the disk looks at less than memory would.
    if (key !== undefined) return read(range, head);
    const found = pageFrom(tail, range, last);
    if (found) return found;
    // The same goes for few types among many; and a page holds all types.
    if (types) return read(range, head);
    const page = pages.find((known) => known.at(after + 1)) ?? remember(read({ after, ...pageSize }, head));
    return pageFrom(page, range, last) ?? { events: [], upTo: after };
  }

  return { read: readPage, forget: () => void (pages = []) };
}
