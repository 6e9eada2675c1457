// Works on JSON texts as they came in: to parse one and write it again would change its numbers, escapes and spaces.
// Each function takes a text that JSON.parse took before; with another one it may throw or give nonsense, but it ends.

const [quote, backslash, comma] = [0x22, 0x5c, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Where a string that begins at `start` ends: behind its closing quote. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (text.charCodeAt(end - 1) === backslash) {
    let escape = end - 1;
    while (text.charCodeAt(escape - 1) === backslash) escape -= 1;
    // An even number of backslashes are escaped ones.
    if ((end - escape) % 2 === 0) break;
    end = text.indexOf('"', end + 1);
  }
  return end < 0 ? text.length : end + 1;
}

/** Tells whether a string that begins and ends there is this one; it may be written with escapes. */
function createStringTest(value: string): (text: string, start: number, end: number) => boolean {
  const plain = JSON.stringify(value);
  const longest = 2 + value.length * '\\u0000'.length;
  return (text, start, end) => {
    const begin = text.charCodeAt(start + 1);
    if (begin !== plain.charCodeAt(1) && begin !== backslash) return false;
    if (end - start === plain.length && text.startsWith(plain, start)) return true;
    return end - start <= longest && JSON.parse(text.slice(start, end)) === value;
  };
}

export interface FoundMembers {
  /** Of each object the text of the member's value, without the space around it; undefined where it has none. */
  values: readonly (string | undefined)[];
  /** Levels of arrays and objects in one another, in all of the text. */
  depth: number;
}

/**
 * Makes a search for the member of this name: in the object that a text is, or in each object of the array that it is,
 * by their place. Of members with the same name the last one counts, as with JSON.parse.
 * A search takes time in proportion to the text, and no stack.
 */
export function createMemberSearch(name: string): (text: string) => FoundMembers {
  const isName = createStringTest(name);
  return (text) => {
    const values: (string | undefined)[] = [];
    let [depth, deepest, place] = [0, 0, 0];
    /** The depth at which the members are that are looked at; 0 until the text has begun. */
    let level = 0;
    let isInObject = false;
    let nameComes = false;
    /** Where the value begins that is being read; 0 outside of one. */
    let begun = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        const end = endOfString(text, at);
        if (nameComes && isName(text, at, end)) begun = text.indexOf(':', end) + 1;
        nameComes = false;
        at = end - 1;
      } else if (code === openBrace || code === openBracket) {
        depth += 1;
        if (depth > deepest) deepest = depth;
        if (level === 0) level = code === openBrace ? 1 : 2;
        if (depth === level) nameComes = isInObject = code === openBrace;
      } else if (code === comma || code === closeBrace || code === closeBracket) {
        if (depth === level) {
          if (begun > 0) values[place] = text.slice(begun, at).trim();
          begun = 0;
          nameComes = isInObject && code === comma;
        } else if (depth === 1 && code === comma) place += 1;
        if (code !== comma) depth -= 1;
      }
    }
    return { values, depth: deepest };
  };
}
