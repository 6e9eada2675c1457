/** The two running sums of SQLite's write-ahead log, each of 32 bits. */
export type Sums = readonly [number, number];

/** A word of what is summed, and where its bytes are. */
export interface Word {
  value: number;
  at: number;
  isBigEndian: boolean;
}

/** The words of some bytes; their number is even. */
export function pairs(bytes: Buffer, start: number, length: number, isBigEndian: boolean): Word[] {
  return Array.from({ length: length / 4 }, (_, index) => {
    const at = start + index * 4;
    return { value: isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at), at, isBigEndian };
  });
}

export function sumsOver(
  bytes: Buffer,
  start: number,
  length: number,
  isBigEndian: boolean,
  [first, second]: Sums,
): Sums {
  let [s1, s2] = [first, second];
  const word = (at: number): number => (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  for (let at = start; at < start + length; at += 8) {
    s1 = (s1 + word(at) + s2) | 0;
    s2 = (s2 + word(at + 4) + s1) | 0;
  }
  return [s1 >>> 0, s2 >>> 0];
}

/**
 * Finds the single bit whose flip explains the difference between the sums that were stored and those that the words
 * have, and flips it back. The sums are linear in each word, so that no trial is needed. Returns false if there is none.
 */
export function correctBit(bytes: Buffer, words: readonly Word[], sums: Sums, stored: Sums): boolean {
  const wanted = [(stored[0] - sums[0]) | 0, (stored[1] - sums[1]) | 0];
  // What 1 more in the first and in the second word of a pair adds to the sums at the end; from the last pair on.
  let firstAdds = [1, 1];
  let secondAdds = [0, 1];
  const before = ([s1 = 0, s2 = 0]: number[]): number[] => [(s1 + s2) | 0, (s1 + 2 * s2) | 0];
  for (let index = words.length - 2; index >= 0; index -= 2) {
    for (const [word, adds] of [
      [words[index], firstAdds],
      [words[index + 1], secondAdds],
    ] as const) {
      if (!word) continue;
      for (let bit = 0; bit < 32; bit += 1) {
        const mask = 1 << bit;
        const change = (word.value & mask) === 0 ? mask : -mask | 0;
        if (Math.imul(change, adds[0] ?? 0) !== wanted[0] || Math.imul(change, adds[1] ?? 0) !== wanted[1]) continue;
        const right = (word.value ^ mask) >>> 0;
        if (word.isBigEndian) bytes.writeUInt32BE(right, word.at);
        else bytes.writeUInt32LE(right, word.at);
        return true;
      }
    }
    [firstAdds, secondAdds] = [before(firstAdds), before(secondAdds)];
  }
  return false;
}
