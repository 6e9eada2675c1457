import { excerptOf, renderLimitedMarkdown, renderMarkdown } from '../src/markdown';

const bodyOf = (text: string) => renderMarkdown(text).replace(/^<p>|<\/p>\n$/g, '');

describe('a text is shown as it was written', () => {
  it.each([
    ['501(c)(3), (c) 2020, (R), (tm), +-5', '501(c)(3), (c) 2020, (R), (tm), +-5'],
    ['import -- x, a --- b', 'import -- x, a --- b'],
    ['wait.... what?????? a,, b!!!!', 'wait.... what?????? a,, b!!!!'],
    ['"quoted" and \'so\'', '“quoted” and ‘so’'],
  ])('changes nothing but quotes in %j', (text, html) => {
    expect(bodyOf(text)).toBe(html);
  });

  it.each([
    ['10<sup>16</sup>', '10<sup>16</sup>'],
    ['H<sub>2</sub>O', 'H<sub>2</sub>O'],
    [
      '<ins>new</ins>, <mark>*this*</mark>, <kbd>Ctrl</kbd>',
      '<ins>new</ins>, <mark><em>this</em></mark>, <kbd>Ctrl</kbd>',
    ],
    ['one<br>two', 'one<br />\ntwo'],
    ['<SUP>a</SUP>', '<sup>a</sup>'],
  ])('lets the tags that Markdown has nothing for mean what they mean: %j', (text, html) => {
    expect(bodyOf(text)).toBe(html);
  });

  it.each([
    ['the <sup> tag', 'the &lt;sup&gt; tag'],
    ['</sup>', '&lt;/sup&gt;'],
    ['\\<sup>x</sup>', '&lt;sup&gt;x&lt;/sup&gt;'],
    ['`<sup>x</sup>`', '<code>&lt;sup&gt;x&lt;/sup&gt;</code>'],
    ['<sup onclick="x()">x</sup>', '&lt;sup onclick=&quot;x()&quot;&gt;x&lt;/sup&gt;'],
    ['<b>x</b>', '&lt;b&gt;x&lt;/b&gt;'],
  ])('shows any other HTML as text: %j', (text, html) => {
    expect(bodyOf(text).replace(/[“”]/g, '&quot;')).toBe(html);
  });

  it('knows raised and lowered text in comments too, and no other tag', () => {
    expect(renderLimitedMarkdown('x<sup>2</sup> <mark>y</mark>')).toBe(
      '<p>x<sup>2</sup> &lt;mark&gt;y&lt;/mark&gt;</p>\n',
    );
  });

  it('keeps raised text apart in an excerpt', () => {
    expect(excerptOf('10<sup>16</sup> m, H<sub>2</sub>O')).toBe('10^16 m, H_2O');
  });

  it('aligns the columns of a table', () => {
    const html = renderMarkdown('|a|b|c|\n|:-|:-:|-:|\n|1|2|3|');
    expect(html).toContain('<th align="left">a</th>\n<th align="center">b</th>\n<th align="right">c</th>');
    expect(html).toContain('<td align="left">1</td>\n<td align="center">2</td>\n<td align="right">3</td>');
    expect(html).not.toContain('style');
  });

  it.each(['<sup>'.repeat(30_000), '<sup>x</sup>'.repeat(10_000), `${'<sup>'.repeat(5_000)}${'</sup>'.repeat(5_000)}`])(
    'takes no more than the limits allow, whatever stands there: %#',
    (text) => {
      const html = renderMarkdown(text);
      expect(html.length).toBeLessThan(2_000_001);
    },
  );
});
