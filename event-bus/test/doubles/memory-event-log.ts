import {
  type Appended,
  DamagedRecord,
  type EventLog,
  type LogPage,
  type LogRange,
  mostFound,
  type NewEvent,
  ReusedId,
  type StoredEvent,
} from '../../src/log/event-log';
import { isSameEvent } from '../../src/log/same-event';

export interface MemoryEventLog extends EventLog {
  /** The record of this sequence is lost from now on; nobody knows what it was. */
  damage(sequence: number): void;
}

/** A log in memory, for the simulation. It keeps the same contract as the one on disk. */
export function createMemoryEventLog({
  wallTime,
  identity = 'memory',
}: {
  wallTime: () => number;
  identity?: string;
}): MemoryEventLog {
  const damaged = new Set<number>();
  const events: StoredEvent[] = [];
  const causes = new Map<number, string>();
  const known = new Map<string, number>();
  const listeners: (() => void)[] = [];

  const nameOf = ({ source, id }: Pick<NewEvent, 'source' | 'id'>): string => JSON.stringify([source, id]);

  function append({ id, source, type, key, cause, text }: NewEvent): Appended {
    const name = nameOf({ source, id });
    const before = known.get(name);
    if (before !== undefined) return { id, sequence: before };
    const sequence = events.length + 1;
    known.set(name, sequence);
    if (cause !== undefined) causes.set(sequence, cause);
    events.push({
      sequence,
      id,
      type,
      key,
      storedAt: Math.max(wallTime(), events.at(-1)?.storedAt ?? 0),
      text: `${text.slice(0, -1)},"sequence":${sequence}}`,
    });
    return { id, sequence };
  }

  function undo(head: number): void {
    events.splice(head);
    for (const [name, sequence] of known) if (sequence > head) known.delete(name);
  }

  function whole(some: readonly StoredEvent[]): StoredEvent[] {
    const bad = some.find(({ sequence }) => damaged.has(sequence));
    if (bad) throw new DamagedRecord(bad.sequence);
    return [...some];
  }

  /** All of them or, where an id is reused, none. */
  function appendAll(some: readonly NewEvent[]): Appended[] {
    const before = events.length;
    const appended = some.map(append);
    const compared = appended.find(({ sequence }) => sequence <= before && damaged.has(sequence));
    if (compared) {
      undo(before);
      throw new DamagedRecord(compared.sequence);
    }
    const isOther = (event: NewEvent): boolean =>
      !isSameEvent(events[(known.get(nameOf(event)) ?? 0) - 1]?.text ?? '', event);
    const places = some.flatMap((event, place) => (isOther(event) ? [place] : []));
    if (places.length === 0) return appended;
    undo(before);
    throw new ReusedId(places);
  }

  function read({ after, upTo = events.length, limit, maxSize = Infinity, types, key }: LogRange): LogPage {
    const last = Math.min(upTo, events.length);
    const found: StoredEvent[] = [];
    let size = 0;
    for (const event of events.slice(after, last)) {
      const { sequence } = event;
      if (damaged.has(sequence)) {
        if (sequence > after + 1) return { events: found, upTo: sequence - 1 };
        throw new DamagedRecord(sequence);
      }
      if ((types && !types.includes(event.type)) || (key !== undefined && key !== event.key)) continue;
      found.push(event);
      size += event.text.length;
      if (found.length >= limit || size >= maxSize) return { events: found, upTo: event.sequence };
    }
    return { events: found, upTo: Math.max(last, after) };
  }

  return {
    identity,
    async append(some) {
      const appended = appendAll(some);
      queueMicrotask(() => queueMicrotask(() => listeners.forEach((listener) => listener())));
      return appended;
    },
    head: () => events.length,
    read: async (range) => read(range),
    async firstSince(time) {
      const found = events.findIndex(({ storedAt }) => storedAt >= time);
      return found < 0 ? events.length + 1 : found + 1;
    },
    find: async (id) => whole(events.filter((event) => event.id === id).slice(0, mostFound)),
    effectsOf: async (id, limit = mostFound, after = 0) =>
      whole(
        events
          .filter(({ sequence }) => sequence > after && causes.get(sequence) === id)
          .slice(0, Math.min(limit, mostFound)),
      ),
    damage: (sequence) => void damaged.add(sequence),
    remainsOf: async (sequence) => ({ isWhole: sequence >= 1 && sequence <= events.length && !damaged.has(sequence) }),
    async replace(texts) {
      whole(texts.flatMap(({ sequence }) => events[sequence - 1] ?? []));
      for (const { sequence, text } of texts) Object.assign(events[sequence - 1] ?? {}, { text });
    },
    scrub: async () => true,
    damageFound: () => [],
    durability: () => ({ synchronous: 'none' }),
    onAppended: (listener) => void listeners.push(listener),
    close: async () => undefined,
  };
}
