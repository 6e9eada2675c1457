import { crc32 } from 'node:zlib';

/**
 * The index of keys is kept in buckets, and of each is noted how many entries it has and the sum of their checksums. So
 * a reader can prove that nothing is missing from the bucket of its key, and nothing wrong in it: without that a damaged
 * entry would let it pass over an event without a word.
 */
export const bucketCount = 1_024;

export const bucketOf = (key: string): number => crc32(key) % bucketCount;

/** What an entry adds to the sum of its bucket. */
export const termOf = (key: string, sequence: number): number => crc32(`${sequence}\0${key}`);

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
