import { setTimeout as delay } from 'node:timers/promises';
import { type BusClient, EventsRefused } from './bus-client';
import type { Logger } from './logger';
import type { Outbox, PendingEvent } from './outbox';

export interface Relay {
  /** Call it after a commit that appended to the outbox. */
  nudge(): void;
  /** Resolves when nothing waits in the outbox. */
  drained(): Promise<void>;
  /**
   * Ends after the publish in flight, or without its answer where the bus takes too long for one; what waits is sent
   * after the next start.
   */
  stop(): Promise<void>;
}

/** While the bus is away: 100, 200, 400 … 2,000 ms, each cut to a random part of itself. */
const firstBackoffMs = 100;
const longestBackoffMs = 2_000;
/** A row older than this was left behind by a process that died: any process of the service sends it. */
const strayAfterMs = 2_000;
const strayLookMs = 1_000;
/** So long is waited at the end for an answer of the bus. Without it the events are sent again, which changes nothing. */
const longestEndMs = 1_000;

/**
 * Carries events from the outbox to the bus, oldest first. A crash between the bus's answer and the mark repeats
 * events; nothing is skipped. While the bus is away it tries again, less and less often.
 */
export function createRelay({
  outbox,
  bus,
  logger,
}: {
  outbox: Outbox;
  bus: Pick<BusClient, 'publish' | 'batchLimit'>;
  logger: Logger;
}): Relay {
  const stopping = new AbortController();
  let work: Promise<void> | undefined;
  let again = false;
  /** While the outbox can't be read that is said once, and not at each look. */
  let isUnreadable = false;

  async function publish(batch: PendingEvent[]): Promise<void> {
    try {
      await bus.publish(batch.map(({ event }) => event));
      await outbox.markSent(batch.map(({ position }) => position));
    } catch (error) {
      if (!(error instanceof EventsRefused)) throw error;
      const [first, ...others] = batch;
      if (first && others.length === 0) {
        logger.error(
          { event: first.event.id, type: first.event.type, reason: error.message },
          'the bus refused an event',
        );
        return outbox.refuse(first, error.message);
      }
      for (const one of batch) await publish([one]);
    }
  }

  async function empty(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      again = false;
      try {
        const batch = await outbox.pending(bus.batchLimit());
        if (batch.length > 0) await publish(batch);
        failures = 0;
        if (batch.length === 0 && !again) return;
      } catch (error) {
        failures += 1;
        if (failures === 1) logger.warn({ reason: String(error) }, 'the bus is away; events wait in the outbox');
        const longest = Math.min(longestBackoffMs, firstBackoffMs * 2 ** (failures - 1));
        await delay(Math.random() * longest, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  function nudge(): void {
    again = true;
    work ??= empty().finally(() => {
      work = undefined;
      if (again && !stopping.signal.aborted) nudge();
    });
  }

  async function lookForStrays(): Promise<void> {
    try {
      const [oldest] = await outbox.pending(1);
      isUnreadable = false;
      if (oldest && Date.now() - oldest.appendedAt >= strayAfterMs) nudge();
    } catch (error) {
      if (!isUnreadable) logger.error({ err: error }, 'could not read the outbox');
      isUnreadable = true;
    }
  }

  const strays = setInterval(() => void lookForStrays(), strayLookMs);
  nudge();

  async function drained(): Promise<void> {
    while (work) await work;
  }

  return {
    nudge,
    drained,
    async stop() {
      clearInterval(strays);
      stopping.abort();
      const ended = new AbortController();
      const patience = delay(longestEndMs, undefined, { signal: ended.signal }).catch(() => undefined);
      await Promise.race([drained(), patience]);
      ended.abort();
    },
  };
}
