import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  folder: string;
  /** Bytes. */
  free(): number;
  /** Something else fills it, but for so many bytes. */
  fill(butFor: number): void;
  /** … and then takes the rest too. */
  fillRest(): void;
  /** What filled it is gone. */
  makeRoom(): void;
  remove(): void;
}

/**
 * A file system of its own, in memory, of so many MB. Only root may mount it: throws elsewhere.
 */
export function mountSmallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'event-bus-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  const filler = join(folder, 'filler');
  const free = (): number => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  return {
    folder,
    free,
    fill: (butFor) => writeFileSync(filler, Buffer.alloc(Math.max(0, free() - butFor))),
    fillRest: () => appendFileSync(filler, Buffer.alloc(free())),
    makeRoom: () => unlinkSync(filler),
    remove() {
      execFileSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** Whether a small disk can be mounted here. Under CI it must: a proof that isn't run is none. */
export function canMountSmallDisk(): boolean {
  try {
    mountSmallDisk(1).remove();
    return true;
  } catch (error) {
    if (process.env.CI === 'true') throw new Error('CI=true: a small disk must be mounted', { cause: error });
    console.warn('NOT TESTED: what happens on a full disk. Only root can mount the small one that this needs.');
    return false;
  }
}
