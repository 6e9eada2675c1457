import { isDeepStrictEqual } from 'node:util';
import type { NewEvent } from './event-log';
import { isErased } from './erased-text';
import { parseExactly } from './exact-json';

/** What is stored of an event is no event: it was damaged. */
export class UnreadableText extends Error {
  override readonly name = 'UnreadableText';
}

function attributesIn(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parseExactly(text);
  } catch (error) {
    throw new UnreadableText('the stored text of an event is not JSON', { cause: error });
  }
  if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  throw new UnreadableText('the stored text of an event is not a JSON object');
}

/** Whether the same bytes came again, as they mostly do: the log added the sequence at the end. */
function isSameText(storedText: string, text: string): boolean {
  const unnumbered = text.slice(0, -1);
  return storedText.startsWith(unnumbered) && /^,"sequence":\d+\}$/.test(storedText.slice(unnumbered.length));
}

/**
 * Whether an event that comes again says what the stored one says, in whatever order and however its JSON is written:
 * numbers are compared by their exact decimal value, and of members with the same name the last one counts. The log gave
 * the `sequence`; and what the publisher didn't give this time doesn't count either: the bus filled it in.
 * Throws {@link UnreadableText}.
 */
export function isSameEvent(storedText: string, { text, filledIn = [] }: Pick<NewEvent, 'text' | 'filledIn'>): boolean {
  if (isSameText(storedText, text)) return true;
  // Of an erased one nobody can tell what it said: its id stands for it.
  if (isErased(storedText)) return true;
  const [stored, again] = [storedText, text].map((json) => {
    const event = attributesIn(json);
    // Names are marked, see `parseExactly`.
    for (const name of ['sequence', ...filledIn]) delete event[`s${name}`];
    return event;
  });
  return isDeepStrictEqual(stored, again);
}
