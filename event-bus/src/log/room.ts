import { statfsSync } from 'node:fs';
import { Unavailable } from '@blog/kit';

/** Whether there is room on the disk for something. */
export interface Room {
  /** Throws Unavailable where so many bytes more would cut into the reserve. */
  expect(bytes: number): void;
}

/** What is stored goes into the write-ahead log first and into the file and its indexes later. */
const timesStored = 3;

/**
 * Leaves a part of the disk free. Publishers are refused before the disk is full, so that the delivery, whose state is
 * on the same disk, goes on; once there is room again, so do they.
 * @param reserve bytes; 0: the disk may be filled
 */
export function createRoom({ folder, reserve }: { folder: string; reserve: number }): Room {
  return {
    expect(bytes) {
      if (reserve === 0) return;
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize - timesStored * bytes >= reserve) return;
      throw new Unavailable('The disk is almost full; nothing of this request was stored.', 5);
    },
  };
}
