import { crc32 } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import {
  DamagedRecord,
  type EventLog,
  type LogFailed,
  type LogPage,
  type LogRange,
  type StoredEvent,
} from './event-log';

/** A read that searches for types looks at so many events at once, so that a rare type never blocks the process. */
const lookedAtAtOnce = 4_096;

type Row = StoredEvent & { checksum: number };

function createPages(db: Database) {
  const columns = 'sequence, id, type, key, stored_at AS storedAt, checksum, text';
  const range = `sequence > $after AND sequence <= $upTo`;
  const end = 'ORDER BY sequence LIMIT $limit';
  const ofTypes = 'type IN (SELECT value FROM json_each($types))';
  const statements = {
    all: db.prepare<unknown[], Row>(`SELECT ${columns} FROM events WHERE ${range} ${end}`),
    types: db.prepare<unknown[], Row>(`SELECT ${columns} FROM events WHERE ${range} AND ${ofTypes} ${end}`),
    key: db.prepare<unknown[], Row>(`SELECT ${columns} FROM events WHERE key = $key AND ${range} ${end}`),
    keyAndTypes: db.prepare<unknown[], Row>(
      `SELECT ${columns} FROM events WHERE key = $key AND ${range} AND ${ofTypes} ${end}`,
    ),
  };

  function rows(asked: LogRange, upTo: number): IterableIterator<Row> {
    const { after, limit, key, types } = asked;
    const common = { after, upTo, limit };
    if (key !== undefined) {
      if (!types) return statements.key.iterate({ ...common, key });
      return statements.keyAndTypes.iterate({ ...common, key, types: JSON.stringify(types) });
    }
    if (!types) return statements.all.iterate(common);
    return statements.types.iterate({ ...common, types: JSON.stringify(types) });
  }

  return (asked: LogRange, head: number): LogPage => {
    const last = Math.min(asked.upTo ?? head, head);
    // By key there is an index; without one a search for types goes on page by page.
    const upTo = asked.key === undefined && asked.types ? Math.min(last, asked.after + lookedAtAtOnce) : last;
    const events: StoredEvent[] = [];
    let size = 0;
    for (const { checksum, ...event } of rows(asked, upTo)) {
      if (crc32(event.text) !== checksum) {
        // What is before the damage can still be used; the next read begins with it and stops.
        if (events.length > 0) return { events, upTo: event.sequence - 1 };
        throw new DamagedRecord(event.sequence);
      }
      events.push(event);
      size += event.text.length;
      if (events.length >= asked.limit || size >= (asked.maxSize ?? Infinity)) {
        return { events, upTo: event.sequence };
      }
    }
    return { events, upTo: Math.max(upTo, asked.after) };
  };
}

/** Finds times by halves: no index is needed, since times never go back from one sequence to the next. */
function createTimeSearch(db: Database) {
  const storedAt = db.prepare<[number], number>('SELECT stored_at FROM events WHERE sequence = ?').pluck();
  return (time: number, head: number): number => {
    let [least, most] = [1, head + 1];
    while (least < most) {
      const middle = Math.floor((least + most) / 2);
      if ((storedAt.get(middle) ?? Infinity) < time) least = middle + 1;
      else most = middle;
    }
    return least;
  };
}

/**
 * Reads the log, over a connection of its own, so that a read sees only what is committed.
 * What can't be read means that the disk failed, but for a damaged record: the others are good.
 */
export function createLogReader(
  db: Database,
  { head, fail }: { head: () => number; fail: (error: unknown) => LogFailed },
): Pick<EventLog, 'read' | 'firstSince'> {
  async function orFail<T>(look: () => T): Promise<T> {
    try {
      return look();
    } catch (error) {
      throw error instanceof DamagedRecord ? error : fail(error);
    }
  }
  const readPage = createPages(db);
  const firstSince = createTimeSearch(db);
  return {
    read: (range) => orFail(() => readPage(range, head())),
    firstSince: (time) => orFail(() => firstSince(time, head())),
  };
}
