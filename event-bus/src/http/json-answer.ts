import type { Response } from 'express';

/** A value that is there as JSON text. */
export class JsonText {
  constructor(readonly text: string) {}
}

const textOf = (value: unknown): string => (value instanceof JsonText ? value.text : JSON.stringify(value));

/** An object as JSON; members that are a {@link JsonText} are in it to the letter, where parsing would change their numbers. */
export function jsonOf(members: Readonly<Record<string, unknown>>): JsonText {
  const written = Object.entries(members).filter(([, value]) => value !== undefined);
  return new JsonText(`{${written.map(([name, value]) => `${JSON.stringify(name)}:${textOf(value)}`).join(',')}}`);
}

export const jsonArray = (items: readonly JsonText[]): JsonText =>
  new JsonText(`[${items.map(({ text }) => text).join(',')}]`);

/** Answers as `res.json` does, with a text that is there already. */
export function sendJson(res: Response, { text }: JsonText): void {
  res.type('application/json').send(text);
}
