import type { Database } from '@blog/kit/sqlite';
import { DamagedRecord, mostFound, type StoredEvent } from './event-log';
import { isUnreadable, type Records } from './sqlite-records';

/** Of many large events only the first are given: a search holds little memory. */
const largestFind = 8 * 1024 * 1024;

export function createIdSearch(db: Database, records: Records) {
  const by = (column: 'id' | 'cause') =>
    db
      .prepare<[string, number, number], number>(
        `SELECT sequence FROM events WHERE ${column} = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
      )
      .pluck();
  const statements = { id: by('id'), cause: by('cause') };

  function sequencesOf(column: 'id' | 'cause', id: string, after: number, limit: number): number[] {
    try {
      return statements[column].all(id, after, limit);
    } catch (error) {
      // The index is damaged: nobody knows which records are meant.
      throw isUnreadable(error) ? new DamagedRecord(undefined) : error;
    }
  }

  function search(column: 'id' | 'cause', id: string, after: number, limit: number): StoredEvent[] {
    const found: StoredEvent[] = [];
    let size = 0;
    for (const sequence of sequencesOf(column, id, after, limit)) {
      const { columns, event } = records.at(sequence);
      if (!columns || !event) throw new DamagedRecord(sequence);
      // A damaged index led to another record.
      if (columns[column] !== id) continue;
      found.push(event);
      size += event.text.length;
      if (size >= largestFind) break;
    }
    return found;
  }
  return {
    find: (id: string) => search('id', id, 0, mostFound),
    effectsOf: (id: string, limit = mostFound, after = 0) => search('cause', id, after, Math.min(limit, mostFound)),
  };
}

/** Finds times by halves: no index is needed, since times never go back from one sequence to the next. */
export function createTimeSearch(records: Records) {
  /** A damaged record was stored at about the time of the next whole one. */
  function storedAt(sequence: number, end: number): number {
    for (let next = sequence; next < end; next += 1) {
      const { columns } = records.at(next);
      if (columns) return columns.storedAt;
    }
    return Infinity;
  }
  return (time: number, head: number): number => {
    let [least, most] = [1, head + 1];
    while (least < most) {
      const middle = Math.floor((least + most) / 2);
      if (storedAt(middle, most) < time) least = middle + 1;
      else most = middle;
    }
    return least;
  };
}
