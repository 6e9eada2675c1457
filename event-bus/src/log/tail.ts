import type { StoredEvent } from './event-log';

/** Consecutive events of the log that are in memory. */
export interface EventsInMemory {
  /** The event of this sequence, if it is among them. */
  at(sequence: number): StoredEvent | undefined;
}

export interface Tail extends EventsInMemory {
  /** The event that follows the one added last. */
  add(event: StoredEvent): void;
  /** An event that is here says something else from now on, also to those who have read it here before. */
  replace(sequence: number, text: string): void;
}

/** Events, and characters of their text. */
export interface TailSize {
  events: number;
  characters: number;
}

/**
 * The newest events of the log. A group that keeps up reads them here, and all groups hold the same objects: the disk
 * is read for those only who are far behind. A ring, so that an event costs constant time and an old one is let go.
 */
export function createTail(most: TailSize): Tail {
  const ring: (StoredEvent | undefined)[] = [];
  const placeOf = (sequence: number): number => sequence % most.events;
  let oldest = 0;
  let characters = 0;

  function forget(sequence: number): void {
    const place = placeOf(sequence);
    const event = ring[place];
    if (event?.sequence !== sequence) return;
    characters -= event.text.length;
    ring[place] = undefined;
  }

  return {
    add(event) {
      const { sequence, text } = event;
      forget(sequence - most.events);
      ring[placeOf(sequence)] = event;
      characters += text.length;
      oldest = Math.max(oldest, sequence - most.events + 1);
      // The newest one stays, however large it is.
      while (characters > most.characters && oldest < sequence) forget(oldest++);
    },
    replace(sequence, text) {
      const event = ring[placeOf(sequence)];
      if (event?.sequence !== sequence) return;
      characters += text.length - event.text.length;
      event.text = text;
    },
    at(sequence) {
      const event = ring[placeOf(sequence)];
      return event?.sequence === sequence ? event : undefined;
    },
  };
}
