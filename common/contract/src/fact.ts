import { z } from 'zod';
import { id, plainText } from './text';

/**
 * The fields of events. A request may be refused, a fact has happened: whoever published it was answered long ago, and an
 * event that its subscribers refuse becomes a dead letter. So facts are read more generously than requests are, as code
 * that checks nothing may write them.
 */

function asText(value: unknown): unknown {
  if (value === null) return undefined;
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

/** A text of any length. Other JSON is taken as its text, `null` as missing. */
export const optionalFactText = z.preprocess(asText, plainText.optional()).optional();

/** A text of any length, `""` if it is missing. Other JSON is taken as its text. */
export const factText = z.preprocess(asText, plainText.default('')).default('');

/** Who or what a fact is about: the only field that it can't do without. A number is taken as its text. */
export const factId = z.preprocess((value) => (typeof value === 'number' ? String(value) : value), id);

/** A field that code may leave out, or use for something of its own: what isn't as `schema` says counts as missing. */
export function ifFits<S extends z.ZodType>(schema: S) {
  return schema.optional().catch(undefined);
}
