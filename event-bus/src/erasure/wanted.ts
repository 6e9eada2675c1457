import type { StoredEvent } from '../log/event-log';
import type { Erasure } from './erasure-state';

/** What an event says of itself, and under which ids it can be found. */
export interface Said {
  id: string;
  erases: string | undefined;
  names: string[];
}

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

export function readSaid({ text }: StoredEvent): Said {
  const { id, erases, subject, data } = JSON.parse(text) as Record<string, unknown>;
  const inData =
    typeof data === 'object' && data !== null ? textIn((data as Record<string, unknown>)['id']) : undefined;
  const names = [textIn(subject), inData].filter((name) => name !== undefined);
  return { id: textIn(id) ?? '', erases: textIn(erases), names };
}

/** The keys under which the texts of an erasure are: its own, and the id itself, for an event that names no post. */
export const keysOf = ({ key, erases }: Pick<Erasure, 'key' | 'erases'>): Set<string> => new Set([key, erases]);

export interface Wanted {
  add(erasure: Erasure): void;
  /** The keys under which something is to be erased. */
  keys(): Iterable<string>;
  /** All that is to be erased under a key. */
  under(key: string): Erasure[];
  /**
   * The erasure that takes an event's text, if there is one. An id that is the key itself (a post) takes all of its key with
   * it. An event that asks for an erasure has no text, and stays.
   */
  erasureOf(event: StoredEvent): Erasure | undefined;
}

/** What is to be erased, found by key and id. */
export function createWanted(erasures: Iterable<Erasure> = []): Wanted {
  const byKey = new Map<string, Map<string, Erasure>>();

  function add(erasure: Erasure): void {
    for (const key of keysOf(erasure)) {
      const byName = byKey.get(key) ?? new Map<string, Erasure>();
      // Of two of the same, the later one stands for both.
      byKey.set(key, byName.set(erasure.erases, erasure));
    }
  }
  for (const erasure of erasures) add(erasure);

  return {
    add,
    keys: () => byKey.keys(),
    under: (key) => [...(byKey.get(key)?.values() ?? [])],
    erasureOf(event) {
      const byName = byKey.get(event.key);
      if (!byName) return undefined;
      const { erases, names } = readSaid(event);
      if (erases !== undefined) return undefined;
      const ofAll = byName.get(event.key);
      if (ofAll?.key === event.key) return ofAll;
      return names.map((name) => byName.get(name)).find((erasure) => erasure !== undefined);
    },
  };
}
