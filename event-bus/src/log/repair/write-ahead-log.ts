import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { correctBit, pairs, type Sums, sumsOver, type Word } from './wal-checksum';

/**
 * SQLite's write-ahead log: a header and frames, each a page with its number and a checksum that goes on from the frame
 * before. SQLite reads it up to the first frame whose checksum does not fit, and drops everything after it without a
 * word: one flipped bit would cost all commits after it, though each was acknowledged.
 */
export const pageSize = 4_096;
const headerSize = 32;
const frameHeader = 24;
const frameSize = frameHeader + pageSize;
const magic = 0x377f0682;
const oneBitOfHeader = 'one bit of the header of the write-ahead log was put right';

interface Frame {
  /** Where it begins in the file. */
  at: number;
  page: number;
  isCommit: boolean;
  /** Whether it belongs to this log, and not to one that was overwritten. */
  isCurrent: boolean;
  stored: Sums;
}

function frameAt(wal: Buffer, at: number): Frame {
  const isCurrent =
    wal.readUInt32BE(at + 8) === wal.readUInt32BE(16) && wal.readUInt32BE(at + 12) === wal.readUInt32BE(20);
  const stored: Sums = [wal.readUInt32BE(at + 16), wal.readUInt32BE(at + 20)];
  return { at, page: wal.readUInt32BE(at), isCommit: wal.readUInt32BE(at + 4) !== 0, isCurrent, stored };
}

function framesOf(wal: Buffer): Frame[] {
  const count = Math.floor((wal.length - headerSize) / frameSize);
  return Array.from({ length: Math.max(0, count) }, (_, index) => frameAt(wal, headerSize + index * frameSize));
}

const isSame = (a: Sums, b: Sums): boolean => a[0] === b[0] && a[1] === b[1];
const bits = (value: number): number => value.toString(2).replace(/0/g, '').length;
const isOneBitOff = (a: Sums, b: Sums): boolean => bits((a[0] ^ b[0]) >>> 0) + bits((a[1] ^ b[1]) >>> 0) === 1;

const isBigEndian = (wal: Buffer): boolean => (wal.readUInt32BE(0) & 1) === 1;

/** A frame's checksum is made of the first words of its header, and of its page. */
function sumsOf(wal: Buffer, { at }: Frame, before: Sums): Sums {
  const isBig = isBigEndian(wal);
  return sumsOver(wal, at + frameHeader, pageSize, isBig, sumsOver(wal, at, 8, isBig, before));
}

const wordsOf = (wal: Buffer, { at }: Frame): Word[] => [
  ...pairs(wal, at, 8, isBigEndian(wal)),
  ...pairs(wal, at + frameHeader, pageSize, isBigEndian(wal)),
];

function store(wal: Buffer, at: number, [first, second]: Sums): void {
  wal.writeUInt32BE(first, at);
  wal.writeUInt32BE(second, at + 4);
}

/**
 * A header whose checksum fits with the salts of the first frame, and not with its own. This must be looked at first: a flipped
 * bit of the last salt changes the checksum as a flipped bit of the checksum itself does, and with the wrong salt all frames
 * would count as overwritten ones.
 */
function withSaltsOfFrames(wal: Buffer): Buffer | undefined {
  const header = Buffer.from(wal.subarray(0, headerSize));
  wal.copy(header, 16, headerSize + 8, headerSize + 16);
  const sums = sumsOver(header, 0, 24, isBigEndian(header), [0, 0]);
  const isOther = !header.equals(wal.subarray(0, headerSize));
  return isOther && isSame(sums, [header.readUInt32BE(24), header.readUInt32BE(28)]) ? header : undefined;
}

/** Puts a single flipped bit of the header right. Returns whether the header is whole then. */
function mendHeader(wal: Buffer, found: string[]): boolean {
  const whole = withSaltsOfFrames(wal);
  if (whole) {
    whole.copy(wal);
    found.push(oneBitOfHeader);
    return true;
  }
  const stored: Sums = [wal.readUInt32BE(24), wal.readUInt32BE(28)];
  for (const bigEndian of [isBigEndian(wal), !isBigEndian(wal)]) {
    const sums = sumsOver(wal, 0, 24, bigEndian, [0, 0]);
    const isUsual = (): boolean => wal.readUInt32BE(0) >>> 1 === magic >>> 1 && wal.readUInt32BE(8) === pageSize;
    if (isSame(sums, stored) && isUsual()) return true;
    if (isOneBitOff(sums, stored) && isUsual()) store(wal, 24, sums);
    else if (!correctBit(wal, pairs(wal, 0, 24, bigEndian), sums, stored)) continue;
    if (isBigEndian(wal) !== bigEndian || !isUsual()) return false;
    found.push(oneBitOfHeader);
    return true;
  }
  return false;
}

/**
 * Whether the page is right and its checksum is not, which one flipped bit of either may look like: the next frame tells, as
 * its checksum goes on from the right one. Without a next one it is left at the page as it is, whose records have checksums
 * of their own.
 */
