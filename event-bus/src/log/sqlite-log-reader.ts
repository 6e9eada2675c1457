import { crc32 } from 'node:zlib';
import type { Database } from '@blog/kit/sqlite';
import {
  DamagedRecord,
  type EventLog,
  type LogFailed,
  type LogPage,
  type LogRange,
  type StoredEvent,
} from './event-log';
import { createReadCache } from './read-cache';
import type { NewerKeys } from './sqlite-key-index';
import { createIdSearch, createTimeSearch } from './sqlite-log-search';
import type { EventsInMemory } from './tail';

/** A read that searches for types looks at so many events at once, so that a rare type never blocks the process. */
const lookedAtAtOnce = 4_096;

type Row = [sequence: number, id: string, type: string, key: string, storedAt: number, text: string, checksum: number];

/** Finds the rows of a range, in the order of their sequences. */
function createRows(db: Database, keys: NewerKeys) {
  const columns = 'e.sequence, e.id, e.type, e.key, e.stored_at, e.text, e.checksum';
  const ofTypes = 'e.type IN (SELECT value FROM json_each($types))';
  const select = (rest: string) => db.prepare<unknown[], Row>(`SELECT ${columns} FROM ${rest}`).raw();
  const end = 'ORDER BY sequence LIMIT $limit';
  const inLog = 'events e WHERE sequence > $after AND sequence <= $upTo';
  const ofKey = 'keys k JOIN events e USING (sequence) WHERE k.key = $key AND sequence > $after AND sequence <= $upTo';
  const all = select(`${inLog} ${end}`);
  const ofTypesOnly = select(`${inLog} AND ${ofTypes} ${end}`);
  const ofKeyOnly = select(`${ofKey} ${end}`);
  const ofKeyAndTypes = select(`${ofKey} AND ${ofTypes} ${end}`);
  const one = select('events e WHERE sequence = ?');

  function* rowsOfKey(key: string, { after, limit, types }: LogRange, upTo: number): Generator<Row> {
    const range = { key, after, upTo: Math.min(upTo, keys.indexedUpTo()), limit };
    if (types) yield* ofKeyAndTypes.iterate({ ...range, types: JSON.stringify(types) });
    else yield* ofKeyOnly.iterate(range);
    for (const sequence of keys.of(key)) {
      if (sequence <= after || sequence > upTo) continue;
      const row = one.get(sequence);
      if (row && (!types || types.includes(row[2]))) yield row;
    }
  }

  return (range: LogRange, upTo: number): IterableIterator<Row> => {
    const { after, limit, key, types } = range;
    if (key !== undefined) return rowsOfKey(key, range, upTo);
    if (!types) return all.iterate({ after, upTo, limit });
    return ofTypesOnly.iterate({ after, upTo, limit, types: JSON.stringify(types) });
  };
}

/**
 * Each event is checked: one that isn't what was stored, or is missing, ends the page before it; where it is the first
 * one, DamagedRecord is thrown.
 */
function createPages(rows: ReturnType<typeof createRows>) {
  return (asked: LogRange, head: number): LogPage => {
    const last = Math.min(asked.upTo ?? head, head);
    // By key there is an index; without one a search for types goes on page by page.
    const upTo = asked.key === undefined && asked.types ? Math.min(last, asked.after + lookedAtAtOnce) : last;
    const isWhole = asked.key === undefined && !asked.types;
    const events: StoredEvent[] = [];
    let size = 0;
    for (const [sequence, id, type, key, storedAt, text, checksum] of rows(asked, upTo)) {
      const expected = isWhole ? asked.after + events.length + 1 : sequence;
      if (sequence !== expected || crc32(text) !== checksum) {
        // What is before the damage can still be used; the next read begins with it and stops.
        if (events.length > 0) return { events, upTo: expected - 1 };
        throw new DamagedRecord(expected);
      }
      events.push({ sequence, id, type, key, storedAt, text });
      size += text.length;
      if (events.length >= asked.limit || size >= (asked.maxSize ?? Infinity)) return { events, upTo: sequence };
    }
    return { events, upTo: Math.max(upTo, asked.after) };
  };
}

/**
 * Reads the log, in memory where it is there, else over a connection of its own, so that it sees only what is committed.
 * What can't be read means that the disk failed, but for a damaged record: the others are good.
 */
export function createLogReader(
  db: Database,
  {
    tail,
    keys,
    head,
    fail,
  }: { tail: EventsInMemory; keys: NewerKeys; head: () => number; fail: (error: unknown) => LogFailed },
): Pick<EventLog, 'read' | 'firstSince' | 'find' | 'effectsOf'> {
  async function orFail<T>(look: () => T): Promise<T> {
    try {
      return look();
    } catch (error) {
      throw error instanceof DamagedRecord ? error : fail(error);
    }
  }
  const readPage = createReadCache(tail, createPages(createRows(db, keys)));
  const firstSince = createTimeSearch(db);
  const search = createIdSearch(db);
  return {
    read: (range) => orFail(() => readPage(range, head())),
    firstSince: (time) => orFail(() => firstSince(time, head())),
    find: (id) => orFail(() => search.find(id)),
    effectsOf: (id, limit) => orFail(() => search.effectsOf(id, limit)),
  };
}
