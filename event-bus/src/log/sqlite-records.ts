import { crc32 } from 'node:zlib';
import type { Database } from '@blog/kit/sqlite';
import { sqliteCodeOf } from '../sqlite';
import type { StoredEvent } from './event-log';
import {
  columnNames,
  columnsOf,
  type ColumnValues,
  eventOf,
  isSealed,
  readRecord,
  sealedText,
  type SmallColumns,
} from './record';

/** What the disk holds of one sequence, as far as it is proven to be what was stored. */
export interface Looked {
  sequence: number;
  /** Undefined if nothing is proven, or the record is missing. */
  columns: Omit<StoredEvent, 'text'> | undefined;
  /** Undefined if its text is damaged, or was not asked for. */
  event: StoredEvent | undefined;
  isDamaged: boolean;
}

/** The same, with all columns. */
export interface LookedAt extends Looked {
  columns: SmallColumns | undefined;
}

/** All texts, those of some types, or none. */
export type TextsWanted = 'all' | readonly string[] | 'none';

export interface Records {
  /**
   * Looks at every sequence of a range, in order; also at those that are missing. What SQLite can't read is damage to
   * the record that it was looking for: others can still be read.
   */
  inOrder(after: number, upTo: number, texts: TextsWanted): Iterable<Looked>;
  at(sequence: number): LookedAt;
  /** What is left of a text that is damaged. */
  remainsOf(sequence: number): Buffer | undefined;
}

type Row = readonly [...ColumnValues, text: unknown];
/** A row of those that are read in order: little is taken out of SQLite, so that many can be passed over soon. */
type FastRow = readonly [
  sequence: number,
  seal: number | null,
  sealed: unknown,
  checksum: number | null,
  id: string,
  type: string,
  key: string,
  storedAt: number,
  text: unknown,
];

/** Whether SQLite could not make sense of the file, or could not read a part of it. */
export function isUnreadable(error: unknown): boolean {
  return sqliteCodeOf(error)?.startsWith('SQLITE_BUSY') === false;
}

function orDamaged<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

export function createRecords(db: Database): Records {
  const range = 'sequence > $after AND sequence <= $upTo ORDER BY sequence';
  const fast = (columns: string) =>
    db.prepare<unknown[], FastRow>(`SELECT sequence, seal, ${sealedText}, ${columns} FROM events WHERE ${range}`).raw();
  const ofType = (column: string) => `CASE WHEN type IN (SELECT value FROM json_each($types)) THEN ${column} END`;
  const taken = ['id', 'type', 'key', 'stored_at'];
  const all = fast(['checksum', ...taken, 'text'].join(', '));
  const some = fast(
    [ofType('checksum'), ...taken.map((column) => (column === 'type' ? column : ofType(column))), ofType('text')].join(
      ', ',
    ),
  );
  const none = fast(['NULL', ...taken, 'NULL'].join(', '));
  const one = db.prepare<[number], Row>(`SELECT ${columnNames}, text FROM events WHERE sequence = ?`).raw();
  const remains = db
    .prepare<[number], Buffer | null>('SELECT CAST(text AS BLOB) FROM events WHERE sequence = ?')
    .pluck();
  const kept = db.prepare<[number], Buffer | null>('SELECT bytes FROM unknown_keys WHERE sequence = ?').pluck();

  function at(sequence: number): LookedAt {
    const row = orDamaged(() => one.get(sequence));
    const nothing = { sequence, columns: undefined, event: undefined, isDamaged: true };
    if (row?.[0] !== sequence) return nothing;
    const columns = columnsOf(row.slice(0, -1) as unknown as ColumnValues);
    const record = readRecord(columns, row[9]);
    if (record) return { sequence, columns: record.columns, event: eventOf(record), isDamaged: false };
    return isSealed(columns) ? { ...nothing, columns } : nothing;
  }

  /** Most records are whole, and sealed. Of all others everything is looked at. */
  function lookedAt(
    [sequence, seal, sealed, checksum, id, type, key, storedAt, text]: FastRow,
    wanted: TextsWanted,
  ): Looked {
    if (typeof sealed !== 'string' || seal !== crc32(sealed)) return at(sequence);
    if (wanted === 'none' || checksum === null) {
      return { sequence, columns: { sequence, id, type, key, storedAt }, event: undefined, isDamaged: false };
    }
    if (typeof text !== 'string' || checksum !== crc32(text)) return at(sequence);
    const event = { sequence, id, type, key, storedAt, text };
    return { sequence, columns: event, event, isDamaged: false };
  }

  function rowsAfter(after: number, upTo: number, texts: TextsWanted): IterableIterator<FastRow> {
    if (texts === 'all') return all.iterate({ after, upTo });
    if (texts === 'none') return none.iterate({ after, upTo });
    return some.iterate({ after, upTo, types: JSON.stringify(texts) });
  }

  return {
    at,
    remainsOf: (sequence) => orDamaged(() => remains.get(sequence) ?? kept.get(sequence)) ?? undefined,
    *inOrder(after, upTo, texts) {
      let next = after + 1;
      while (next <= upTo) {
        const rows = orDamaged(() => rowsAfter(next - 1, upTo, texts));
        try {
          for (let row = orDamaged(() => rows?.next()); row?.done === false; row = orDamaged(() => rows?.next())) {
            if (row.value[0] !== next) break;
            yield lookedAt(row.value, texts);
            next += 1;
          }
        } finally {
          rows?.return?.();
        }
        if (next > upTo) return;
        // Damage beside it can hide a record from those who go through the table in order, and not from this.
        yield at(next);
        next += 1;
      }
    },
  };
}
