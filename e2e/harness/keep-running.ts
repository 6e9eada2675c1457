import { setTimeout as delay } from 'node:timers/promises';
import type { ManagedProcess } from './managed-process';

const lookMs = 50;

export interface KeptRunning {
  /** How often it has ended. */
  deaths(): number;
  /** From now on it stays as it is. */
  leave(): Promise<void>;
}

/** Starts a process again whenever it has ended, as whoever supervises it does. */
export function keepRunning(one: ManagedProcess): KeptRunning {
  let deaths = 0;
  let isLeft = false;

  async function watch(): Promise<void> {
    while (!isLeft) {
      if (!one.isRunning) {
        deaths += 1;
        // It may end while it starts; then it is started again.
        await one.start().catch(() => undefined);
      }
      await delay(lookMs);
    }
  }

  const watching = watch();
  return {
    deaths: () => deaths,
    async leave() {
      isLeft = true;
      await watching;
    },
  };
}