function isOnlyChecksumWrong(wal: Buffer, { stored }: Frame, next: Frame | undefined, sums: Sums): boolean {
  if (!next?.isCurrent) return isOneBitOff(sums, stored);
  return isSame(sumsOf(wal, next, sums), next.stored);
}

/** The sums with which the next frame goes on, if this frame is whole or can be put right. */
function mendFrame(
  wal: Buffer,
  frame: Frame,
  next: Frame | undefined,
  before: Sums,
  found: string[],
): Sums | undefined {
  const sums = sumsOf(wal, frame, before);
  const fits = isSame(sums, frame.stored);
  if (fits && frame.isCurrent) return sums;
  const says = `one bit of page ${frame.page} in the write-ahead log was put right`;
  if (fits) {
    wal.copy(wal, frame.at + 8, 16, 24);
  } else if (!frame.isCurrent) {
    return undefined;
  } else if (isOnlyChecksumWrong(wal, frame, next, sums)) {
    store(wal, frame.at + 16, sums);
  } else if (correctBit(wal, wordsOf(wal, frame), sums, frame.stored)) {
    found.push(says);
    return frame.stored;
  } else return undefined;
  found.push(says);
  return sums;
}

/** Gives frames from one on the checksums that fit, so that SQLite takes them for what they are. */
function chainAnew(wal: Buffer, frames: readonly Frame[], before: Sums): void {
  let sums = before;
  for (const frame of frames) {
    sums = sumsOf(wal, frame, sums);
    store(wal, frame.at + 16, sums);
  }
}

/** Mends the frames in memory; what was found, in words. */
function mend(wal: Buffer): string[] {
  const found: string[] = [];
  if (!mendHeader(wal, found)) {
    const any = framesOf(wal).some(({ page }) => page > 0);
    return any ? [...found, 'the header of the write-ahead log is damaged: the commits in it are lost'] : found;
  }
  const frames = framesOf(wal);
  let sums: Sums = [wal.readUInt32BE(24), wal.readUInt32BE(28)];
  for (const [index, frame] of frames.entries()) {
    const after = mendFrame(wal, frame, frames[index + 1], sums, found);
    if (after) {
      sums = after;
      continue;
    }
    const rest = frames.slice(index);
    const last = rest.findLastIndex(({ isCommit, isCurrent }) => isCommit && isCurrent);
    if (!frame.isCurrent || last < 0) return found;
    const page = `page ${frame.page} in the write-ahead log is damaged`;
    if (rest.slice(0, last).some(({ isCommit }) => isCommit)) {
      chainAnew(wal, rest.slice(0, last + 1), sums);
      return [...found, `${page}; what comes after it was kept`];
    }
    // A commit that the machine's end cut short looks like this, and it was never acknowledged.
    return [...found, `${page}: its commit, the last one, is left out`];
  }
  return found;
}

/**
 * Puts right what can be put right in the write-ahead log of a database that nobody has open: call it before SQLite
 * does. Returns what was found, in words; nothing for a log that is whole, or ends within a commit as after a crash.
 */
export function mendWriteAheadLog(database: string): string[] {
  const file = `${database}-wal`;
  if (!existsSync(file)) return [];
  const wal = readFileSync(file);
  if (wal.length < headerSize + frameSize) return [];
  const before = Buffer.from(wal);
  const found = mend(wal);
  if (wal.equals(before)) return found;
  const descriptor = openSync(file, 'r+');
  try {
    writeSync(descriptor, wal, 0, wal.length, 0);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return found;
}

const looks = 3;

/** What is wrong with a write-ahead log that others may be writing: what is found each time is not their doing. */
export function lookAtWriteAheadLog(database: string): string[] {
  let found: string[] | undefined;
  for (let look = 0; look < looks; look += 1) {
    const wal = readFileSync(`${database}-wal`);
    const now = wal.length < headerSize + frameSize ? [] : mend(wal);
    found = (found ?? now).filter((one) => now.includes(one));
    if (found.length === 0) return [];
  }
  return found ?? [];
}

/** The newest committed content of each page in the write-ahead log: where in its file, by the page's number. */
export function pagesInWriteAheadLog(wal: Buffer): Map<number, number> {
  const pages = new Map<number, number>();
  if (wal.length < headerSize + frameSize || !mendHeader(Buffer.from(wal), [])) return pages;
  let open: Frame[] = [];
  let sums: Sums = [wal.readUInt32BE(24), wal.readUInt32BE(28)];
  for (const frame of framesOf(wal)) {
    sums = sumsOf(wal, frame, sums);
    if (!frame.isCurrent || !isSame(sums, frame.stored)) break;
    open.push(frame);
    if (!frame.isCommit) continue;
    for (const { page, at } of open) pages.set(page, at + frameHeader);
    open = [];
  }
  return pages;
}
