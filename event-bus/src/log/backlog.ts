import { Unavailable } from '@blog/kit';
import type { EventLog } from './event-log';

/**
 * A log that takes no more events while the slowest group is too far behind: its publishers wait, not its readers.
 * @param slowestCursor the cursor of the group that is furthest behind; the log's head where no group counts
 */
export function limitBacklog(
  log: EventLog,
  { limit, slowestCursor }: { limit: number; slowestCursor: () => number },
): EventLog {
  // Cursors move up: as long as the backlog is small even from where the slowest one was, nobody has to be asked.
  let cursor = 0;
  return {
    ...log,
    async append(events) {
      if (log.head() - cursor >= limit) cursor = slowestCursor();
      if (log.head() - cursor >= limit) {
        throw new Unavailable(`A group is ${limit} events behind; nothing of this request was stored.`, 5);
      }
      return log.append(events);
    },
  };
}
