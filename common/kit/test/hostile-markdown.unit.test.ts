import fc from 'fast-check';
import { largestHtml, largestHtmlOf } from '../src/bounded-markdown';
import { renderLimited, type RenderedText, renderWithExcerpt } from '../src/markdown';
import { plainHtml } from '../src/plain-html';
import { cpuTimeOf, prose } from './cpu-time';

/** What Markdown is made of; a hostile text repeats some of it in a row. */
const fragments = [
  ...[
    '> ',
    '>',
    '- ',
    '* ',
    '+ ',
    '1. ',
    '1) ',
    '# ',
    '\t',
    '    ',
    '\n',
    '\n\n',
    '  \n',
    '\\\n',
    ' ',
    'a',
    'a ',
    '\\',
    '\\*',
  ],
  ...[
    '*',
    '**',
    '_',
    '__',
    '~~',
    '`',
    '``',
    '```\n',
    '~~~\n',
    '```js\n',
    '---\n',
    '===\n',
    '|',
    '|-',
    'a|b\n-|-\n',
    ':-:|',
  ],
  ...[
    '[',
    ']',
    '(',
    ')',
    '![',
    '](',
    '[a]',
    '[a](b)',
    '[a][',
    '[a]: ',
    '[a]: b\n',
    '(b "',
    "(b '",
    '<',
    '>',
    '<a>',
    '</a>',
  ],
  ...[
    '<a b="',
    '<!--',
    '<?',
    '<![CDATA[',
    '&',
    '&amp;',
    '&#x41;',
    '"',
    "'",
    '(c)',
    '--',
    '...',
    'a@b.co',
    'a.co ',
    '//a.b/',
  ],
  ...['http://', 'http://a.co/', 'www.a.co', 'mailto:', '<http://', '😀', '\0', '\u202e', ':', '!', '^', '{', '}', '='],
];

const length = 8_000;
const fill = (unit: string): string => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
const some = fc.array(fc.constantFrom(...fragments), { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));

const hostile = fc.oneof(
  some.map(fill),
  fc.tuple(some, some).map(([first, rest]) => first + fill(rest)),
  fc.tuple(some, some, some).map(([open, middle, close]) => {
    const depth = Math.floor(length / (open.length + close.length));
    return open.repeat(depth) + middle + close.repeat(depth);
  }),
  fc.array(fc.constantFrom(...fragments), { minLength: 500, maxLength: 4_000, size: 'max' }).map((all) => all.join('')),
  fc.tuple(some, some).map(([address, use]) => `[a]: ${fill(address).replace(/\s/g, '')}\n\n${fill(`[a]${use}`)}`),
);

const renderers: [string, (text: string) => RenderedText][] = [
  ['a post', renderWithExcerpt],
  ['a comment', renderLimited],
];

function expectWithinBounds(text: string, { html, limit }: RenderedText): void {
  expect(html.length).toBeLessThanOrEqual(Math.max(largestHtmlOf(text), 6 * text.length + 100));
  expect(html.length).toBeLessThanOrEqual(largestHtml);
  if (limit) expect(html).toBe(plainHtml(text));
  expect(html).not.toMatch(
    /<(?!\/?(?:h[2-6]|p|br|hr|blockquote|pre|code|span|em|strong|s|ul|ol|li|a|img|table|thead|tbody|tr|t[hd])\b)/,
  );
}

describe.each(renderers)('Hostile Markdown in %s', (_what, render) => {
  it('becomes no more than its bound of HTML, and the same each time', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const rendered = render(text);
        expectWithinBounds(text, rendered);
        expect(render(text)).toEqual(rendered);
      }),
      { numRuns: 30 },
    );
  }, 120_000);

  it('takes no more than a few times the processor time of prose', () => {
    const texts = [
      prose,
      ...fragments.flatMap((one, index) => [one, one + (fragments[(index * 7 + 3) % fragments.length] ?? '')]),
    ];
    const usual = Math.max(...[1, 2, 3].map(() => cpuTimeOf(() => render(prose.repeat(300)))));
    const long = (unit: string): string => unit.repeat(Math.ceil(30_000 / unit.length)).slice(0, 30_000);
    const slow = texts.filter((unit) => cpuTimeOf(() => render(long(unit))) > 30 * usual + 100);
    expect(slow).toEqual([]);
  }, 120_000);
});

describe('Markdown that is too much', () => {
  const deep = (open: string, close = '', middle = 'a'): string => open.repeat(2_000) + middle + close.repeat(2_000);
  it.each([
    ['a definition that is used many times', `[a]: ${'x'.repeat(60_000)}\n\n${'[a] '.repeat(15_000)}`, 'size'],
    [
      'an image by a definition that is used many times',
      `[a]: ${'x'.repeat(6_000)}\n\n${'![a] '.repeat(1_500)}`,
      'size',
    ],
    ['quotes in quotes', deep('> '), 'nesting'],
    ['lists in lists', deep('- '), 'nesting'],
    ['emphasis in emphasis', deep('*a **b ', '***'), 'nesting'],
    ['images in images', deep('![', '](b)'), 'nesting'],
    ['quotes that begin again and again', '>>>>>>>>>>>>>>>>\n\n'.repeat(2_000), 'size'],
    ['more elements than anybody reads', '- a\n'.repeat(40_000), 'parts'],
    ['a wide table with empty rows', `${'a|'.repeat(500)}\n${'-|'.repeat(500)}\n${'a\n'.repeat(2_000)}`, 'parts'],
  ])('is shown as it was typed: %s', (_what, text, limit) => {
    const { html, ...rest } = renderWithExcerpt(text);
    expect(rest).toMatchObject({ limit });
    expect(html).toBe(plainHtml(text));
  });

  it('is cut off where even as text it would be more than 2,000,000 characters', () => {
    for (const text of [
      '"'.repeat(1_000_000),
      '\n'.repeat(1_000_000),
      '"\n'.repeat(500_000),
      'a\n\n'.repeat(400_000),
    ]) {
      for (const render of [renderWithExcerpt, renderLimited]) {
        const { html, limit } = render(text);
        expect(limit).toBe('size');
        expect(html.length).toBeLessThanOrEqual(largestHtml);
        expect(html).toMatch(/<p>…<\/p>\n$/);
      }
    }
  });

  it('leaves what people write as it is', () => {
    for (const text of [
      prose.repeat(2_000),
      '- a\n  - b\n    - c\n'.repeat(500),
      '> > > a\n\n'.repeat(500),
      '|a|b|\n|-|-|\n|1|2|\n\n'.repeat(500),
    ])
      expect(renderWithExcerpt(text)).not.toHaveProperty('limit');
  });
});
