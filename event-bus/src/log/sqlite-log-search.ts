import { crc32 } from 'node:zlib';
import type { Database } from '@blog/kit/sqlite';
import { DamagedRecord, mostFound, type StoredEvent } from './event-log';

type Row = StoredEvent & { checksum: number };

/** Of many large events only the first are given: a search holds little memory. */
const largestFind = 8 * 1024 * 1024;

export function createIdSearch(db: Database) {
  const by = (column: 'id' | 'cause') =>
    db.prepare<[string, number], Row>(
      `SELECT sequence, id, type, key, stored_at AS storedAt, checksum, text
       FROM events WHERE ${column} = ? ORDER BY sequence LIMIT ?`,
    );
  const [byId, byCause] = [by('id'), by('cause')];

  function search(statement: typeof byId, id: string, limit: number): StoredEvent[] {
    const found: StoredEvent[] = [];
    let size = 0;
    for (const { checksum, ...event } of statement.iterate(id, limit)) {
      if (crc32(event.text) !== checksum) throw new DamagedRecord(event.sequence);
      found.push(event);
      size += event.text.length;
      if (size >= largestFind) break;
    }
    return found;
  }
  return {
    find: (id: string) => search(byId, id, mostFound),
    effectsOf: (id: string, limit = mostFound) => search(byCause, id, Math.min(limit, mostFound)),
  };
}

/** Finds times by halves: no index is needed, since times never go back from one sequence to the next. */
export function createTimeSearch(db: Database) {
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
