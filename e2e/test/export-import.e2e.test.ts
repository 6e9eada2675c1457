/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { authEnvironment } from '../harness/auth';
import { createComment, createPost, type Post, readView, servers } from '../harness/blog';
import { startSystem, type System } from '../harness/system';
import { read, send } from '../harness/send';
import { contentOf, transfer as run } from '../harness/transfer';
import { waitFor } from '../harness/wait-for';

jest.setTimeout(120_000);

const running: System[] = [];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blog-export-'));
});
afterEach(async () => {
  for (const system of running.splice(0)) await system.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<System> {
  const system = await startSystem({ only: servers, env: authEnvironment });
  running.push(system);
  return system;
}

async function untilJudged(system: System, postId: string, count: number): Promise<void> {
  await waitFor(`${count} judged comments`, async () => {
    const comments = (await readView(system))[postId]?.comments ?? [];
    return comments.length === count && comments.every(({ status }) => status !== 'pending');
  });
}

describe('npm run export and npm run import', () => {
  it('bring a blog elsewhere as it is: an export of the copy is the same, byte for byte', async () => {
    const first = await start();
    const post = await createPost(first, 'Grüße: "1" & more');
    await createPost(first, '2026');
    await createComment(first, post.id, 'First *comment*');
    await createComment(first, post.id, 'I like orange');
    await untilJudged(first, post.id, 2);
    const before = join(folder, 'before');
    expect(await run('export', first, before)).toContain('2 posts and 2 comments are in');

    const second = await start();
    expect(await run('import', second, before)).toMatch(/posts: 2 added.*\ncomments: 2 added/);
    expect(await run('import', second, before)).toMatch(/posts: 0 added, 2 were there.*\ncomments: 0 added, 2 were/);
    await untilJudged(second, post.id, 2);
    const after = join(folder, 'after');
    await run('export', second, after);
    expect(await contentOf(after)).toEqual(await contentOf(before));
    expect((await readView(second))[post.id]?.comments.map(({ status }) => status)).toEqual(['approved', 'rejected']);
  });

  it('take over a WordPress export, and comments of a Disqus export for posts that are here', async () => {
    const system = await start();
    const wordpress = join(folder, 'wordpress.xml');
    await writeFile(wordpress, wordPressExport);
    expect(await run('import', system, wordpress)).toMatch(/posts: 2 added.*\ncomments: 2 added/);
    const { posts } = system.urls;
    const { body, tags, createdAt } = (await send<Record<string, unknown>>(`${posts}/posts/wp-7`)).json();
    expect({ body, tags, createdAt }).toEqual({
      ...{ body: '## Why\n\nSome **bold** words.', tags: ['News'], createdAt: '2020-05-01T10:00:00.000Z' },
    });
    expect((await send(`${posts}/posts/wp-8`)).status).toBe(404);
    await untilJudged(system, 'wp-7', 2);

    const disqus = join(folder, 'disqus.xml');
    await writeFile(disqus, disqusExport);
    const said = await run('import', system, disqus);
    expect(said).toMatch(/comments: 2 added/);
    expect(said).toContain('No post here is called “Elsewhere”');
    await untilJudged(system, 'wp-7', 4);
    expect(await run('import', system, disqus)).toMatch(/comments: 0 added, 2 were there already, 0 refused/);
  });

  it('take over Markdown that somebody wrote by hand, once, and name the file at fault', async () => {
    const system = await start();
    await mkdir(join(folder, 'posts'));
    const write = (name: string, text: string) => writeFile(join(folder, 'posts', name), text);
    await write('hello.md', '---\r\ntitle: Hello\r\ncreatedAt: 2020-01-01T00:00:00Z\r\n---\r\nBy hand');
    await write('there.md', '---\ntitle: 42\ncreatedAt: 2020-01-02T00:00:00Z\n---');
    expect(await run('import', system, folder)).toContain('posts: 2 added');
    expect(await run('import', system, folder)).toContain('posts: 0 added, 2 were there already, 0 refused');
    const posts = Object.values(await read<Record<string, Post>>(`${system.urls.posts}/posts`));
    expect(posts.map(({ title }) => title)).toEqual(['Hello', '42']);
    expect(posts.map(({ id }) => id)).toEqual(Array(2).fill(expect.stringMatching(/^file-[0-9a-f]{24}$/)));

    await write('when.md', '---\ntitle: When\ncreatedAt: yesterday\n---\n');
    expect(await run('import', system, folder)).toContain('when.md, line 3: createdAt must be a date.');
    for (const [matter, fault] of faultyMatters) {
      await write('when.md', `---\n${matter}\n---\n`);
      expect(await run('import', system, folder)).toMatch(fault);
    }
    await rm(join(folder, 'posts', 'when.md'));
    await writeFile(join(folder, 'comments.jsonl'), '\n{"id":"c1"}\n');
    expect(await run('import', system, folder)).toContain('comments.jsonl, line 2 has no postId');
  });

  it('say what is wrong', async () => {
    const system = await start();
    expect(await run('import', system, join(folder, 'nowhere'))).toContain('There is no');
    await writeFile(join(folder, 'text.xml'), '<html></html>');
    expect(await run('import', system, join(folder, 'text.xml'))).toContain('is no folder of an export');
    await writeFile(join(folder, 'cut.xml'), '<rss><channel><item><![CDATA[cut');
    expect(await run('import', system, join(folder, 'cut.xml'))).toContain('cut.xml can not be read: ');
    expect(await run('export', system, folder)).toContain('is not empty');
  });
});

const faultyMatters = [
  ['createdAt: 2020-01-01T00:00:00Z', /when\.md has no title/],
  ['title: When', /when\.md has no createdAt/],
  ['title: "When', /when\.md: the front matter is no YAML/],
  ['When', /when\.md: the front matter has no lines/],
] as const;

const wordPressExport = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>Old blog</title>
<item><title>Hello &amp; welcome</title><content:encoded><![CDATA[<h2>Why</h2><p>Some <strong>bold</strong> words.</p>]]></content:encoded>
<wp:post_id>7</wp:post_id><wp:post_type>post</wp:post_type><wp:status>publish</wp:status><wp:post_date_gmt>2020-05-01 10:00:00</wp:post_date_gmt>
<category domain="category" nicename="news"><![CDATA[News]]></category><category domain="category" nicename="u">Uncategorized</category>
<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_author><![CDATA[Ana]]></wp:comment_author><wp:comment_date_gmt>2020-05-02 10:00:00</wp:comment_date_gmt>
<wp:comment_content><![CDATA[Nice]]></wp:comment_content><wp:comment_approved>1</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment>
<wp:comment><wp:comment_id>2</wp:comment_id><wp:comment_author>Spam</wp:comment_author><wp:comment_date_gmt>2020-05-02 11:00:00</wp:comment_date_gmt>
<wp:comment_content>Buy</wp:comment_content><wp:comment_approved>spam</wp:comment_approved><wp:comment_parent>1</wp:comment_parent></wp:comment>
</item>
<item><title>Not yet</title><content:encoded>draft</content:encoded><wp:post_id>8</wp:post_id><wp:post_type>post</wp:post_type><wp:status>draft</wp:status><wp:post_date_gmt>2020-06-01 10:00:00</wp:post_date_gmt></item>
<item><title>A page</title><wp:post_id>9</wp:post_id><wp:post_type>page</wp:post_type><wp:status>publish</wp:status></item>
</channel></rss>`;

const disqusExport = `<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="100"><link>http://old.example/hello</link><title>hello &amp; Welcome</title></thread>
<thread dsq:id="101"><link>http://old.example/elsewhere</link><title>Elsewhere</title></thread>
<post dsq:id="500"><message><![CDATA[<p>From Disqus</p>]]></message><createdAt>2021-01-01T00:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Ben</name></author><thread dsq:id="100"/></post>
<post dsq:id="501"><message><![CDATA[<p>A reply</p>]]></message><createdAt>2021-01-02T00:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Cy</name></author><thread dsq:id="100"/><parent dsq:id="500"/></post>
<post dsq:id="502"><message>Lost</message><createdAt>2021-01-02T00:00:00Z</createdAt><isDeleted>false</isDeleted><isSpam>false</isSpam><author><name>Cy</name></author><thread dsq:id="101"/></post>
<post dsq:id="503"><message>Gone</message><createdAt>2021-01-02T00:00:00Z</createdAt><isDeleted>true</isDeleted><isSpam>false</isSpam><author><name>Cy</name></author><thread dsq:id="100"/></post>
</disqus>`;
