import { InvalidInput } from '@blog/kit';
import { DamagedRecord, type EventLog, type LogPage, type LogRange } from '../log/event-log';
import type { Dispatcher } from './dispatcher';

/** What to deliver again: all events of a group, or those of one key, from a place in the log on. */
export interface ReplayRequest {
  from: 'beginning' | number | Date;
  key?: string;
}

/** `from` is the first sequence that is delivered again, `events` how many of those before the cursor are. */
export interface Replay {
  from: number;
  events: number;
}

const countedAtOnce = { limit: 1_000, maxSize: 1024 * 1024 };

/** A page for somebody who counts: a damaged record is none that is delivered. */
async function pageOver(log: EventLog, range: LogRange): Promise<LogPage> {
  try {
    return await log.read(range);
  } catch (error) {
    if (!(error instanceof DamagedRecord) || error.sequence === undefined) throw error;
    return { events: [], upTo: error.sequence };
  }
}

async function count(
  log: EventLog,
  { after, upTo, ...filter }: { after: number; upTo: number; types?: readonly string[]; key?: string },
): Promise<number> {
  if (!filter.types && filter.key === undefined) return Math.max(0, upTo - after);
  let events = 0;
  for (let at = after; at < upTo;) {
    const page = await pageOver(log, { after: at, upTo, ...countedAtOnce, ...filter });
    events += page.events.length;
    at = page.upTo;
  }
  return events;
}

/** Replays parts of the log to a group, without any effect on the others. */
export function createReplay({
  log,
  dispatcher,
}: {
  log: EventLog;
  dispatcher: Pick<Dispatcher, 'status' | 'rewind' | 'keyCommands'>;
}) {
  async function sequenceOf(from: ReplayRequest['from']): Promise<number> {
    if (from === 'beginning') return 1;
    return typeof from === 'number' ? from : log.firstSince(from.getTime());
  }

  /** Says what a replay would do. Throws NotFound, or InvalidInput where it would skip what was not delivered yet. */
  async function preview(group: string, { from, key }: ReplayRequest): Promise<Replay> {
    const { cursor, types } = dispatcher.status(group);
    const first = await sequenceOf(from);
    if (first > cursor + 1) {
      const message = `must not be after event ${cursor + 1}, the next one of the group: a replay skips nothing`;
      throw new InvalidInput([{ path: 'from', message }]);
    }
    const filter = { ...(types ? { types } : {}), ...(key === undefined ? {} : { key }) };
    return {
      from: first,
      events: await count(log, { after: first - 1, upTo: Math.min(cursor, log.head()), ...filter }),
    };
  }

  return {
    preview,
    async replay(group: string, request: ReplayRequest): Promise<Replay> {
      const planned = await preview(group, request);
      if (request.key === undefined) await dispatcher.rewind(group, planned.from - 1);
      else await dispatcher.keyCommands(group).replayKey(request.key, planned.from);
      return planned;
    },
  };
}

export type Replays = ReturnType<typeof createReplay>;
