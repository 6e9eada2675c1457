import {
  disqusFile,
  disqusPost,
  disqusThread,
  useReaders,
  wordPressComment,
  wordPressFile,
  wordPressItem,
} from './importing';

const { read } = useReaders();
const wordPress = (...items: string[]) => read('wordpress', wordPressFile(...items));
const bodyOf = async (html: string) => (await wordPress(wordPressItem({ 'content:encoded': html }))).posts[0]?.body;

describe('titles, names and tags of WordPress', () => {
  it('are HTML: decoded once, numbers too', async () => {
    const comment = wordPressComment({
      'wp:comment_author': 'O&#039;Brien &amp; Co',
      'wp:comment_content': 'Fish &amp; chips',
    });
    const item = wordPressItem({ title: 'Q&amp;A: what&#8217;s <em>new</em> &amp;amp; &#x2014; 1 < 2' }, comment);
    const tag = '<category domain="post_tag" nicename="x"><![CDATA[1&amp;1]]></category>';
    const { posts, comments } = await wordPress(item.replace('</item>', `${tag}</item>`));
    expect(posts[0]).toMatchObject({ title: 'Q&A: what’s new &amp; — 1 < 2', tags: ['1&1'] });
    expect(comments[0]).toMatchObject({ author: "O'Brien & Co", content: 'Fish & chips' });
  });

  it('are decoded by XML alone where they stand in no CDATA', async () => {
    const item = wordPressItem({}).replace('<![CDATA[Hello]]>', 'It&#8217;s a title &#x2014; &amp;amp;');
    expect((await wordPress(item)).posts[0]?.title).toBe('It’s a title — &amp;');
  });

  it('are taken in the words of WXR 1.0 too, once each', async () => {
    const categories = ['', ' domain="category" nicename="web"'].map((more) => `<category${more}>Web</category>`);
    const tags = ['rdfa', 'rdfa', 'seo'].map((tag) => `<category domain="tag">${tag}</category>`);
    const others = '<category domain="post_format" nicename="x">Aside</category>';
    const item = wordPressItem({}).replace('</item>', `${[...categories, ...tags, others].join('')}</item>`);
    expect((await wordPress(item)).posts[0]?.tags).toEqual(['Web', 'rdfa', 'seo']);
  });

  it('are read whatever line breaks are around them, and around a CDATA', async () => {
    const item = wordPressItem({ 'wp:post_password': '' }).replace(/<!\[CDATA\[(.*?)\]\]>/g, (whole, text: string) =>
      text.includes('<') ? `\n  ${whole}\n  ` : `\n    ${text}\n  `,
    );
    const [post] = (await wordPress(item)).posts;
    expect(post).toMatchObject({
      id: 'wp-7',
      title: 'Hello',
      body: 'Text',
      draft: false,
      createdAt: '2020-05-01T10:00:00.000Z',
    });
  });

  it('go on where a CDATA was split, and do without signs that XML forbids', async () => {
    const split = wordPressItem({ 'content:encoded': '<pre>if (a[b[0]]]]><![CDATA[>1) x</pre>' });
    expect((await wordPress(split)).posts[0]?.body).toBe('```\nif (a[b[0]]>1) x\n```');
    const control = wordPressItem({ title: 'a\u0008b\u000bc' }, wordPressComment({ 'wp:comment_content': 'x\u0002y' }));
    const { posts, comments } = await wordPress(control);
    expect([posts[0]?.title, comments[0]?.content]).toEqual(['abc', 'xy']);
  });
});

describe('a text that is longer than the blog takes', () => {
  const family = '👩‍👩‍👧‍👦';

  it('is cut between characters as people see them, and that is said by kind', async () => {
    const comment = wordPressComment({
      'wp:comment_author': `${'z'.repeat(79)}😀`,
      'wp:comment_content': `${'y'.repeat(9_999)}😀`,
    });
    const item = wordPressItem({ title: `${'t'.repeat(295)}${family}` }, comment);
    const tag = `<category domain="post_tag">${'x'.repeat(39)}e\u0301</category>`;
    const { posts, comments, notes } = await wordPress(item.replace('</item>', `${tag}</item>`));
    expect(posts[0]).toMatchObject({ title: 't'.repeat(295), tags: ['x'.repeat(39)] });
    expect(comments[0]).toMatchObject({ author: 'z'.repeat(79), content: 'y'.repeat(9_999) });
    expect(notes).toEqual([
      'Cut: titles at 300 characters: 1, tags at 40 characters: 1.',
      'Cut: comments at 10,000 characters: 1, names at 80 characters: 1.',
    ]);
  });
});

