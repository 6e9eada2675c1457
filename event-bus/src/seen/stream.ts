import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Logger, Unavailable } from '@blog/kit';
import type { Clock, Random } from '../delivery/clock';
import type { DeliveryObserver } from '../delivery/observer';
import type { Dispatcher } from '../delivery/dispatcher';
import type { EventLog } from '../log/event-log';
import { type Counts, createCounts } from './counts';
import { sourceOf } from './event-view';
import { createFollower } from './follower';
import { givenUpOf, type Happening, publishedOf, pushedOf } from './happening';
import { createLatencies, type Latencies } from './latencies';
import { createSampler } from './sample';
import { createStreamReader, messageOf, type StreamReader, type StreamReaderLimits } from './stream-reader';

export interface StreamLimits extends StreamReaderLimits {
  readers: number;
  /** Between two messages of counts. */
  turnMs: number;
  /** Turns between two looks at how the groups are. */
  groupsEvery: number;
  /** Events of one sample. */
  sample: number;
}

/** Ten turns a second with 5 events each: 50 a second. */
const streamLimits: StreamLimits = {
  ...{ readers: 16, turnMs: 100, groupsEvery: 10, sample: 5 },
  ...{ pingMs: 15_000, stuckMs: 60_000 },
};

export interface Stream {
  observer: DeliveryObserver;
  /** Tells this reader from now on what happens. Throws Unavailable where there are too many of them. */
  open(res: ServerResponse, options: { follow?: string }): void;
  /** Ends all of them, for good. */
  close(): void;
}

export interface StreamDeps {
  log: EventLog;
  dispatcher: Pick<Dispatcher, 'statuses'>;
  clock: Clock;
  random: Random;
  logger: Logger;
  limits?: Partial<StreamLimits>;
}

const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' };

/** What is counted while somebody reads; it begins anew with the first reader. */
interface Counting {
  since: string;
  counts: Counts;
  latencies: Latencies;
  /** Events up to here are counted as published. */
  upTo: number;
  turns: number;
}

/**
 * The bus, live. All readers share one count; each is told the totals that changed since it was told last, so that a
 * slow one gets fewer messages and misses no count. Published events are read from the log, so that they are exactly
 * what is stored. Nothing is counted, read or kept while nobody reads.
 */
export function createStream(deps: StreamDeps): Stream {
  const { log, clock, logger } = deps;
  const limits = { ...streamLimits, ...deps.limits };
  const sampler = createSampler(limits.sample, deps.random);
  const readers = new Map<ServerResponse, StreamReader>();
  let counting: Counting | undefined;
  let cancelTurn: (() => void) | undefined;
  let closed = false;

  const timeNow = (): string => new Date(clock.wallTime()).toISOString();

  async function countPublished(current: Counting): Promise<void> {
    const head = log.head();
    while (current.upTo < head && current === counting) {
      const page = await log.read({ after: current.upTo, upTo: head, limit: 256, maxSize: 1024 * 1024 });
      for (const event of page.events) {
        current.counts.published(sourceOf(event) ?? '', event.type);
        const happening = (): Happening => publishedOf(event);
        sampler.see('published', happening);
        for (const { follower } of readers.values()) follower?.see(event, happening);
      }
      current.upTo = page.upTo;
      await nextTurn();
    }
  }

  function groupsNow({ latencies }: Counting): string {
    const groups = deps.dispatcher
      .statuses()
      .map(({ group, state, reason, cursor, lag, inFlight, allowedInFlight, parked, endpointStates }) => ({
        ...{ group, state, reason, cursor, lag, inFlight, allowedInFlight, endpointStates },
        parked: { keys: parked.keys, oldest: parked.oldest },
        latencyMs: latencies.of(group),
      }));
    return JSON.stringify({ groups });
  }

  async function takeTurn(current: Counting): Promise<void> {
    await countPublished(current);
    if (current !== counting) return;
    const groups = current.turns % limits.groupsEvery === 0 ? groupsNow(current) : undefined;
    current.turns += 1;
    const { counts, upTo } = current;
    const turn = { number: counts.endTurn(), counts, upTo, at: timeNow(), sample: sampler.take(), groups };
    for (const reader of readers.values()) reader.tell(turn);
    scheduleTurn(current);
  }

  function scheduleTurn(current: Counting): void {
    cancelTurn = clock.schedule(limits.turnMs, () => {
      takeTurn(current).catch((error: unknown) => {
        logger.error({ err: error }, 'the live stream ended: the log could not be read');
        endAll();
      });
    });
  }

  function begin(): Counting {
    sampler.take();
    const begun = {
      since: timeNow(),
      counts: createCounts(),
      latencies: createLatencies(),
      upTo: log.head(),
      turns: 0,
    };
    scheduleTurn(begun);
    return begun;
  }

  function stopCounting(): void {
    cancelTurn?.();
    counting = undefined;
  }

  function endAll(): void {
    for (const reader of readers.values()) reader.end();
    readers.clear();
    stopCounting();
  }

  const observer: DeliveryObserver = {
    pushed(push) {
      if (!counting) return;
      const { group, outcome, events, seconds } = push;
      counting.counts.delivered(group, outcome.kind, events.length);
      counting.latencies.add(group, seconds * 1000);
      for (const event of events) {
        const happening = (): Happening => pushedOf(push, event, clock.wallTime());
        sampler.see(outcome.kind === 'done' ? 'delivered' : 'failed', happening);
        for (const { follower } of readers.values()) follower?.see(event, happening);
      }
    },
    changed: () => undefined,
    gaveUp(group, letter) {
      if (!counting) return;
      counting.counts.delivered(group, 'given-up', 1);
      const happening = (): Happening => givenUpOf(group, letter, clock.wallTime());
      sampler.see('given-up', happening);
      for (const { follower } of readers.values()) follower?.seeAgain(letter.sequence, happening);
    },
  };

  return {
    observer,
    open(res, { follow }) {
      if (closed) throw new Unavailable('The bus is stopping.');
      if (readers.size >= limits.readers) throw new Unavailable(`There are ${limits.readers} readers already.`, 5);
      res.writeHead(200, headers);
      if (res.req.method === 'HEAD') return void res.end();
      counting ??= begin();
      const { since, upTo } = counting;
      res.write(`retry: 1000\n${messageOf('start', JSON.stringify({ since, upTo }))}`);
      const follower = follow === undefined ? undefined : createFollower(follow);
      readers.set(res, createStreamReader(res, { ...limits, follower, clock }));
      res.on('close', () => {
        readers.delete(res);
        if (readers.size === 0) stopCounting();
      });
    },
    close() {
      closed = true;
      endAll();
    },
  };
}
