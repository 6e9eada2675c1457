import { isDeepStrictEqual } from 'node:util';
import type { NewEvent } from './event-log';

/**
 * Whether an event that comes again says what the stored one says, in whatever order its JSON is written. The log gave
 * the `sequence`; and what the publisher didn't give this time doesn't count either: the bus filled it in.
 */
export function isSameEvent(storedText: string, { text, filledIn = [] }: Pick<NewEvent, 'text' | 'filledIn'>): boolean {
  const [stored, again] = [storedText, text].map((json) => {
    const event = JSON.parse(json) as Record<string, unknown>;
    for (const name of ['sequence', ...filledIn]) delete event[name];
    return event;
  });
  return isDeepStrictEqual(stored, again);
}
