/** A text made comparable: whatever its case, its composition, its width and its white space. */
export interface FoldedText {
  text: string;
  /** For each code unit of `text`: where the character that it comes from starts and ends in the original. */
  starts: number[];
  ends: number[];
  /** For each code unit of `text`: what kind of character it is a part of. */
  kinds: Kind[];
}

/** `mark` belongs to the letter before it. */
export type Kind = 'letter' | 'mark' | 'other';

const asciiKinds: Kind[] = Array.from({ length: 128 }, (_, code) =>
  /\w/.test(String.fromCharCode(code)) ? 'letter' : 'other',
);

function kindOf(char: string): Kind {
  const ascii = asciiKinds[char.charCodeAt(0)];
  if (ascii) return ascii;
  if (/^\p{M}/u.test(char)) return 'mark';
  return /^[\p{L}\p{N}]/u.test(char) ? 'letter' : 'other';
}

/**
 * One character as it is compared. Upper case first, as ß and ſ and the two small sigmas become one only that way.
 * Invisible characters vanish, so that they hide no word.
 */
function foldCharacter(char: string): string {
  const code = char.charCodeAt(0);
  if (code > 32 && code < 127) return char.toLowerCase();
  if (/^\s$/.test(char)) return ' ';
  if (/^\p{Cf}$/u.test(char)) return '';
  return char.normalize('NFKD').toUpperCase().toLowerCase().normalize('NFKD');
}

/** Folds character by character, so that each place in the result has its place in the original. */
export function fold(original: string): FoldedText {
  const folded: FoldedText = { text: '', starts: [], ends: [], kinds: [] };
  const parts: string[] = [];
  let start = 0;
  for (const char of original) {
    const end = start + char.length;
    const part = foldCharacter(char);
    const repeatsSpace = part === ' ' && parts.at(-1) === ' ';
    // A run of white space is one space that reaches from its start to its end.
    if (repeatsSpace) folded.ends[folded.ends.length - 1] = end;
    else if (part !== '') append(folded, part, { start, end });
    if (part !== '' && !repeatsSpace) parts.push(part);
    start = end;
  }
  folded.text = parts.join('');
  return folded;
}

function append(folded: FoldedText, part: string, { start, end }: { start: number; end: number }): void {
  for (const char of part) {
    const kind = kindOf(char);
    for (let unit = 0; unit < char.length; unit += 1) {
      folded.starts.push(start);
      folded.ends.push(end);
      folded.kinds.push(kind);
    }
  }
}
