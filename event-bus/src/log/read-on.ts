import type { EventLog, LogPage, LogRange } from './event-log';

/** The next page of a range that has an event; an empty one only at the end of the range. A page may end early, as before damage. */
export async function readOn(log: Pick<EventLog, 'read'>, range: LogRange & { upTo: number }): Promise<LogPage> {
  let page = await log.read(range);
  while (page.events.length === 0 && page.upTo < range.upTo) page = await log.read({ ...range, after: page.upTo });
  return page;
}
