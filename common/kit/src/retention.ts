import { z } from 'zod';
import type { Logger } from './logger';

/** For how many days the hash of an address is kept; 0 keeps it for ever. */
export const addressDaysSetting = z.coerce
  .number('not a number')
  .int('not a whole number')
  .min(0, 'must not be negative')
  .max(36_500, 'must be at most 36500')
  .default(90);

const hour = 60 * 60_000;
const day = 24 * hour;

/** The moment before which addresses are to be forgotten; undefined where they are kept for ever. */
export function addressesEnd(days: number, now: Date): Date | undefined {
  return days === 0 ? undefined : new Date(now.getTime() - days * day);
}

/** Work that is repeated. */
export interface Repeated {
  /** Resolves when the work that runs has ended; no other begins. */
  stop(): Promise<void>;
}

/**
 * Does some work at once, and then each hour. The work finds in its data what is due, so nothing is missed while the process
 * does not run. If it fails, that is logged and the next hour tries again.
 */
export function repeatEachHour(
  work: () => Promise<void>,
  { what, logger, everyMs = hour }: { what: string; logger: Logger; everyMs?: number },
): Repeated {
  let running = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const run = async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      logger.warn({ err: error }, `${what} failed; it is tried again within an hour`);
    }
    if (!isStopped) timer = setTimeout(() => void (running = run()), everyMs).unref();
  };
  running = run();

  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
      return running;
    },
  };
}
