import { setTimeout as delay } from 'node:timers/promises';

/** Waits until `check` no longer throws; after five seconds its last error is thrown. */
export async function eventually(check: () => Promise<void> | void): Promise<void> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(5);
    }
  }
}
