/** The lines of a text that comes in pieces, each with its number from 1. */
export async function* linesOf(texts) {
  let rest = '';
  let number = 0;
  for await (const text of texts) {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    for (const line of lines) yield { line: line.replace(/\r$/, ''), number: (number += 1) };
  }
  if (rest !== '') yield { line: rest, number: number + 1 };
}

/** JSON of a line. Throws an Error that names it. */
export function jsonOf({ line, number }) {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new Error(`line ${number}: not JSON.`, { cause: error });
  }
}
