import { crc32 } from 'node:zlib';
import { checksumOfIdentity, checksumOfNote } from '../log-note';
import { columnsIn, isSealed, readRecord, type SmallColumns, type StoredColumns } from '../record';
import { type Cell, cellsIn, freePages, openDatabasePages } from './database-pages';

/** A record that can be stored again. Its text may be damaged: then it doesn't fit the checksum, as before. */
export interface FoundRecord {
  columns: SmallColumns;
  checksum: number;
  text: Buffer;
}

/** What is left of a record of which nothing is proven. */
export interface Remains {
  sequence: number;
  bytes: Buffer;
}

const textOf = (value: Cell['values'][number] | undefined): string => (Buffer.isBuffer(value) ? value.toString() : '');
const numberOf = (value: Cell['values'][number] | undefined): number => (typeof value === 'number' ? value : NaN);

/** The columns of `events`, in the order in which the migrations made them. */
function columnsOfCell({ rowid, values }: Cell): StoredColumns {
  const [, id, source, type, key, storedAt, checksum, , cause, seal] = values;
  return {
    sequence: rowid,
    id: textOf(id),
    source: textOf(source),
    type: textOf(type),
    key: textOf(key),
    storedAt: numberOf(storedAt),
    checksum: numberOf(checksum),
    cause: Buffer.isBuffer(cause) ? cause.toString() : null,
    seal: typeof seal === 'number' ? seal : null,
  };
}

type Found = { whole: FoundRecord } | { damaged: FoundRecord } | { remains: Remains } | undefined;

function foundIn(cell: Cell): Found {
  const bytes = cell.values[7];
  if (cell.values.length < 8 || cell.values.length > 10 || !Buffer.isBuffer(bytes)) return undefined;
  const columns = columnsOfCell(cell);
  const text = bytes.toString();
  const checksum = crc32(bytes);
  // The number of the row may be what is damaged: the text says it too.
  const told = checksum === columns.checksum ? columnsIn(text)?.sequence : undefined;
  const record = readRecord(columns, text) ?? (told && readRecord({ ...columns, sequence: told }, text));
  if (record) return { whole: { columns: record.columns, checksum, text: bytes } };
  if (isSealed(columns)) return { damaged: { columns, checksum: columns.checksum, text: bytes } };
  return { remains: { sequence: cell.rowid, bytes } };
}

interface Notes {
  head: number | undefined;
  identity: string | undefined;
}

/** Takes in what a row of `log` or `log_copy` says, if it is whole. */
function takeNote({ values }: Cell, notes: Notes): void {
  const [identity, second, head, schema, checksum] = values;
  if (!Buffer.isBuffer(identity) || identity.length !== 32) return;
  const name = identity.toString();
  if (values.length === 2 && second === checksumOfIdentity(name)) notes.identity = name;
  // An older program's log says only this.
  if (values.length <= 2) notes.identity ??= name;
  const note = { identity: name, indexedUpTo: numberOf(second), head: numberOf(head), schema: numberOf(schema) };
  if (values.length !== 5 || checksum !== checksumOfNote(note)) return;
  Object.assign(notes, { head: note.head, identity: name });
}

/** Everything of a log that can be found in its pages, whatever holds them together. */
export function openFoundRecords(file: string) {
  const pages = openDatabasePages(file);
  const free = freePages(pages);
  const notes: Notes = { head: undefined, identity: undefined };
  const damaged: FoundRecord[] = [];
  const remains: Remains[] = [];

  return {
    /** All whole ones; what the others say is known once this is at its end. */
    *whole(): Generator<FoundRecord> {
      for (let number = 1; number <= pages.count; number += 1) {
        if (free.has(number)) continue;
        for (const cell of cellsIn(pages, number)) {
          const found = foundIn(cell);
          if (!found) takeNote(cell, notes);
          else if ('whole' in found) yield found.whole;
          else if ('damaged' in found) damaged.push(found.damaged);
          else remains.push(found.remains);
        }
      }
    },
    damaged: (): readonly FoundRecord[] => damaged,
    remains: (): readonly Remains[] => remains,
    /** The newest sequence, as the log said. */
    head: () => notes.head,
    identity: () => notes.identity,
    close: () => pages.close(),
  };
}
