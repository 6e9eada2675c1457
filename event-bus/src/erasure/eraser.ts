import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Logger, Unavailable } from '@blog/kit';
import type { Clock } from '../delivery/clock';
import { type DataAfterErasure, erasedText, isErased } from '../log/erased-text';
import { DamagedRecord, type EventLog, type ReplacedText, type StoredEvent } from '../log/event-log';
import type { Erasure, ErasureState } from './erasure-state';

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

interface Said {
  id: string;
  erases: string | undefined;
  names: string[];
}

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** What an event says of itself, and under which ids it can be found. */
function readSaid({ text }: StoredEvent): Said {
  const { id, erases, subject, data } = JSON.parse(text) as Record<string, unknown>;
  const inData =
    typeof data === 'object' && data !== null ? textIn((data as Record<string, unknown>)['id']) : undefined;
  const names = [textIn(subject), inData].filter((name) => name !== undefined);
  return { id: textIn(id) ?? '', erases: textIn(erases), names };
}

/**
 * Whether an event is of what an erasure names. An id that is the key itself (a post) takes all of its key with it. An event
 * that asks for an erasure has no text, and stays.
 */
function isMeant(event: StoredEvent, { names, erases }: Said, { key, erases: name }: Pick<Erasure, 'key' | 'erases'>) {
  if (erases !== undefined || (event.key !== key && event.key !== name)) return false;
  return key === name || names.includes(name);
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
  const byKey = new Map<string, Erasure[]>();
  for (const erasure of known.values()) remember(erasure);
  let lookedUpTo = state.lookedUpTo();
  let work: Promise<void> | undefined;
  let again = false;
  let ended = false;
  let cancelRetry = (): void => undefined;

  function remember(erasure: Erasure): void {
    for (const key of new Set([erasure.key, erasure.erases])) {
      // It is met again where the process ended before it had noted how far it had looked.
      const others = (byKey.get(key) ?? []).filter(({ sequence }) => sequence !== erasure.sequence);
      byKey.set(key, [...others, erasure]);
    }
  }

  function save(changed: readonly Erasure[] = []): void {
    for (const one of changed) known.set(one.sequence, one);
    state.save(changed, lookedUpTo);
  }

  /** Takes the texts of some events away. */
  async function erase(events: readonly StoredEvent[]): Promise<number> {
    const texts = events.flatMap((event): ReplacedText[] => {
      if (isErased(event.text)) return [];
      const { names } = readSaid(event);
      const meant = new Set([event.key, ...names]);
      return [{ sequence: event.sequence, text: erasedText(event.text, meant, rule) }];
    });
    if (texts.length > 0) await log.replace(texts);
    await forget(events.map(({ sequence }) => sequence));
    return texts.length;
  }

  /** Everything of an erasure that is in the log before it, found by its keys. */
  async function eraseBefore(erasure: Erasure): Promise<{ events: number; damaged: number[] }> {
    const damaged: number[] = [];
    let events = 0;
    for (const key of new Set([erasure.key, erasure.erases])) {
      for (let after = 0; after < erasure.sequence;) {
        const page = await readOn(log, { after, upTo: erasure.sequence, key }, damaged);
        events += await erase(page.events.filter((event) => isMeant(event, readSaid(event), erasure)));
        after = page.upTo;
        await nextTurn();
      }
    }
    return { events, damaged };
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
    const erasures = byKey.get(event.key) ?? [];
    if (erasures.length === 0) return;
    const said = readSaid(event);
    const meant = erasures.find((erasure) => isMeant(event, said, erasure));
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
      for (const event of events) {
        const asked = askedIn(event);
        if (!asked) await eraseLate(event);
        else if (!known.has(asked.sequence)) {
          remember(asked);
          save([asked]);
        }
      }
      lookedUpTo = upTo;
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
    const found: Erasure[] = [];
    for (const erasure of undone) {
      const { events, damaged } = await eraseBefore(erasure);
      found.push({ ...erasure, events: erasure.events + events, damaged });
    }
    const isClean = await log.scrub();
    const doneAt = isClean ? clock.wallTime() : null;
    // Others may have come late meanwhile.
    save(found.map((one) => ({ ...one, doneAt })));
    if (!isClean) return retryLater();
    for (const { sequence, events } of found) logger.info({ sequence, events }, 'an erasure is done');
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
      ended = true;
      cancelRetry();
      await settled();
      state.save([], lookedUpTo);
      state.close();
    },
  };
}
