import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { pageSize, pagesInWriteAheadLog } from './write-ahead-log';

/** A cell of a table: the number of its row, and its columns. Texts and blobs are bytes. */
export interface Cell {
  rowid: number;
  values: (number | null | Buffer)[];
}

/** The pages of a SQLite database, read without SQLite: what holds them together may be damaged. */
export interface DatabasePages {
  count: number;
  page(number: number): Buffer | undefined;
  close(): void;
}

export function openDatabasePages(database: string): DatabasePages {
  const file = openSync(database, 'r');
  const wal = existsSync(`${database}-wal`) ? readFileSync(`${database}-wal`) : Buffer.alloc(0);
  const newer = pagesInWriteAheadLog(wal);
  const inFile = Math.floor(fstatSync(file).size / pageSize);
  return {
    count: Math.max(inFile, ...newer.keys()),
    page(number) {
      const at = newer.get(number);
      if (at !== undefined) return wal.subarray(at, at + pageSize);
      if (number < 1 || number > inFile) return undefined;
      const page = Buffer.alloc(pageSize);
      readSync(file, page, 0, pageSize, (number - 1) * pageSize);
      return page;
    },
    close: () => closeSync(file),
  };
}

/** A number of 1 to 9 bytes, and where it ends. Throws RangeError beyond the bytes. */
function readVarint(bytes: Buffer, start: number): { value: number; end: number } {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = bytes.readUInt8(start + index);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, end: start + index + 1 };
  }
  return { value: value * 256 + bytes.readUInt8(start + 8), end: start + 9 };
}

const integerSizes = [0, 1, 2, 3, 4, 6, 8];

function readValue(bytes: Buffer, type: number, at: number): { value: number | null | Buffer; size: number } {
  if (type === 0) return { value: null, size: 0 };
  if (type === 8 || type === 9) return { value: type - 8, size: 0 };
  if (type === 7) return { value: bytes.readDoubleBE(at), size: 8 };
  const size = type < 7 ? (integerSizes[type] ?? 0) : Math.floor((type - 12) / 2);
  if (type === 10 || type === 11 || at + size > bytes.length) throw new RangeError('no such value');
  if (type >= 12) return { value: bytes.subarray(at, at + size), size };
  return { value: size === 8 ? Number(bytes.readBigInt64BE(at)) : bytes.readIntBE(at, size), size };
}

function valuesIn(payload: Buffer): Cell['values'] {
  const header = readVarint(payload, 0);
  const values: Cell['values'] = [];
  let at = header.value;
  for (let { end } = header; end < header.value;) {
    const type = readVarint(payload, end);
    const { value, size } = readValue(payload, type.value, at);
    values.push(value);
    at += size;
    end = type.end;
  }
  return values;
}

/** The largest payload that is wholly in its page, and the least that is there of a larger one. */
const mostLocal = pageSize - 35;
const leastLocal = Math.floor(((pageSize - 12) * 32) / 255) - 23;
const largestPayload = 64 * 1024 * 1024;

function payloadAt(pages: DatabasePages, page: Buffer, start: number, size: number): Buffer {
  if (size > largestPayload) throw new RangeError('no such payload');
  if (size <= mostLocal) return page.subarray(start, start + size);
  const fitting = leastLocal + ((size - leastLocal) % (pageSize - 4));
  const local = fitting <= mostLocal ? fitting : leastLocal;
  const parts = [page.subarray(start, start + local)];
  let next = page.readUInt32BE(start + local);
  for (let left = size - local; left > 0; left -= pageSize - 4) {
    const overflow = pages.page(next);
    if (!overflow) break;
    parts.push(overflow.subarray(4, 4 + Math.min(left, pageSize - 4)));
    next = overflow.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}

/** By its name: an error of Node itself may be of another realm. */
const isOutOfRange = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'name' in error && error.name === 'RangeError';

const [indexInterior, indexLeaf] = [2, 10];

/**
 * The rows of a page, as far as it can be read as a leaf of a table. A flipped bit makes a leaf look like another kind of
 * page, so others are tried too: what is read of them is no record that could be proven.
 */
export function cellsIn(pages: DatabasePages, number: number): Cell[] {
  const page = pages.page(number);
  if (!page) return [];
  const start = number === 1 ? 100 : 0;
  const type = page.readUInt8(start);
  if (type === indexInterior || type === indexLeaf) return [];
  const pointers = start + 8;
  const count = Math.min(page.readUInt16BE(start + 3), (pageSize - pointers) / 2 - 1);
  const cells: Cell[] = [];
  for (let index = 0; index < count; index += 1) {
    try {
      const size = readVarint(page, page.readUInt16BE(pointers + index * 2));
      const rowid = readVarint(page, size.end);
      cells.push({ rowid: rowid.value, values: valuesIn(payloadAt(pages, page, rowid.end, size.value)) });
    } catch (error) {
      if (!isOutOfRange(error)) throw error;
    }
  }
  return cells;
}

/** The pages that nothing uses: what they still hold was deleted. None if their list is not what it says of itself. */
export function freePages(pages: DatabasePages): Set<number> {
  const free = new Set<number>();
  const first = pages.page(1);
  let trunk = first?.readUInt32BE(32) ?? 0;
  while (trunk > 0 && !free.has(trunk)) {
    free.add(trunk);
    const page = pages.page(trunk);
    const leaves = page?.readUInt32BE(4) ?? 0;
    if (!page || leaves > pageSize / 4 - 2) return new Set();
    for (let index = 0; index < leaves; index += 1) free.add(page.readUInt32BE(8 + index * 4));
    trunk = page.readUInt32BE(0);
  }
  return free.size === first?.readUInt32BE(36) ? free : new Set();
}
