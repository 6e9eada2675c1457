import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 50;
const defaultWithinMs = 30_000;

/** Thrown by a fact to end the waiting at once: it can't become true any more. */
export class NeverTrue extends Error {}

/**
 * Waits until a fact is true, asking every 50 ms. A fact is true when the function gives anything but false, undefined or null
 * and doesn't throw, so it may hold `expect`s; its value is returned. After `within` ms (30 s) the last error is thrown.
 * A {@link NeverTrue} is thrown on at once.
 */
export async function waitFor<T>(
  fact: string,
  ask: () => Promise<T> | T,
  { within = defaultWithinMs }: { within?: number } = {},
): Promise<Exclude<T, false | undefined | null>> {
  const deadline = performance.now() + within;
  for (;;) {
    let reason: unknown;
    try {
      const value = await ask();
      if (value !== false && value !== undefined && value !== null)
        return value as Exclude<T, false | undefined | null>;
    } catch (error) {
      if (error instanceof NeverTrue) throw error;
      reason = error;
    }
    if (performance.now() > deadline) throw new Error(`Waited ${within} ms in vain for ${fact}`, { cause: reason });
    await delay(pollMs);
  }
}
