import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { createMemberSearch, endOfString } from '../src/json-text';
import { decimalForm, parseExactly } from '../src/log/exact-json';
import {
  jsonText,
  type MemberTexts,
  nested,
  numberText,
  objectText,
  someMembers,
  stringText,
  whitespace,
} from './json-texts';

const findMembers = (text: string, name: string) => createMemberSearch(name)(text);
const spaces = fc.array(whitespace, { maxLength: 5 });
const lastOf = (members: MemberTexts, name: string): string | undefined =>
  members.findLast(([written]) => JSON.parse(written) === name)?.[1];

/** The levels of a parsed value; members that a later one of the same name hides are not in it. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

describe('finding a member in a JSON text', () => {
  it.each(['data', 'id', '', '\\', '__proto__'])('finds the last %j of an object, as JSON.parse does', (name) => {
    fc.assert(
      fc.property(someMembers, spaces, (members, between) => {
        const text = objectText(members, between);
        const { values, depth } = findMembers(text, name);
        expect(values[0]).toBe(lastOf(members, name));
        const parsed = JSON.parse(text) as Record<string, unknown>;
        const expected = Object.getOwnPropertyDescriptor(parsed, name)?.value as unknown;
        expect(values[0] === undefined ? undefined : JSON.parse(values[0])).toEqual(expected);
        expect(depth).toBeGreaterThanOrEqual(depthOf(parsed));
      }),
      { numRuns: 300 },
    );
  });

  it('finds it in each object of an array, whatever else is in that', () => {
    const item = fc.oneof(
      someMembers.map((members) => ({ text: objectText(members), data: lastOf(members, 'data') })),
      jsonText.filter((text) => !text.startsWith('{')).map((text) => ({ text, data: undefined })),
    );
    fc.assert(
      fc.property(fc.array(item), whitespace, (items, space) => {
        const text = `${space}[${space}${items.map((one) => one.text).join(`${space},${space}`)}${space}]${space}`;
        const { values } = findMembers(text, 'data');
        expect(items.map((_, place) => values[place])).toEqual(items.map(({ data }) => data));
      }),
      { numRuns: 300 },
    );
  });

  it.each([0, 1, 31, 100_000])('counts %d levels', (levels) => {
    expect(findMembers(nested('1', levels), 'a').depth).toBe(levels);
  });

  it('takes ten times the time for ten times the text, also of backslashes and quotes', () => {
    const took = (text: string): number => {
      // The processor's time: the clock's counts what other processes take meanwhile.
      const times = Array.from({ length: 5 }, () => {
        const before = process.cpuUsage();
        findMembers(text, 'data');
        return process.cpuUsage(before).user;
      });
      return Math.min(...times);
    };
    for (const part of ['\\\\', '\\"', '","']) {
      const text = (times: number): string => `{"a":["${part.repeat(times)}"]}`;
      expect(took(text(1_000_000)) / took(text(100_000))).toBeLessThan(50);
    }
  });

  it('ends with any text, also one that is no JSON', () => {
    const ending = (text: string): void => {
      try {
        findMembers(text, 'a');
      } catch (error) {
        expect(error).toBeInstanceOf(SyntaxError);
      }
    };
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'"\\{}[],:a ') }), ending), { numRuns: 2_000 });
    ['{"a', '{"\\x":1}', '{"a"'].forEach(ending);
  });

  it('finds the end of each string', () => {
    fc.assert(
      fc.property(stringText, jsonText, (text, rest) => expect(endOfString(`${text}${rest}`, 0)).toBe(text.length)),
    );
  });
});

describe('parsing JSON exactly', () => {
  it.each([
    ['1.10', '11e-1'],
    ['-0.00', '0'],
    ['100', '1e2'],
    ['-12.30E+2', '-123e1'],
    ['9007199254740993', '9007199254740993e0'],
    ['0.00105', '105e-5'],
    ['1e9999999999999999', '1e9999999999999999'],
  ])('writes %s as %s', (number, form) => {
    expect(decimalForm(number)).toBe(form);
  });

  it('gives numbers that differ as values different forms, and numbers that are written otherwise the same', () => {
    fc.assert(
      fc.property(numberText, numberText, fc.integer({ min: 0, max: 20 }), (a, b, zeros) => {
        if (Number(a) !== Number(b)) expect(decimalForm(a)).not.toBe(decimalForm(b));
        const longer = a.replace(
          /^(-?\d+)(\.\d+)?/,
          (_all, whole: string, fraction = '.0') => `${whole}${fraction}${'0'.repeat(zeros)}`,
        );
        expect(decimalForm(longer)).toBe(decimalForm(a));
      }),
      { numRuns: 1_000 },
    );
  });

  it('parses what JSON.parse parses, and makes different values of different ones', () => {
    // Written once more, so that -0 is 0.
    const own = (text: string): unknown => JSON.parse(JSON.stringify(JSON.parse(text)));
    fc.assert(
      fc.property(jsonText, jsonText, (a, b) => {
        expect(parseExactly(a)).toEqual(parseExactly(` ${a}\n`));
        if (!isDeepStrictEqual(own(a), own(b))) expect(parseExactly(a)).not.toEqual(parseExactly(b));
      }),
      { numRuns: 1_000 },
    );
  });

  it('tells numbers from strings that look like them', () => {
    const texts = ['1', '"1"', '"n1e0"', '"s1"', '["1"]', '{"1":1}', '{"s1":1}', '{"n1e0":1}', 'null'];
    expect(new Set(texts.map((text) => JSON.stringify(parseExactly(text)))).size).toBe(texts.length);
  });
});
