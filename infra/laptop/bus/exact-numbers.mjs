import { randomUUID } from 'node:crypto';

const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/**
 * JSON.parse for people who look at data: it would round 9007199254740993 and write 1.10 as 1.1.
 * Gives the value, in which each number stands as a marked text, and `write`, which writes parts of it as JSON in one line,
 * with the numbers as they came.
 */
export function parseWithNumbers(text) {
  // No text of an event can hold it.
  const mark = randomUUID();
  const marked = text.replace(stringOrNumber, (token) => (token.startsWith('"') ? token : `"${mark}${token}"`));
  return {
    value: JSON.parse(marked),
    write: (value) => JSON.stringify(value)?.replaceAll(new RegExp(`"${mark}([^"]*)"`, 'g'), '$1'),
  };
}
