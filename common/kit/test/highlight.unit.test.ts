import hljs from 'highlight.js/lib/common';
import { renderWithExcerpt } from '../src/markdown';
import { cpuTimeOf, prose } from './cpu-time';

describe('Code with colours', () => {
  const fence = (language: string, code: string): string => `\`\`\`${language}\n${code}\`\`\``;
  const hasColours = (text: string): boolean => renderWithExcerpt(text).html.includes('hljs-');
  const line = 'const answer = compute(41) + 1; // why\n';

  it('has them up to 20,000 characters in a text', () => {
    expect(hasColours(fence('js', line.repeat(500)))).toBe(true);
    expect(hasColours(fence('js', line.repeat(520)))).toBe(false);
    const twice = `${fence('js', line.repeat(300))}\n\n${fence('js', line.repeat(300))}`;
    const [first = '', second = ''] = renderWithExcerpt(twice).html.split('</pre>');
    expect([first.includes('hljs-'), second.includes('hljs-')]).toEqual([true, false]);
  });

  it('has none in a line of more than 500 characters, nor where they would be most of it', () => {
    expect(hasColours(fence('js', 'let a = 1; '.repeat(50)))).toBe(false);
    expect(hasColours(fence('js', '1 1 1 1 1 1\n'.repeat(500)))).toBe(false);
  });

  it('goes on in a comment or string that began long before', () => {
    const code = `/*\n${' * words of a comment\n'.repeat(100)}*/\n${line}`;
    const { html } = renderWithExcerpt(fence('js', code));
    const comments = [...html.matchAll(/<span class="hljs-comment">([^]*?)<\/span>/g)].map(([, text]) => text).join('');
    expect(comments.match(/words of a comment/g)).toHaveLength(100);
    expect(html.replace(/<[^>]*>/g, '')).toBe(`${code}\n`);
  });

  it('is the same text as without, in every language', () => {
    for (const language of hljs.listLanguages().filter((name) => !name.includes(' '))) {
      const code = '<a b="c">d</a>\n\n# e\n// f "g"\nlet h = { i: [1, `j`] };\n\t- k: $l\n'.repeat(40);
      const { html } = renderWithExcerpt(fence(language, code));
      const text = html
        .replace(/<[^>]*>/g, '')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&amp;', '&');
      expect([language, text]).toEqual([language, `${code}\n`]);
    }
  });

  it('takes no more than a few times the processor time of prose, in every language', () => {
    const usual = Math.max(...[1, 2, 3].map(() => cpuTimeOf(() => renderWithExcerpt(prose.repeat(2_000)))));
    const units = ['<a>\nlet a', 'a<b> ', '[a](a', '<a b=', 'a', '--1e'];
    const pump = (unit: string): string =>
      unit.includes('\n') ? unit.repeat(19_000 / unit.length) : `${unit.repeat(490 / unit.length)}\n`.repeat(38);
    const slow = hljs
      .listLanguages()
      .filter((language) => !language.includes(' '))
      .flatMap((language) =>
        units
          .filter((unit) => cpuTimeOf(() => renderWithExcerpt(fence(language, pump(unit)))) > 20 * usual + 100)
          .map((unit) => [language, unit]),
      );
    expect(slow).toEqual([]);
  }, 120_000);
});
