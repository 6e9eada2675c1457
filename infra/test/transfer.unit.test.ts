import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../laptop/processes.cjs';

interface Read {
  posts: { id: string; title: string; body: string; draft: boolean; createdAt: string }[];
  comments: { id: string; content: string; status: string; createdAt: string }[];
  notes?: string[];
}

const now = '2026-02-03T04:05:06.000Z';

/** Reads an export of another system, in a process of its own as the readers are modules. */
function read(reader: 'readWordPress' | 'readDisqus', text: string): Read {
  const file = { readWordPress: 'wordpress.mjs', readDisqus: 'disqus.mjs' }[reader];
  const path = pathToFileURL(join(root, 'infra', 'laptop', 'transfer', file)).href;
  const posts = reader === 'readDisqus' ? `[{ id: 'p1', title: 'Hello' }], ` : '';
  const script = `import { readFileSync } from 'node:fs'; import { ${reader} } from '${path}';
    const read = ${reader}(readFileSync(0, 'utf8'), ${posts}{ now: new Date('${now}') });
    console.log(JSON.stringify(read));`;
  const args = ['--input-type=module', '-e', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { input: text, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Read;
}

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
const bodyOf = (html: string) => read('readWordPress', wordPress(item({ 'content:encoded': html }))).posts[0]?.body;
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
  ])('keeps paragraphs and line breaks, and shows no script: %j', (html, markdown) => {
    expect(bodyOf(html)).toBe(markdown);
  });

  it('does the same for comments', () => {
    const { comments } = read('readWordPress', wordPress(item({}, comment('1', '1', 'One\ntwo\n\nthree'))));
    expect(comments.map(({ content }) => content)).toEqual(['One  \ntwo\n\nthree']);
  });

  it('publishes no comment that was not public', () => {
    const comments = ['1', '0', 'spam', 'trash', 'post-trashed'].map((approved, id) => comment(`${id}`, approved));
    const read_ = read('readWordPress', wordPress(item({}, comments.join(''))));
    expect(read_.comments.map(({ status }) => status)).toEqual([
      'approved',
      'pending',
      ...Array<string>(3).fill('rejected'),
    ]);
  });

  it('makes a draft of a post with a password, lets its comments wait, and says so', () => {
    const secret = item({ title: 'Secret', 'wp:post_password': 'pw' }, comment('1', '1'));
    const { posts, comments, notes } = read('readWordPress', wordPress(secret));
    expect(posts).toMatchObject([{ title: 'Secret', draft: true }]);
    expect(comments).toMatchObject([{ status: 'pending' }]);
    expect(notes).toEqual(['“Secret” had a password: it is a draft here, and its comments wait for a person.']);
  });

  it('says what it leaves out', () => {
    const others = ['page', 'page', 'attachment'].map((type) => item({ 'wp:post_type': type })).join('');
    const { posts, notes } = read('readWordPress', wordPress(item({}) + others + item({ 'wp:status': 'trash' })));
    expect(posts).toHaveLength(1);
    expect(notes).toEqual(['Only posts are taken over. Left out: page: 2, attachment: 1, post in the trash: 1.']);
  });

  it('gives a draft without a date the date of its change, else that of the export, else that of the file', () => {
    const none = {
      'wp:status': 'draft',
      'wp:post_date_gmt': '0000-00-00 00:00:00',
      pubDate: 'Mon, 30 Nov -0001 00:00:00 +0000',
    };
    const changed = item({ ...none, 'wp:post_modified_gmt': '2021-01-01 00:00:00' });
    const exported = '<pubDate>Fri, 01 Jan 2022 00:00:00 +0000</pubDate>';
    const dates = (text: string) => read('readWordPress', text).posts.map(({ createdAt }) => createdAt);
    expect(dates(wordPress(changed + item(none), exported))).toEqual([
      '2021-01-01T00:00:00.000Z',
      '2022-01-01T00:00:00.000Z',
    ]);
    expect(dates(wordPress(item(none)))).toEqual([now]);
  });
});

describe('a Disqus import', () => {
  const disqus = (message: string) => `<disqus><thread dsq:id="1"><title>Hello</title></thread>
    <post dsq:id="2"><message>${cdata(message)}</message><isSpam>false</isSpam><thread dsq:id="1"/></post></disqus>`;

  it.each([
    ['<p>One<br>two</p>\n\n<p>Three</p><script>alert(1)</script>', 'One  \ntwo\n\nThree'],
    ['One\ntwo\n\nthree', 'One  \ntwo\n\nthree'],
  ])('keeps paragraphs and line breaks, and shows no script: %j', (message, content) => {
    expect(read('readDisqus', disqus(message)).comments).toMatchObject([{ content, createdAt: now }]);
  });
});
