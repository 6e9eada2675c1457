// Works on JSON texts as they came in: to parse one and write it again would change its numbers, escapes and spaces.
// Each function takes a text that JSON.parse took before; with another one it gives nonsense, but it ends.

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Where a string that begins at `start` ends: behind its closing quote. */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escape = end;
    while (text.charCodeAt(escape - 1) === backslash) escape -= 1;
    // An even number of backslashes are escaped ones.
    if ((end - escape) % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Tells whether a string token says a name; it may be written with escapes. */
function createNameTest(name: string): (text: string, start: number, end: number) => boolean {
  const plain = JSON.stringify(name);
  const longest = 2 + name.length * '\\u0000'.length;
  const first = plain.charCodeAt(1);
  return (text, start, end) => {
    const length = end - start;
    if (length === plain.length && text.startsWith(plain, start)) return true;
    if (length <= plain.length || length > longest) return false;
    const begin = text.charCodeAt(start + 1);
    return (begin === first || begin === backslash) && JSON.parse(text.slice(start, end)) === name;
  };
}

export interface FoundMembers {
  /** Of each object the text of the member's value, without the space around it; undefined where it has none. */
  values: readonly (string | undefined)[];
  /** Levels of arrays and objects in one another, in all of the text. */
  depth: number;
}

/**
 * Finds the member of this name in the object that a text is, or in each object of the array that it is, by their place.
 * Of members with the same name the last one counts, as with JSON.parse. Takes time in proportion to the text, and no stack.
 */
export function findMembers(text: string, name: string): FoundMembers {
  const isName = createNameTest(name);
  const values: (string | undefined)[] = [];
  /** The level of the members that are looked at; 0 until the text has begun. */
  let level = 0;
  let depth = 0;
  let deepest = 0;
  let place = 0;
  /** Where the value begins that is being read; -1 outside of one. */
  let begun = -1;
  let isInObject = false;
  let nameComes = false;

  function end(at: number): void {
    if (begun < 0) return;
    values[place] = text.slice(begun, at).trim();
    begun = -1;
  }

  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const after = endOfString(text, at);
      if (nameComes && depth === level) {
        nameComes = false;
        if (isName(text, at, after)) begun = text.indexOf(':', after) + 1;
      }
      at = after - 1;
    } else if (code === comma) {
      if (depth === level) {
        end(at);
        nameComes = isInObject;
      } else if (depth === 1) place += 1;
    } else if (code === openBrace || code === openBracket) {
      depth += 1;
      if (depth > deepest) deepest = depth;
      if (level === 0) level = code === openBrace ? 1 : 2;
      if (depth === level) nameComes = isInObject = code === openBrace;
    } else if (code === closeBrace || code === closeBracket) {
      if (depth === level) end(at);
      depth -= 1;
    }
  }
  return { values, depth: deepest };
}
