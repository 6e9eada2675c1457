import { Unavailable } from '@blog/kit';
import type { EventLog } from './event-log';

/**
 * A log that takes no more events while the slowest group is too far behind: its publishers wait, not its readers.
 * @param limit undefined: it takes them in any case
 * @param slowestCursor the cursor of the group that is furthest behind; the log's head where no group counts. It is asked at
 *   each append: a replay, or a new group, sets it back
 */
export function limitBacklog(
  log: EventLog,
  { limit, slowestCursor }: { limit: number | undefined; slowestCursor: () => number },
): EventLog {
  if (limit === undefined) return log;
  return {
    ...log,
    async append(events) {
      if (log.head() - slowestCursor() >= limit) {
        throw new Unavailable(`A group is ${limit} events behind; nothing of this request was stored.`, 5);
      }
      return log.append(events);
    },
  };
}
