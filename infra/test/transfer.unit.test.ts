import { now, useReaders } from './importing';

const { read } = useReaders();
const cdata = (text: string) => `<![CDATA[${text}]]>`;
const wordPress = (items: string, more = '') => `<rss><channel>${more}${items}</channel></rss>`;
const item = (fields: Record<string, string>, more = '') => {
  const all = {
    ...{ title: 'Hello', 'wp:post_id': '7', 'wp:post_type': 'post', 'wp:status': 'publish' },
    ...{ 'wp:post_date_gmt': '2020-05-01 10:00:00', ...fields },
  };
  const tags = Object.entries(all).map(([tag, text]) => `<${tag}>${cdata(text)}</${tag}>`);
  return `<item>${tags.join('')}${more}</item>`;
};
const bodyOf = async (html: string) =>
  (await read('wordpress', wordPress(item({ 'content:encoded': html })))).posts[0]?.body;
const comment = (id: string, approved: string, content = 'Nice') =>
  `<wp:comment><wp:comment_id>${id}</wp:comment_id><wp:comment_content>${cdata(content)}</wp:comment_content>
  <wp:comment_approved>${approved}</wp:comment_approved></wp:comment>`;

describe('a WordPress import', () => {
  it.each([
    ['One\nline.\r\n\r\nTwo <b>bold</b>\n\n\nThree', 'One  \nline.\n\nTwo **bold**\n\nThree'],
    [
      '<h2>Why</h2>\nSo.\n\nAnd.\n<ul>\n<li>a</li>\n<li>b</li>\n</ul>\nEnd',
      '## Why\n\nSo.\n\nAnd.\n\n-   a\n-   b\n\nEnd',
    ],
    ['First\n\n<!--more-->\n\nSecond', 'First\n\nSecond'],
    ['Code:\n<pre>if (a) {\n\n  b\n}</pre>\nDone', 'Code:\n\n```\nif (a) {\n\n  b\n}\n```\n\nDone'],
    ['<p>One</p>\n\n<p>Two<br />\nthree</p>', 'One\n\nTwo  \nthree'],
    ['1 < 2\n\n3', '1 < 2\n\n3'],
    ['A<script>alert(1)\n\nx</script><style>p { color: red }</style>\n\nB', 'A\n\nB'],
    [
      '<!-- wp:paragraph -->\n<p>One\ntwo</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:paragraph -->\n<p>Three</p>\n<!-- /wp:paragraph -->',
      'One two\n\nThree',
    ],
  ])('keeps paragraphs and line breaks, and shows no script: %j', async (html, markdown) => {
    expect(await bodyOf(html)).toBe(markdown);
  });

  it('does the same for comments', async () => {
    const { comments } = await read('wordpress', wordPress(item({}, comment('1', '1', 'One\ntwo\n\nthree'))));
    expect(comments.map(({ content }) => content)).toEqual(['One  \ntwo\n\nthree']);
  });

  it('says what it leaves out', async () => {
    const others = ['page', 'page', 'attachment'].map((type) => item({ 'wp:post_type': type })).join('');
    const { posts, notes } = await read('wordpress', wordPress(item({}) + others + item({ 'wp:status': 'trash' })));
    expect(posts).toHaveLength(1);
    expect(notes).toEqual(['Only posts are taken over. Left out: page: 2, attachment: 1, post in the trash: 1.']);
  });

  it('gives a draft without a date the date of its change, else that of the export, else that of the file', async () => {
    const none = {
      'wp:post_id': '8',
      'wp:status': 'draft',
      'wp:post_date_gmt': '0000-00-00 00:00:00',
      pubDate: 'Mon, 30 Nov -0001 00:00:00 +0000',
    };
    const changed = item({ ...none, 'wp:post_id': '9', 'wp:post_modified_gmt': '2021-01-01 00:00:00' });
    const exported = '<pubDate>Fri, 01 Jan 2022 00:00:00 +0000</pubDate>';
    const dates = async (text: string) => (await read('wordpress', text)).posts.map(({ createdAt }) => createdAt);
    expect(await dates(wordPress(changed + item(none), exported))).toEqual([
      '2021-01-01T00:00:00.000Z',
      '2022-01-01T00:00:00.000Z',
    ]);
    expect(await dates(wordPress(item(none)))).toEqual([now]);
  });
});

describe('a Disqus import', () => {
  const disqus = (message: string) => `<disqus><thread dsq:id="1"><title>Hello</title></thread>
    <post dsq:id="2"><message>${cdata(message)}</message><isDeleted>false</isDeleted><isSpam>false</isSpam><thread dsq:id="1"/></post></disqus>`;

  it.each([
    ['<p>One<br>two</p>\n\n<p>Three</p><script>alert(1)</script>', 'One  \ntwo\n\nThree'],
    ['One\ntwo\n\nthree', 'One  \ntwo\n\nthree'],
  ])('keeps paragraphs and line breaks, and shows no script: %j', async (message, content) => {
    expect((await read('disqus', disqus(message))).comments).toMatchObject([{ content, createdAt: now }]);
  });
});
