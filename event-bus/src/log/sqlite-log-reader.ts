import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Database } from '@blog/kit/sqlite';
import { DamagedRecord, type EventLog, type LogPage, type LogRange, type StoredEvent } from './event-log';
import { createKeyLookup } from './key-lookup';
import { createReadCache } from './read-cache';
import type { NewerKeys } from './sqlite-key-index';
import { createIdSearch, createTimeSearch } from './sqlite-log-search';
import { createRecords, isUnreadable, type Looked, type Records } from './sqlite-records';
import type { EventsInMemory } from './tail';

/** A read that searches for types looks at so many events at once, so that a rare type never blocks the process. */
const lookedAtAtOnce = 2_048;

/** Gathers the events of a page. */
function createPage({ after, limit, maxSize = Infinity, types, key }: LogRange) {
  const events: StoredEvent[] = [];
  let size = 0;
  let upTo = after;

  /** Whether it is none of those that are asked for, as far as that is proven. */
  const isOther = ({ columns }: Looked): boolean =>
    columns !== undefined &&
    ((types !== undefined && !types.includes(columns.type)) || (key !== undefined && key !== columns.key));

  return {
    /**
     * Takes the next one that was looked at. Returns whether there may be more on the page. A damaged one ends the page
     * before it; if nothing is before it, DamagedRecord is thrown.
     */
    take(looked: Looked): boolean {
      const { sequence, event } = looked;
      if (!isOther(looked)) {
        if (!event) {
          upTo = sequence - 1;
          if (upTo > after || events.length > 0) return false;
          throw new DamagedRecord(sequence);
        }
        events.push(event);
        size += event.text.length;
      }
      upTo = sequence;
      return events.length < limit && size < maxSize;
    },
    /** Everything up to there was looked at. */
    end: (sequence: number): LogPage => ({ events, upTo: Math.max(sequence, after) }),
    ended: (): LogPage => ({ events, upTo }),
  };
}

const lastOf = ({ upTo }: LogRange, head: number): number => Math.min(upTo ?? head, head);

/** Pages of the log as it is, or of some types. Every record that is passed over is proven. */
function createPages(records: Records) {
  return (range: LogRange, head: number): LogPage => {
    const last = lastOf(range, head);
    const upTo = range.types ? Math.min(last, range.after + lookedAtAtOnce) : last;
    const page = createPage(range);
    for (const looked of records.inOrder(range.after, upTo, range.types ?? 'all')) {
      if (!page.take(looked)) return page.ended();
    }
    return page.end(upTo);
  };
}

interface KeyPagesDeps {
  records: Records;
  keys: NewerKeys;
  tail: EventsInMemory;
  now: () => number;
  onDamage: (what: string) => void;
}

/** Pages of one key, by the index if it is proven; if not, they are looked for in the log itself. */
function createKeyPages(db: Database, { records, keys, tail, now, onDamage }: KeyPagesDeps) {
  const lookup = createKeyLookup(db, { now, onDamage });

  function firstUnknown(after: number, upTo: number): number {
    const inMemory = keys.unknown().find((sequence) => sequence > after && sequence <= upTo);
    return Math.min(lookup.firstUnknown(after, upTo) ?? Infinity, inMemory ?? Infinity);
  }

  function* sequencesOf(key: string, after: number, upTo: number): Generator<number> {
    yield* lookup.sequencesOf(key, after, Math.min(upTo, keys.indexedUpTo()));
    for (const sequence of keys.of(key)) if (sequence > after && sequence <= upTo) yield sequence;
  }

  function lookAt(sequence: number): Looked {
    const event = tail.at(sequence);
    if (!event) return records.at(sequence);
    // What is in memory was proven when it was stored.
    return { sequence, columns: event, event, isDamaged: false };
  }

  function byIndex(key: string, range: LogRange, upTo: number): LogPage {
    const page = createPage(range);
    const unknown = firstUnknown(range.after, upTo);
    for (const sequence of sequencesOf(key, range.after, Math.min(upTo, unknown))) {
      if (!page.take(lookAt(sequence))) return page.ended();
    }
    if (unknown <= upTo) page.take({ sequence: unknown, columns: undefined, event: undefined, isDamaged: true });
    return unknown <= upTo ? page.ended() : page.end(upTo);
  }

  async function byLooking(key: string, range: LogRange, upTo: number): Promise<LogPage> {
    const page = createPage(range);
    for (let after = range.after; after < upTo; after += lookedAtAtOnce) {
      const end = Math.min(upTo, after + lookedAtAtOnce);
      for (const looked of records.inOrder(after, end, 'none')) {
        const isOfKey = looked.columns?.key === key && !looked.isDamaged;
        if (!page.take(isOfKey ? records.at(looked.sequence) : looked)) return page.ended();
      }
      await nextTurn();
    }
    return page.end(upTo);
  }

  return async (key: string, range: LogRange, head: number): Promise<LogPage> => {
    const upTo = lastOf(range, head);
    if (range.after >= upTo) return { events: [], upTo: range.after };
    if (!lookup.isProven(key)) return byLooking(key, range, upTo);
    try {
      return byIndex(key, range, upTo);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return byLooking(key, range, upTo);
    }
  };
}

export interface LogReaderDeps {
  tail: EventsInMemory;
  keys: NewerKeys;
  head: () => number;
  now: () => number;
  /** A reader met damage. */
  onDamage: (what: string) => void;
  /** The index of keys is damaged: it is not used, so that this costs no record. */
  onIndexDamage: (what: string) => void;
}

export interface LogReader extends Pick<EventLog, 'read' | 'firstSince' | 'find' | 'effectsOf' | 'remainsOf'> {
  /** Texts were replaced: what was read before is not to be given again. */
  forgetRead(): void;
}

/**
 * Reads the log, in memory where it is there, else over a connection of its own, so that it sees only what is committed.
 * What can't be read is damage to the record that is looked for, and harms its reader alone.
 */
export function createLogReader(
  db: Database,
  { tail, keys, head, now, onDamage, onIndexDamage }: LogReaderDeps,
): LogReader {
  const records = createRecords(db);
  const cache = createReadCache(tail, createPages(records));
  const readKey = createKeyPages(db, { records, keys, tail, now, onDamage: onIndexDamage });
  const firstSince = createTimeSearch(records);
  const search = createIdSearch(db, records);

  /** Whoever meets damage is told of it; so are those who look after the log. */
  async function noting<T>(look: () => T | Promise<T>): Promise<T> {
    try {
      return await look();
    } catch (error) {
      if (error instanceof DamagedRecord) onDamage(error.message);
      throw error;
    }
  }

  return {
    read: (range) =>
      noting(() => (range.key === undefined ? cache.read(range, head()) : readKey(range.key, range, head()))),
    forgetRead: cache.forget,
    firstSince: async (time) => firstSince(time, head()),
    find: (id) => noting(() => search.find(id)),
    effectsOf: (...asked) => noting(() => search.effectsOf(...asked)),
    async remainsOf(sequence) {
      const { columns, event } = records.at(sequence);
      if (event) return { isWhole: true };
      const bytes = records.remainsOf(sequence);
      return { isWhole: false, ...(columns ? { columns } : {}), ...(bytes ? { bytes } : {}) };
    },
  };
}
