import { z } from 'zod';

/** Whether a text is stored and given back unchanged by every part: well-formed Unicode without NUL. */
function isPlainText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

const stringWithName = (issue: { input?: unknown }): string =>
  issue.input === undefined ? 'is required' : 'must be a string';

const unchangeable = 'must not contain NUL or half of a surrogate pair';

/** A text of any length that every part stores and gives back unchanged. */
export const plainText = z.string({ error: stringWithName }).refine(isPlainText, unchangeable);

/** A {@link plainText} of at most `most` characters (UTF-16 code units). */
export function text(most: number) {
  return z
    .string({ error: stringWithName })
    .max(most, `must be at most ${most} characters`)
    .refine(isPlainText, unchangeable);
}

/** A {@link text} that says something. */
export function requiredText(most: number) {
  return text(most)
    .refine((value) => value.trim() !== '', 'must not be empty')
    .meta({ minLength: 1 });
}

/** The id of an entity; it may come from somebody else's code, so any short text will do. */
export const id = requiredText(128);

/** A moment: ISO 8601. */
export const time = z.iso.datetime({ offset: true, error: 'must be a moment, as 2026-01-31T12:00:00Z' }).max(40);

/** A moment as others write it, in any zone, read as UTC: texts of such moments are in their order. */
export const timeOfOthers = time.transform((text) => new Date(text).toISOString()).pipe(time);

/** How often an entity has been changed, 1 when it is new. A change with a higher version replaces a lower one. */
export const version = z.number().int().positive();

/** The body of a request: an object, named as such when it isn't one. */
export function body<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape, 'must be a JSON object');
}
