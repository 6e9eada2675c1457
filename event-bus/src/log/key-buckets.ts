import { crc32 } from 'node:zlib';

/**
 * The index of keys is kept in buckets, and of each is noted how many entries it has and the sum of their checksums. So
 * a reader can prove that nothing is missing from the bucket of its key, and nothing wrong in it: without that a damaged
 * entry would let it pass over an event without a word.
 */
export const bucketCount = 1_024;

export const hashOf = (key: string): number => crc32(key);

export const bucketOf = (keyHash: number): number => keyHash % bucketCount;

/** What an entry adds to the sum of its bucket: its bits are mixed, so that no two changes are likely to make up for each other. */
export function termOf(keyHash: number, sequence: number): number {
  let mixed = keyHash ^ Math.imul(sequence, 0x9e3779b1) ^ Math.imul(Math.floor(sequence / 2 ** 32), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

export interface BucketNote {
  bucket: number;
  entries: number;
  sum: number;
  checksum: number;
}

export const checksumOfBucket = (bucket: number, entries: number, sum: number): number =>
  crc32(`${bucket}\0${entries}\0${sum}`);

/** A bucket that nothing is noted of is empty. */
export const isWholeNote = ({ bucket, entries, sum, checksum }: BucketNote): boolean =>
  checksum === checksumOfBucket(bucket, entries, sum);
