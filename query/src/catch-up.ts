import { setTimeout as delay } from 'node:timers/promises';
import { InvalidInput, type Logger, type ReceivedEnvelope } from '@blog/kit';
import { type BusClient, parseEvents } from '@blog/kit/state';
import { listensTo, type ReadModelEvent } from './event-handlers';
import type { FromHistory } from './read-model';
import type { Failed } from './skipped-events';
import type { CatchUp } from './store';

export interface CatchUpDeps {
  bus: Pick<BusClient, 'history'>;
  /** Applies a page of history and notes the progress, in one transaction. */
  apply: (events: ReadModelEvent[], history: FromHistory) => Promise<void>;
  progress: () => CatchUp;
  logger: Logger;
}

const retryMs = 500;

/**
 * Fills a new read model from the log's history, while the bus already pushes what is new; both may bring the same
 * event. Done once per read model, and it goes on where it was cut off. A classic bus numbers nothing and repeats
 * nothing, so there it is done at every start. While the bus is away it waits.
 */
export function startCatchUp({ bus, apply, progress, logger }: CatchUpDeps): { done: Promise<void>; stop(): void } {
  const stopping = new AbortController();
  /** The next page, which the bus reads while this process applies the one before. */
  let ahead: { after: number; page: ReturnType<typeof bus.history> } | undefined;

  function fetchAhead(after: number): void {
    ahead = { after, page: bus.history(after) };
    // It is told where the page is asked for, if it ever is.
    ahead.page.catch(() => undefined);
  }

  function fetchPage(after: number): ReturnType<typeof bus.history> {
    const page = ahead?.after === after ? ahead.page : bus.history(after);
    ahead = undefined;
    return page;
  }

  async function readPage(): Promise<boolean> {
    const { sequence, complete } = progress();
    if (complete && sequence > 0) return true;
    const { events, more } = await fetchPage(sequence);
    const last = events.at(-1)?.sequence ?? sequence;
    if (more && last <= sequence) throw new Error(`the history goes on after ${sequence}, but gives nothing of it`);
    if (more && !stopping.signal.aborted) fetchAhead(last);
    const { known, unreadable } = parseKnown(events);
    await apply(known, { progress: { sequence: last, complete: !more }, unreadable });
    if (!more) logger.info({ events: events.length, sequence: last }, 'the history is read');
    return !more;
  }

  async function run(): Promise<void> {
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        if (await readPage()) return;
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1) logger.warn({ reason: String(error) }, 'the history can not be read yet');
        await delay(retryMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  }

  return { done: run(), stop: () => stopping.abort() };
}

/** One bad event must not keep the rest of history out. */
export function parseKnown(events: readonly unknown[]): { known: ReadModelEvent[]; unreadable: Failed[] } {
  const unreadable: Failed[] = [];
  const known = events.flatMap((event) => {
    try {
      return parseEvents(event, listensTo);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      unreadable.push({ event: namesOf(event), error });
      return [];
    }
  });
  return { known, unreadable };
}

/** What can be told of an event that breaks the contract. */
function namesOf(event: unknown): ReceivedEnvelope {
  const { id, type, sequence, partitionkey, data } = (
    typeof event === 'object' && event !== null ? event : {}
  ) as Record<string, unknown>;
  return {
    type: typeof type === 'string' ? type : 'unknown',
    data,
    ...(typeof id === 'string' ? { id } : {}),
    ...(typeof sequence === 'number' && Number.isSafeInteger(sequence) ? { sequence } : {}),
    ...(typeof partitionkey === 'string' ? { partitionkey } : {}),
  };
}
