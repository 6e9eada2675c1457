/**
 * A copy of a text that was cut out of another one. V8 keeps the whole of that alive while a part of it is in use, so what
 * is kept for long must be copied: it may be ten characters of a message of a megabyte.
 */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}
