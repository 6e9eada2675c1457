import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Logger, Unavailable } from '@blog/kit';
import type { Clock } from '../delivery/clock';
import { type DataAfterErasure, erasedText, isErased } from '../log/erased-text';
import { DamagedRecord, type EventLog, type ReplacedText, type StoredEvent } from '../log/event-log';
import type { Erasure, ErasureState } from './erasure-state';
import { createWanted, readSaid, type Wanted } from './wanted';

export interface EraserDeps {
  log: EventLog;
  state: ErasureState;
  rule: DataAfterErasure;
  /** Forgets what else is kept of these events: what a subscriber said of them, what is left of a damaged one. */
  forget: (sequences: readonly number[]) => Promise<void>;
  clock: Pick<Clock, 'schedule' | 'wallTime'>;
  logger: Logger;
  onFatal: (error: unknown) => void;
}

/** Erases what events ask for that say `erases`. */
export interface Eraser {
  /** All that was ever asked for, the newest first. */
  erasures(): Erasure[];
  /** Resolves when everything that was asked for is done, or waits for a reader of the files. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const readAtOnce = { limit: 256, maxSize: 1024 * 1024 };
/** Where nothing was asked for, how far the log was looked through is noted now and then only. */
const notedEvery = 10_000;
/** A backup reads an old state of the files for some moments; so long is waited for the next try. */
const retryMs = 1_000;

/** What was found of an erasure. */
interface Found {
  events: number;
  damaged: number[];
}

function foundOf(found: Map<Erasure, Found>, erasure: Erasure): Found {
  const one = found.get(erasure) ?? { events: 0, damaged: [] };
  found.set(erasure, one);
  return one;
}

/** Reads on behind damage, whose places it tells. */
async function readOn(
  log: EventLog,
  range: { after: number; upTo: number; key?: string },
  damaged: number[],
): Promise<{ events: StoredEvent[]; upTo: number }> {
  try {
    return await log.read({ ...range, ...readAtOnce });
  } catch (error) {
    if (!(error instanceof DamagedRecord)) throw error;
    const sequence = error.sequence ?? range.upTo;
    damaged.push(sequence);
    return { events: [], upTo: Math.max(sequence, range.after + 1) };
  }
}

/**
 * Follows the log. An event that says `erases` takes away the texts of all events of that id under its key: those before it, and
 * those that come later, since an older one may still be on its way. Both are in the order of the log, so a crash at any point
 * repeats at most what is done already. Nothing counts as done while a byte of a text is left in the files of the log.
 */
export function createEraser({ log, state, rule, forget, clock, logger, onFatal }: EraserDeps): Eraser {
  const known = new Map(state.all().map((erasure) => [erasure.sequence, erasure]));
  const wanted = createWanted(known.values());
  let lookedUpTo = state.lookedUpTo();
  let work: Promise<void> | undefined;
  let again = false;
  let ended = false;
  let cancelRetry = (): void => undefined;

  function save(changed: readonly Erasure[] = []): void {
    for (const one of changed) known.set(one.sequence, one);
    state.save(changed, lookedUpTo);
  }

  /** Takes the texts of some events away; gives the sequences of those that had some. */
  async function erase(events: readonly StoredEvent[]): Promise<number[]> {
    const texts = events.flatMap((event): ReplacedText[] => {
      if (isErased(event.text)) return [];
      const { names } = readSaid(event);
      const meant = new Set([event.key, ...names]);
      return [{ sequence: event.sequence, text: erasedText(event.text, meant, rule) }];
    });
    if (texts.length > 0) await log.replace(texts);
    await forget(events.map(({ sequence }) => sequence));
    return texts.map(({ sequence }) => sequence);
  }

  /** Everything under a key that was asked for, from before the last who asked; notes what it takes for each. */
  async function eraseUnder(key: string, undone: Wanted, found: Map<Erasure, Found>): Promise<void> {
    const erasures = undone.under(key);
    const last = Math.max(...erasures.map(({ sequence }) => sequence));
    for (let after = 0; after < last;) {
      const damaged: number[] = [];
      const page = await readOn(log, { after, upTo: last, key }, damaged);
      const meant = page.events.filter((event) => undone.erasureOf(event) !== undefined);
      const taken = new Set(await erase(meant));
      for (const event of meant) {
        const erasure = undone.erasureOf(event);
        if (erasure && taken.has(event.sequence)) foundOf(found, erasure).events += 1;
      }
      for (const erasure of erasures) foundOf(found, erasure).damaged.push(...damaged);
      after = page.upTo;
      await nextTurn();
    }
  }

  function askedIn(event: StoredEvent): Erasure | undefined {
    if (!event.text.includes('"erases":')) return undefined;
    const { id, erases } = readSaid(event);
    if (erases === undefined) return undefined;
    const { sequence, key, storedAt: askedAt } = event;
    return { sequence, eventId: id, key, erases, askedAt, events: 0, damaged: [], doneAt: null };
  }

  /** An event that was on its way while what it tells of was erased. */
  async function eraseLate(event: StoredEvent): Promise<void> {
    const meant = wanted.erasureOf(event);
    if (!meant || isErased(event.text)) return;
    const now = known.get(meant.sequence) ?? meant;
    // First: a crash after the erasure must not leave it done with bytes in the write-ahead log.
    save([{ ...now, events: now.events + 1, doneAt: null }]);
    await erase([event]);
  }

  async function lookOn(): Promise<void> {
    let noted = lookedUpTo;
    while (!ended && lookedUpTo < log.head()) {
      const { events, upTo } = await readOn(log, { after: lookedUpTo, upTo: log.head() }, []);
      const asked: Erasure[] = [];
      for (const event of events) {
        const erasure = askedIn(event);
        if (!erasure) await eraseLate(event);
        else if (!known.has(erasure.sequence)) {
          wanted.add(erasure);
          asked.push(erasure);
        }
      }
      lookedUpTo = upTo;
      // One for which something came late on the same page is known by now.
      const unknown = asked.filter(({ sequence }) => !known.has(sequence));
      if (unknown.length > 0) save(unknown);
      if (lookedUpTo - noted >= notedEvery) {
        save();
        noted = lookedUpTo;
      }
      await nextTurn();
    }
  }

  async function eraseAsked(): Promise<void> {
    const undone = [...known.values()].filter(({ doneAt }) => doneAt === null);
    if (undone.length === 0) return;
    const found = new Map<Erasure, Found>();
    // Under each key once: an author may have many comments below one post.
    const all = createWanted(undone);
    for (const key of all.keys()) await eraseUnder(key, all, found);
    const isClean = await log.scrub();
    const doneAt = isClean ? clock.wallTime() : null;
    const now = undone.map((erasure) => {
      const { events, damaged } = foundOf(found, erasure);
      return { ...erasure, events: erasure.events + events, damaged, doneAt };
    });
    save(now);
    if (!isClean) return retryLater();
    for (const { sequence, events } of now) logger.info({ sequence, events }, 'an erasure is done');
  }

  function retryLater(): void {
    cancelRetry();
    cancelRetry = clock.schedule(retryMs, nudge);
  }

  async function run(): Promise<void> {
    while (again && !ended) {
      again = false;
      try {
        await lookOn();
        await eraseAsked();
      } catch (error) {
        // A lack of room ends; a damaged record is told of by those who look after the log.
        if (!(error instanceof Unavailable || error instanceof DamagedRecord)) throw error;
        retryLater();
      }
    }
  }

  function nudge(): void {
    again = true;
    work ??= run()
      .catch(onFatal)
      .finally(() => {
        work = undefined;
        if (again && !ended) nudge();
      });
  }

  async function settled(): Promise<void> {
    while (work) await work;
  }

  log.onAppended(nudge);
  nudge();

  return {
    erasures: () => [...known.values()].reverse(),
    settled,
    async close() {
      if (ended) return;
      ended = true;
      cancelRetry();
      await settled();
      state.save([], lookedUpTo);
      state.close();
    },
  };
}
