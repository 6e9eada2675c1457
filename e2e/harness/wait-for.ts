import { setTimeout as delay } from 'node:timers/promises';

const pollMs = 50;
const defaultWithinMs = 30_000;

export interface Patience {
  /** Milliseconds. Default 30 s. */
  within?: number;
}

/** Thrown by a fact to end the waiting at once: it can't become true any more. */
export class NeverTrue extends Error {}

/**
 * Waits until `find` gives a value (anything but false, undefined and null), asking every 50 ms, and returns it. Errors count as
 * "not yet"; when time is up the last one is the cause of what is thrown. A {@link NeverTrue} is thrown on at once.
 */
export async function waitFor<T>(
  fact: string,
  find: () => Promise<T | false | undefined | null> | T | false | undefined | null,
  { within = defaultWithinMs }: Patience = {},
): Promise<T> {
  const deadline = performance.now() + within;
  for (;;) {
    let reason: unknown;
    try {
      const value = await find();
      if (value !== false && value !== undefined && value !== null) return value;
    } catch (error) {
      if (error instanceof NeverTrue) throw error;
      reason = error;
    }
    if (performance.now() > deadline) throw new Error(`Waited ${within} ms in vain for ${fact}`, { cause: reason });
    await delay(pollMs);
  }
}

/** Waits until `check` no longer throws: it holds `expect`s. */
export async function eventually(fact: string, check: () => Promise<void> | void, patience?: Patience): Promise<void> {
  await waitFor(fact, async () => (await check(), true), patience);
}
