import fc from 'fast-check';
import { fold } from '../src/rules/folding';
import { createMatcher } from '../src/rules/matcher';

/** Which code units of a text belong to any of the words, found the plain way. */
function covered(text: string, words: string[]): boolean[] {
  const units = Array.from({ length: text.length }, () => false);
  for (const word of words) {
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) units.fill(true, at, at + word.length);
  }
  return units;
}

/** A step per transition: what a text costs, whatever the machine. */
function stepsOf(words: string[], text: string): number {
  let steps = 0;
  const get = Map.prototype.get;
  const spy = jest.spyOn(Map.prototype, 'get').mockImplementation(function (this: Map<unknown, unknown>, key) {
    steps += 1;
    return get.call(this, key) as unknown;
  });
  const matcher = createMatcher(words);
  steps = 0;
  matcher.find(text);
  spy.mockRestore();
  return steps;
}

describe('the matcher', () => {
  const few = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '😀'), minLength: 1, maxLength: 5 });

  it('finds all words, as looking for each of them would', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '😀'), maxLength: 40 });
    fc.assert(
      fc.property(fc.array(few, { minLength: 1, maxLength: 8 }), text, (words, text) => {
        const spans = createMatcher(words).find(text);
        const units = Array.from({ length: text.length }, () => false);
        for (const { start, end } of spans) units.fill(true, start, end);
        expect(units).toEqual(covered(text, words));
        spans.forEach(({ start }, index) => expect(start).toBeGreaterThan(spans[index - 1]?.end ?? -1));
      }),
    );
  });

  it('takes steps in proportion to the text, for a thousand words made to delay it', () => {
    const words = Array.from({ length: 1_000 }, (_, index) => `${'a'.repeat(index % 100)}${index}`);
    const text = 'a'.repeat(10_000);
    expect(stepsOf(words, text)).toBeLessThan(3 * text.length);
    expect(stepsOf(words, text.repeat(2))).toBeLessThan(6 * text.length);
  });
});

describe('a folded text', () => {
  it('has a place in the original for each of its code units, in order', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (original) => {
        const { text, starts, ends, kinds } = fold(original);
        expect([starts.length, ends.length, kinds.length]).toEqual([text.length, text.length, text.length]);
        starts.forEach((start, index) => {
          expect(ends[index]).toBeGreaterThan(start);
          expect(start).toBeGreaterThanOrEqual(starts[index - 1] ?? 0);
        });
        expect(ends.at(-1) ?? 0).toBeLessThanOrEqual(original.length);
      }),
    );
  });

  it('is the same for all ways to write it', () => {
    const variants = ['Straße  no. 1', 'STRASSE\n\tNO. １', 'straſſe no.\u00A01', 'stra\u200Dße no. 1'];
    expect(new Set(variants.map((text) => fold(text).text))).toEqual(new Set(['strasse no. 1']));
  });
});
