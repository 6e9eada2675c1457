import { crc32 } from 'node:zlib';
import type { StoredEvent } from './event-log';

/** What the log stores of an event beside its text. */
export interface SmallColumns {
  sequence: number;
  id: string;
  source: string;
  type: string;
  key: string;
  cause: string | null;
  /** ms since 1970. */
  storedAt: number;
}

/** A record as it comes from the disk: any of it may be damaged, so that even the types may be others. */
export interface StoredColumns extends SmallColumns {
  /** Of the text. */
  checksum: number;
  /** Of everything else, and of the text's checksum; null in a record of an older program. */
  seal: number | null;
}

/** The columns of a record in the order in which `columnsOf` takes them. */
export const columnNames = 'sequence, id, source, type, key, cause, stored_at, checksum, seal';
export type ColumnValues = readonly [
  number,
  string,
  string,
  string,
  string,
  string | null,
  number,
  number,
  number | null,
];

export function columnsOf(values: ColumnValues): StoredColumns {
  const [sequence, id, source, type, key, cause, storedAt, checksum, seal] = values;
  return { sequence, id, source, type, key, cause, storedAt, checksum, seal };
}

/** What a seal is made of, in SQL: `sealOf` makes the same of columns. */
export const sealedText = [
  'sequence',
  'stored_at',
  'checksum',
  "ifnull(cause, '')",
  'id',
  'source',
  'type',
  'key',
].join(' || char(31) || ');

export function sealOf(columns: SmallColumns, textChecksum: number): number {
  const { sequence, id, source, type, key, cause, storedAt } = columns;
  const numbers = `${sequence}\x1f${storedAt}\x1f${textChecksum}`;
  return crc32(`${numbers}\x1f${cause ?? ''}\x1f${id}\x1f${source}\x1f${type}\x1f${key}`);
}

/** Whether the columns beside the text are those that were stored. */
export const isSealed = (columns: StoredColumns): boolean =>
  columns.seal !== null && columns.seal === sealOf(columns, columns.checksum);

/** What a text says of itself. */
export function columnsIn(text: string): Omit<SmallColumns, 'storedAt'> | undefined {
  let event: Record<string, unknown>;
  try {
    event = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const { sequence, id, source, type, partitionkey: key, causationid } = event;
  const isComplete = [id, source, type, key].every((value) => typeof value === 'string');
  if (!isComplete || typeof sequence !== 'number') return undefined;
  const cause = typeof causationid === 'string' && causationid !== '' ? causationid : null;
  return { sequence, id: String(id), source: String(source), type: String(type), key: String(key), cause };
}

/** A record that is what was stored. */
export interface WholeRecord {
  columns: SmallColumns;
  text: string;
}

/** SQLite may give a text as bytes: a flipped bit can make one type the other, and leaves the bytes as they were. */
const textOf = (text: unknown): string | undefined =>
  typeof text === 'string' ? text : Buffer.isBuffer(text) ? text.toString() : undefined;

/**
 * The record, if it can be proven to be what was stored; undefined if it is damaged.
 * The text is proven by the seal or by its own checksum. Columns that the seal does not prove are taken from the text,
 * which says the same: damage to them harms nobody.
 */
export function readRecord(columns: StoredColumns, storedText: unknown): WholeRecord | undefined {
  const text = textOf(storedText);
  if (text === undefined) return undefined;
  const checksum = crc32(text);
  if (columns.seal !== null && columns.seal === sealOf(columns, checksum)) return { columns, text };
  if (checksum !== columns.checksum) return undefined;
  const told = columnsIn(text);
  if (!told || told.sequence !== columns.sequence) return undefined;
  return { columns: { ...told, storedAt: Number.isSafeInteger(columns.storedAt) ? columns.storedAt : 0 }, text };
}

export function eventOf({ columns, text }: { columns: Omit<StoredEvent, 'text'>; text: string }): StoredEvent {
  const { sequence, id, type, key, storedAt } = columns;
  return { sequence, id, type, key, storedAt, text };
}
