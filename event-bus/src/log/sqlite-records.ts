import type { Database } from '@blog/kit/sqlite';
import { sqliteCodeOf } from '../sqlite';
import { columnNames, columnsOf, type ColumnValues, isSealed, readRecord, type SmallColumns } from './record';

/** What the disk holds of one sequence. */
export interface Looked {
  sequence: number;
  /** Undefined if nothing of the record is proven to be what was stored, or it is missing. */
  columns: SmallColumns | undefined;
  /** Undefined if it is damaged, or was not asked for. */
  text: string | undefined;
  isDamaged: boolean;
}

/** All texts, those of some types, or none. */
export type TextsWanted = 'all' | readonly string[] | 'none';

export interface Records {
  /**
   * Looks at every sequence of a range, in order; also at those that are missing. What SQLite can't read is damage to
   * the record that it was looking for: others can still be read.
   */
  inOrder(after: number, upTo: number, texts: TextsWanted): Iterable<Looked>;
  at(sequence: number): Looked;
  /** What is left of a text that is damaged. */
  remainsOf(sequence: number): Buffer | undefined;
}

type Row = readonly [...ColumnValues, text: unknown];

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
  const select = (text: string, where: string) =>
    db.prepare<unknown[], Row>(`SELECT ${columnNames}, ${text} FROM events WHERE ${where}`).raw();
  const range = 'sequence > $after AND sequence <= $upTo ORDER BY sequence';
  const all = select('text', range);
  const some = select('CASE WHEN type IN (SELECT value FROM json_each($types)) THEN text END', range);
  const none = select('NULL', range);
  const one = select('text', 'sequence = ?');
  const remains = db.prepare<[number], Buffer | null>('SELECT CAST(text AS BLOB) FROM events WHERE sequence = ?').pluck();
  const kept = db.prepare<[number], Buffer | null>('SELECT bytes FROM unknown_keys WHERE sequence = ?').pluck();

  function lookedAt(row: Row): Looked {
    const [sequence] = row;
    const columns = columnsOf(row as unknown as ColumnValues);
    const text = row[9];
    if (text === null) return isSealed(columns) ? { sequence, columns, text: undefined, isDamaged: false } : at(sequence);
    const record = readRecord(columns, text);
    if (record) return { sequence, columns: record.columns, text: record.text, isDamaged: false };
    return { sequence, columns: isSealed(columns) ? columns : undefined, text: undefined, isDamaged: true };
  }

  function at(sequence: number): Looked {
    const row = orDamaged(() => one.get(sequence));
    if (row && row[0] === sequence && row[9] !== null) return lookedAt(row);
    return { sequence, columns: undefined, text: undefined, isDamaged: true };
  }

  function rowsAfter(after: number, upTo: number, texts: TextsWanted): IterableIterator<Row> {
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
            yield lookedAt(row.value);
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
