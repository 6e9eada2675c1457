import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { pageSize } from '../../src/log/repair/write-ahead-log';
import type { SeededRandom } from '../simulation/seeded-random';
import { logFile, type StoredLog } from './stored-log';

/** One bit of one file of a log. */
export interface Flip {
  /** The table, index or file that it is part of. */
  of: string;
  part: '' | '-wal';
  byte: number;
  bit: number;
}

function sizeOf(file: string): number {
  const descriptor = openSync(file, 'r');
  try {
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
}

/** Any bit of its files, but every table, every index, and the first page now and then. */
export function chooseFlip(random: SeededRandom, { folder, pages }: StoredLog, hasWal: boolean): Flip {
  const bit = random.between(0, 7);
  if (hasWal && random.chance(0.5)) {
    const byte = random.between(0, sizeOf(`${logFile(folder)}-wal`) - 1);
    return { of: 'write-ahead log', part: '-wal', byte, bit };
  }
  const size = sizeOf(logFile(folder));
  const of = random.chance(0.05) ? 'sqlite_schema' : random.pick([...pages.keys()]);
  const inFile = (pages.get(of) ?? []).filter((page) => page * pageSize <= size);
  const page = random.pick(inFile.length > 0 ? inFile : [1]);
  if (inFile.length === 0 || random.chance(0.4))
    return { of: 'any page', part: '', byte: random.between(0, size - 1), bit };
  // The first bytes of a page hold it together.
  const within = random.chance(0.3) ? random.between(0, page === 1 ? 120 : 40) : random.between(0, pageSize - 1);
  return { of, part: '', byte: (page - 1) * pageSize + within, bit };
}

export function flipIn(folder: string, { part, byte, bit }: Flip): void {
  const file = openSync(`${logFile(folder)}${part}`, 'r+');
  try {
    const content = Buffer.alloc(1);
    readSync(file, content, 0, 1, byte);
    content.writeUInt8(content.readUInt8(0) ^ (1 << bit), 0);
    writeSync(file, content, 0, 1, byte);
  } finally {
    closeSync(file);
  }
}