describe('HTML that Markdown has no word for', () => {
  it.each([
    ['10<sup>16</sup> H<sub>2</sub>O', '10<sup>16</sup> H<sub>2</sub>O'],
    ['<del>old</del> <s>older</s>', '~~old~~ ~~older~~'],
    [
      '<figure><table><thead><tr><th>Port</th><th>Service</th></tr></thead><tbody><tr><td>4000</td><td>posts</td></tr></tbody></table><figcaption>Ports</figcaption></figure>',
      '| Port | Service |\n| --- | --- |\n| 4000 | posts |\n\nPorts',
    ],
    ['<table><tr><td>a</td><td style="text-align: right">1</td></tr></table>', '|  |  |\n| --- | ---: |\n| a | 1 |'],
    [
      '<video controls src="https://old.example/uploads/talk.mp4"></video>',
      '[talk.mp4](https://old.example/uploads/talk.mp4)',
    ],
    ['<audio><source src="https://old.example/e%20p.mp3"></audio>', '[e p.mp3](https://old.example/e%20p.mp3)'],
    ['<iframe src="//www.youtube.com/embed/x" title="A talk"></iframe>', '[A talk](https://www.youtube.com/embed/x)'],
    ['<pre class="wp-block-code"><code>def foo<br>  bar<br>end</code></pre>', '```\ndef foo\n  bar\nend\n```'],
    ['<pre lang="ruby">def a<br />  b<br />end</pre>', '```ruby\ndef a\n  b\nend\n```'],
    [
      'a\n\n[code language="js"]\nif (a &lt; b) {\n\n  <b>go</b>(a);\n}\n[/code]\n\nb',
      'a\n\n```js\nif (a < b) {\n\n  <b>go</b>(a);\n}\n```\n\nb',
    ],
    [
      '[caption id="x" width="300"]<a href="http://o.example/a.png"><img src="http://o.example/a-300.png" alt="A plot" /></a> Shutter <em>speed</em>[/caption]',
      '[![A plot](http://o.example/a-300.png)](http://o.example/a.png)\n\nShutter *speed*',
    ],
    [
      '[caption caption="Old way"]<img src="http://o.example/a.png" alt="x">[/caption]',
      '![x](http://o.example/a.png)\n\nOld way',
    ],
    [
      'x\n\n[embed width="400"]https://www.youtube.com/watch?v=a_b_c[/embed]',
      'x\n\nhttps://www.youtube.com/watch?v=a_b_c',
    ],
    ['[video mp4="https://o.example/a.mp4"][/video]', '[a.mp4](https://o.example/a.mp4)'],
    ['[[gallery]] shows [gallery]', '[gallery] shows [gallery]'],
    [
      '<img src="data:image/gif;base64,R0" data-src="https://o.example/lazy.png" alt="z">',
      '![z](https://o.example/lazy.png)',
    ],
    ['<script src="https://gist.github.com/ann/1.js"></script>', 'https://gist.github.com/ann/1'],
    [
      'See https://en.example/wiki/Event_bus_(computing) and\n\nhttps://www.example.org/watch?v=a_b_c-d*e',
      'See https://en.example/wiki/Event_bus_(computing) and\n\nhttps://www.example.org/watch?v=a_b_c-d*e',
    ],
    [
      '<a href="https://en.example/wiki/Message_queue">https://en.example/wiki/Message_queue</a>',
      'https://en.example/wiki/Message_queue',
    ],
    ['visit example.org/a_b_c', 'visit example.org/a_b_c'],
    ['<a href="javascript:alert(1)">no link</a>', 'no link'],
  ])('is kept as what shows the same: %s', async (html, markdown) => {
    expect(await bodyOf(html)).toBe(markdown);
  });

  it.each([
    ['[gallery ids="1,2,3"]', 'shortcode [gallery]'],
    ['[contact-form to="a@x.example"][/contact-form]', 'shortcode [contact-form]'],
    ['<script>x()</script>', 'script'],
    ['<svg><path/></svg>', 'drawing (svg)'],
    ['<iframe></iframe>', 'iframe without an address'],
    ['<img src="data:image/png;base64,R0">', 'image inside the text (data:)'],
    ['<p style="display: none">x</p>', 'hidden text'],
    ['<abbr title="World Wide Web">WWW</abbr>', 'title of an abbreviation'],
    ['<!-- wp:latest-posts {"n":5} /--><p>x</p>', 'block “latest-posts”'],
  ])('is counted and named where it can not be kept: %s', async (html, kind) => {
    const { notes, plan } = await wordPress(wordPressItem({ title: 'Odd', 'content:encoded': `<p>x</p>\n${html}` }));
    expect(notes).toEqual([`Not kept as it was: ${kind}: 1.`]);
    expect(plan.groups[0]?.kinds[0]?.examples).toEqual(['“Odd”']);
  });

  it('stays a text in brackets that is no shortcode', async () => {
    const { posts, notes } = await wordPress(
      wordPressItem({ 'content:encoded': 'a[0], [sic], [1] and [citation needed]' }),
    );
    expect([posts[0]?.body, notes]).toEqual(['a[0], [sic], [1] and [citation needed]', []]);
  });

  it('becomes what comments show: links for images, lines for tables, bold for headings', async () => {
    const html =
      '<h2>Why</h2><p><img src="https://media.example/a.gif"> <img src="https://m.example/b.png" alt="b"></p><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>';
    const { comments } = await read('disqus', disqusFile(disqusThread('1'), disqusPost('2', '1', { message: html })));
    expect(comments[0]?.content).toBe(
      '**Why**\n\n<https://media.example/a.gif> [b](https://m.example/b.png)\n\na \\| b  \n1 \\| 2',
    );
  });
});
