import { setTimeout as delay } from 'node:timers/promises';
import type { Lifecycle } from './lifecycle';
import type { Logger } from './logger';

const pollMs = 50;

/** See `file-lock.cjs`, which isn't loaded here: it would load SQLite into processes that have no file. */
function isInUse(error: unknown): error is { file: string } {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'FILE_IN_USE';
}

/**
 * Opens a file that another process may be working on: waits until that one has ended, and says so in the log, once. Only
 * the first thing that `open` does may find the file in use. Rejects with an AbortError when the process is told to end.
 */
export async function openWhenFree<T>(
  open: () => T | Promise<T>,
  { lifecycle: { closing }, logger }: { lifecycle: Pick<Lifecycle, 'closing'>; logger: Logger },
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    closing.throwIfAborted();
    try {
      const opened = await open();
      if (tries > 1) logger.info('the other process has ended: this one goes on');
      return opened;
    } catch (error) {
      if (!isInUse(error)) throw error;
      if (tries === 1) {
        logger.warn(
          { file: error.file },
          'another process works on the same file: this one waits until that has ended',
        );
      }
    }
    // Not all at the same moments: two that try at once may keep each other out.
    await delay(pollMs * (0.5 + Math.random()), undefined, { signal: closing });
  }
}
