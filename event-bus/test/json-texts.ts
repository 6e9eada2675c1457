import fc from 'fast-check';

/** The members of an object as text: its names are JSON texts too, may be escaped, and may come twice. */
export type MemberTexts = readonly (readonly [name: string, value: string])[];

/** What may stand between the tokens of a JSON text. */
export const whitespace = fc.constantFrom('', '', '', ' ', '\n', '\r\n', '\t', '  ');

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 40 });
const wholeNumber = digits.map((text) => text.replace(/^0+(?=\d)/, ''));
const exponent = fc
  .tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), digits)
  .map((parts) => parts.join(''));

/** Numbers as JSON may write them, most of them beyond what a double can hold. */
export const numberText = fc.oneof(
  fc.constantFrom('9007199254740993', '12345678901234567890', '1.10', '-0', '-0.0', '0e5', '1e400', '1E+2', '1e-400'),
  fc
    .tuple(
      fc.constantFrom('', '-'),
      wholeNumber,
      fc.option(
        digits.map((text) => `.${text}`),
        { nil: '' },
      ),
      fc.option(exponent, { nil: '' }),
    )
    .map((parts) => parts.join('')),
);

const unit = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter((one) => !/["\\\p{Cc}\p{Cs}]/u.test(one)),
  fc.constantFrom('a', 'é', '👋', '\u2028', '\u007f', '\ufeff', ',', ':', '{', ']'),
  fc.constantFrom('\\"', '\\\\', '\\/', '\\b', '\\n', '\\u0041', '\\u0000', '\\ud800', '\\ud83d\\ude00', '\\uDFFF'),
);
export const stringText = fc.array(unit, { maxLength: 8 }).map((units) => `"${units.join('')}"`);

const specialNames = ['"data"', '"d\\u0061ta"', '"__proto__"', '"id"', '"postId"', '"sequence"', '""', '"\\\\"'];
const nameText = fc.oneof(stringText, fc.constantFrom(...specialNames));

/** An object of these members, spaced out. */
export function objectText(members: MemberTexts, spaces: readonly string[] = []): string {
  const space = (place: number): string => spaces[place % (spaces.length || 1)] ?? '';
  const texts = members.map(
    ([name, value], place) =>
      `${space(place)}${name}${space(place + 1)}:${space(place + 2)}${value}${space(place + 3)}`,
  );
  return `{${texts.join(',')}}`;
}

const { value, members } = fc.letrec<{ value: string; members: MemberTexts }>((tie) => ({
  members: fc.array(fc.tuple(nameText, tie('value')), { maxLength: 4 }),
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    numberText,
    stringText,
    fc.constantFrom('true', 'false', 'null', '[]', '{}', '[ ]', '{\n}'),
    fc
      .tuple(fc.array(tie('value'), { maxLength: 4 }), whitespace)
      .map(([values, space]) => `[${values.map((text) => `${space}${text}${space}`).join(',')}]`),
    fc.tuple(tie('members'), fc.array(whitespace)).map(([some, spaces]) => objectText(some, spaces)),
  ),
}));

export const someMembers = members;

/** The text of a value inside so many arrays and objects. */
export function nested(text: string, levels: number): string {
  const pairs = Array.from({ length: levels }, (_, level) => (level % 2 === 0 ? ['[', ']'] : ['{"a":', '}']));
  return `${pairs.map(([open]) => open).join('')}${text}${pairs
    .map(([, close]) => close)
    .reverse()
    .join('')}`;
}

/** Any JSON text, without space around it; up to some 30 levels deep. */
export const jsonText = fc.oneof(
  { arbitrary: value, weight: 5 },
  {
    arbitrary: fc.tuple(value, fc.integer({ min: 0, max: 24 })).map(([text, levels]) => nested(text, levels)),
    weight: 1,
  },
);
