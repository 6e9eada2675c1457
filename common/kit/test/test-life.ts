import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestLife {
  /** A path in the test's own folder. */
  file(name: string): string;
  /** Passes something on that is closed after the test; the last one first. */
  closing<T extends { close(): unknown }>(thing: T): T;
}

/** What a test opens is closed after it, in reverse, and its folder is removed. Call it inside `describe`. */
export function useTestLife(): TestLife {
  let folder = '';
  let open: { close(): unknown }[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'blog-test-'));
    open = [];
  });
  afterEach(async () => {
    const faults: unknown[] = [];
    // What can't be closed must not leave the rest open: the run would never end.
    for (const thing of open.reverse()) {
      try {
        await thing.close();
      } catch (error) {
        faults.push(error);
      }
    }
    rmSync(folder, { recursive: true });
    if (faults.length > 0) throw faults[0];
  });
  return {
    file: (name) => join(folder, name),
    closing(thing) {
      open.push(thing);
      return thing;
    },
  };
}
