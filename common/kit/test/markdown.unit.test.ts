import fc from 'fast-check';
import { excerptOf, parseLimited, renderLimitedMarkdown, renderMarkdown, renderWithExcerpt } from '../src/markdown';

const attacks = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(1)>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java&#115;cript:alert(1))',
  '[x](&#x6A;avascript:alert(1))',
  '[x](vbscript:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '![x](data:image/svg+xml;base64,PHN2Zz4=)',
  '![x](https://a.example/" onerror="alert(1))',
  '[x](https://a.example "t\\" onmouseover=\\"alert(1)")',
  '<https://a.example/"onmouseover="alert(1)>',
  '<javascript:alert(1)>',
  '[x][1]\n\n[1]: javascript:alert(1)',
  '```"><script>alert(1)</script>\nx\n```',
  '```x onclick=alert(1)\nx\n```',
  '<style>*{display:none}</style>',
  '<a href="#" style="position:fixed">x</a>',
  '<form action=/events><input name=a></form>',
  '<!--><script>alert(1)</script>-->',
  '<math><mtext></p><style><img src=x onerror=alert(1)>',
];

describe('renderMarkdown', () => {
  it.each([
    ['plain **bold** and *soft*', '<p>plain <strong>bold</strong> and <em>soft</em></p>\n'],
    ['- a\n- b', '<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n'],
    ['3. c', '<ol start="3">\n<li>c</li>\n</ol>\n'],
    ['`a < b`', '<p><code>a &lt; b</code></p>\n'],
    ['~~old~~', '<p><s>old</s></p>\n'],
    ['', ''],
  ])('renders %j', (text, html) => {
    expect(renderMarkdown(text)).toBe(html);
  });

  it('renders tables', () => {
    expect(renderMarkdown('|a|b|\n|-|-|\n|1|2|')).toContain('<td>1</td>');
  });

  it('leaves the only h1 to the page', () => {
    expect(renderMarkdown('# Top\n\n## Next')).toBe('<h2>Top</h2>\n<h2>Next</h2>\n');
  });

  it('marks links as not its own words, and loads images late', () => {
    expect(renderMarkdown('[a](https://example.org "t")')).toBe(
      '<p><a href="https://example.org" title="t" rel="nofollow noopener ugc">a</a></p>\n',
    );
    expect(renderMarkdown('see https://example.org')).toContain('href="https://example.org"');
    expect(renderMarkdown('![alt](/a.png)')).toBe('<p><img src="/a.png" alt="alt" loading="lazy" /></p>\n');
  });

  it('keeps what highlights code', () => {
    const html = renderMarkdown('```js\nclass A extends B { go() { return "x" } }\n```');
    expect(html).toContain('<code class="language-js">');
    expect(html).toContain('<span class="hljs-keyword">class</span>');
    expect(html).toContain('<span class="hljs-title class_">A</span>');
    expect(html).toContain('<span class="hljs-title class_ inherited__">B</span>');
    expect(html).toContain('<span class="hljs-title function_">go</span>');
  });

  it('shows code of an unknown language as text', () => {
    expect(renderMarkdown('```klingon\n<b>\n```')).toBe(
      '<pre><code class="language-klingon">&lt;b&gt;\n</code></pre>\n',
    );
  });

  it.each(attacks)('lets nothing run: %s', (text) => {
    const page = renderMarkdown(text);
    const tags = page.match(/<[^>]*>/g) ?? [];
    for (const tag of tags) {
      expect(tag).toMatch(
        /^<\/?(p|a|img|pre|code|span|strong|em)( (href|src|alt|title|rel|loading|class)="[^"<>]*")* ?\/?>$/,
      );
      expect(tag).not.toMatch(/(href|src)="\s*(javascript|vbscript|data):/i);
    }
  });
});

describe('renderLimitedMarkdown', () => {
  it('gives the same for plain sentences, which it does not parse, as parsing them does', () => {
    const words = ['Nice', 'post', 'é', '漢字', '42', 'www', 'x', 'example.org', 'http', 'LOCALHOST', 'e\u0301'];
    const between = [
      ' ',
      ', ',
      '. ',
      '; ',
      '! ',
      '? ',
      '… ',
      '  ',
      '.',
      '-',
      '\n',
      ' - ',
      ': ',
      '*',
      '_',
      '(c) ',
      "'",
      '&',
    ];
    const sentence = fc
      .array(fc.tuple(fc.constantFrom(...words), fc.constantFrom(...between)), { minLength: 1, maxLength: 8 })
      .map((parts) => parts.flat().join(''));
    const plain = fc
      .array(fc.tuple(fc.constantFrom(...words), fc.constantFrom(...between.slice(0, 7))), {
        minLength: 1,
        maxLength: 8,
      })
      .map((parts) => parts.flat().join('').trim());
    fc.assert(
      fc.property(fc.oneof(sentence, plain, fc.string({ unit: 'grapheme' })), (text) => {
        expect(renderLimitedMarkdown(text)).toBe(parseLimited(text).html);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['**bold** and *soft*, ~~old~~', '<p><strong>bold</strong> and <em>soft</em>, <s>old</s></p>\n'],
    ['one\ntwo\n\nthree', '<p>one<br />\ntwo</p>\n<p>three</p>\n'],
    ['- a\n- b', '<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n'],
    ['3. c', '<ol start="3">\n<li>c</li>\n</ol>\n'],
    ['> quoted', '<blockquote>\n<p>quoted</p>\n</blockquote>\n'],
    ['`a < b`', '<p><code>a &lt; b</code></p>\n'],
    ['```js\nlet a\n```', '<pre><code>let a\n</code></pre>\n'],
    ['', ''],
  ])('renders %j', (text, html) => {
    expect(renderLimitedMarkdown(text)).toBe(html);
  });

  it.each([
    ['# Loud', '<p># Loud</p>\n'],
    ['Loud\n====', '<p>Loud<br />\n====</p>\n'],
    ['***', '<p>***</p>\n'],
    ['|a|\n|-|\n|1|', '<p>|a|<br />\n|-|<br />\n|1|</p>\n'],
    ['<b>x</b>', '<p>&lt;b&gt;x&lt;/b&gt;</p>\n'],
  ])('shows %j as the text that it is', (text, html) => {
    expect(renderLimitedMarkdown(text)).toBe(html);
  });

  it('makes a link of an image, and tells search engines of no link that it counts', () => {
    const link = '<a href="https://example.org/a.png" rel="nofollow ugc noopener">x</a>';
    expect(renderLimitedMarkdown('![x](https://example.org/a.png)')).toBe(`<p>!${link}</p>\n`);
    expect(renderLimitedMarkdown('see https://example.org')).toContain('rel="nofollow ugc noopener"');
  });

  it.each(attacks)('lets nothing run: %s', (text) => {
    for (const tag of renderLimitedMarkdown(text).match(/<[^>]*>/g) ?? []) {
      expect(tag).toMatch(/^<\/?(p|a|pre|code|strong|em|br)( (href|title|rel)="[^"<>]*")* ?\/?>$/);
      expect(tag).not.toMatch(/href="\s*(javascript|vbscript|data):/i);
    }
  });
});

describe('excerptOf', () => {
  it('is the text of the paragraphs, without marks, headings and code', () => {
    const text =
      '# Title\n\nOne **two** [three](https://example.org)\nfour `five`.\n\n```js\ncode()\n```\n\n- six\n\n<b>';
    expect(excerptOf(text)).toBe('One two three four five. six <b>');
  });

  it('is empty where nothing is said', () => {
    expect(excerptOf('')).toBe('');
    expect(excerptOf('# Only a title')).toBe('');
  });

  it('has up to 220 characters, and is cut at a word where there are more', () => {
    const exact = `${'word '.repeat(43)}wordy`;
    expect(exact).toHaveLength(220);
    expect(excerptOf(exact)).toBe(exact);
    expect(excerptOf(`${exact} end`)).toBe(`${'word '.repeat(43).trimEnd()}…`);
  });

  it('never ends in half a character, nor in a sign for one', () => {
    const emoji = '🎉';
    expect(excerptOf(`x${emoji.repeat(200)}`)).toBe(`x${emoji.repeat(109)}…`);
    // The half lies where the long text itself is cut before it is read.
    const start = `# ${'t'.repeat(3_994)}\n\n`;
    expect(start).toHaveLength(3_998);
    const excerpt = excerptOf(`${start}a${emoji}`);
    expect(excerpt).toBe('a');
  });
});

describe('renderWithExcerpt', () => {
  const sameAsApart = (text: string) =>
    expect(renderWithExcerpt(text)).toEqual({ html: renderMarkdown(text), excerpt: excerptOf(text) });

  it('gives what the two give apart', () => {
    for (const text of [
      ...attacks,
      '',
      '[a]: https://a.example\n\n[a] and `b`',
      'word '.repeat(799),
      'word '.repeat(801),
    ])
      sameAsApart(text);
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), sameAsApart));
  });
});
