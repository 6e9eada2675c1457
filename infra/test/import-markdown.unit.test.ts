import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { useReaders } from './importing';

const { read } = useReaders();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blog-markdown-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (path: string, text: string | Buffer) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const post = (matter: string, body = 'x') => `---\n${matter}\n---\n${body}\n`;
const postsOf = async () => (await read('folder', folder)).posts;
const one = async (text: string, path = 'posts/a.md') => {
  write(path, text);
  return (await postsOf())[0];
};

describe('front matter', () => {
  it('is text as it was written, whatever YAML makes of it', async () => {
    const tags = 'tags: [python, 3.10, 2020, 007, 1e3, 12345678901234567890, 0x1F, yes]';
    expect(await one(post(`title: 3.10\nid: 1.10\ncreatedAt: 2021-10-04\n${tags}`))).toMatchObject({
      ...{ id: '1.10', title: '3.10', createdAt: '2021-10-04T00:00:00.000Z' },
      tags: ['python', '3.10', '2020', '007', '1e3', '12345678901234567890', '0x1F', 'yes'],
    });
    expect(await one(post('title: True\ndate: 2021-10-04'))).toMatchObject({ title: 'True' });
  });

  it.each([
    ['+++\ntitle = "Hello"\ndate = 2021-10-04T00:00:00+02:00\ntags = ["a", "b"]\n+++\nx', '2021-10-03T22:00:00.000Z'],
    ['+++\ntitle = "Hello"\ndate = 2021-10-04\ntags = ["a", "b"]\n+++\nx', '2021-10-04T00:00:00.000Z'],
    ['+++\ntitle = "Hello"\ndate = 2021-10-04T10:00:00\ntags = ["a", "b"]\n+++\nx', '2021-10-04T10:00:00.000Z'],
    ['{\n  "title": "Hello",\n  "date": "2021-10-04",\n  "tags": ["a", "b"]\n}\n\nx', '2021-10-04T00:00:00.000Z'],
    ['---json\n{ "title": "Hello", "date": "2021-10-04", "tags": ["a", "b"] }\n---\nx', '2021-10-04T00:00:00.000Z'],
    ['--- \ntitle: Hello\ndate: 2021-10-04\ntags: a b\n--- \nx', '2021-10-04T00:00:00.000Z'],
    ['---\ntitle: Hello\ndate: 2021-10-04\ntags: a, b\n...\nx', '2021-10-04T00:00:00.000Z'],
    [
      '\ufeff---\r\ntitle: Hello\r\ndate: 2021-10-04\r\ntags:\r\n  - a\r\n  - b\r\n---\r\nx',
      '2021-10-04T00:00:00.000Z',
    ],
  ])('is read in YAML, TOML and JSON: %j', async (text, createdAt) => {
    expect(await one(text)).toMatchObject({ title: 'Hello', createdAt, tags: ['a', 'b'], body: 'x' });
  });

  it.each([
    ['2016-01-02', '2016-01-02T00:00:00.000Z'],
    ['2016-01-02 20:56:40', '2016-01-02T20:56:40.000Z'],
    ['2016-01-02 20:56:40 -0400', '2016-01-03T00:56:40.000Z'],
    ['2016-01-02T20:56:40+02:00', '2016-01-02T18:56:40.000Z'],
    ['2016-01-02T20:56:40.123456Z', '2016-01-02T20:56:40.123Z'],
    ['2016-1-2 3:04', '2016-01-02T03:04:00.000Z'],
    ['Jul 08 2022', '2022-07-08T00:00:00.000Z'],
    ['July 8th, 2022 10:30', '2022-07-08T10:30:00.000Z'],
    ['Fri, 08 Jul 2022 10:30:00 +0200', '2022-07-08T08:30:00.000Z'],
  ])('has the date %j', async (date, createdAt) => {
    expect((await one(post(`title: A\ndate: ${date}`)))?.createdAt).toBe(createdAt);
    expect((await one(post(`title: A\npubDate: "${date}"`)))?.createdAt).toBe(createdAt);
  });

  it.each(['2016-02-30', 'yesterday', '2016-13-01', '2016-01-01T25:00:00Z', '1451692800'])(
    'refuses the date %j, with its line',
    async (date) => {
      await expect(one(post(`title: A\ndate: ${date}`))).rejects.toThrow(
        `${join(folder, 'posts/a.md')}, line 3: date must be a date.`,
      );
    },
  );

  it.each([
    ['---\ntitle: [A\n---\n', 'the front matter is no YAML: line'],
    ['+++\ntitle = A\n+++\n', 'the front matter is no TOML: line 2'],
    ['{\n"title": \n}\n', 'the front matter is no JSON'],
    ['---js\n{}\n---\n', 'front matter in js is not known'],
    [
      Buffer.from('---\ntitle: Café\ndate: 2020-01-01\n---\n', 'latin1'),
      'line 2: this is not UTF-8 (byte 15 of the file)',
    ],
    ['---\ntitle: A\ndate: 2020-01-01\n---\nx\0', 'body must not contain NUL'],
  ])('is refused with the file’s name where it is broken: %j', async (text, fault) => {
    write('posts/a.md', text);
    const { error } = await read('folder', folder).then(
      () => ({ error: 'nothing' }),
      (thrown: Error) => ({ error: thrown.message }),
    );
    expect(error).toContain(join(folder, 'posts/a.md'));
    expect(error).toContain(fault);
  });
});

describe('a folder of Jekyll', () => {
  it('gives names, drafts and addresses their meaning', async () => {
    write(
      '_posts/2016-01-02-hello-world.md',
      post(
        'layout: post\ntags: one two\ncategories: news',
        '{% highlight ruby %}\ndef a\n{% endhighlight %}\n{% include x.html %}',
      ),
    );
    write('_posts/2016-01-03-hidden.markdown', post('title: Hidden\npublished: false'));
    write(
      '_posts/2016-01-04-set.md',
      post('title: Set\npermalink: /old/set.html\nredirect_from: [/older/, "https://x.example/oldest"]'),
    );
    write('_posts/2016-01-05-page.html', '---\ntitle: HTML\n---\n<p>a <b>b</b></p>');
    write('_drafts/idea.md', post('title: Idea'));
    write('_posts/secret/2016-01-06-x.md', post('title: By default'));
    write('_config.yml', 'defaults:\n  - scope: { path: _posts/secret }\n    values: { published: false }\n');
    write('_layouts/2016-01-01-no.md', post('title: No'));
    const { posts, notes } = await read('folder', folder);
    expect(posts.map(({ title, draft }) => [title, draft])).toEqual([
      ...[['Hello World', false], ['Hidden', true], ['Set', false], ['HTML', false]],
      ...[['By default', true], ['Idea', true]],
    ]); // prettier-ignore
    expect(posts[0]).toMatchObject({
      ...{ createdAt: '2016-01-02T00:00:00.000Z', tags: ['one', 'two', 'news'] },
      formerPaths: ['/news/2016/01/02/hello-world.html'],
      body: '```ruby\ndef a\n```\n{% include x.html %}\n',
    });
    expect(posts[2]?.formerPaths).toEqual(['/old/set.html', '/older/', '/oldest']);
    expect(posts[3]?.body).toBe('a **b**');
    expect(notes.join()).toContain('template {% include %}, shown as text: 1');
  });
});

describe('a folder of Hugo', () => {
  it('knows bundles, subfolders, aliases, and what a section hides', async () => {
    write('content/posts/_index.md', post('title: All posts'));
    write(
      'content/posts/bundle/index.md',
      '+++\ntitle = "Bundle"\ndate = 2020-01-01\naliases = ["/was/here/"]\n+++\nx',
    );
    write('content/posts/bundle/notes.md', 'no post');
    write('content/posts/2020/deep.markdown', post('title: Deep\ndate: 2020-01-02\nslug: other'));
    write('content/posts/members/_index.md', post('title: M\ncascade:\n  build:\n    render: never'));
    write('content/posts/members/a.md', post('title: Members\ndate: 2020-01-03'));
    write('content/posts/later.md', post('title: Later\ndate: 2999-01-01'));
    const { posts, notes } = await read('folder', folder);
    expect(posts.map(({ title, draft }) => [title, draft])).toEqual([['Deep', false], ['Bundle', false], ['Later', true], ['Members', true]]); // prettier-ignore
    expect(posts.map(({ formerPaths }) => formerPaths).slice(0, 2)).toEqual([
      ['/posts/2020/other/'],
      ['/was/here/', '/posts/bundle/'],
    ]);
    expect(notes).toContain(
      'Only posts are taken over. Left out: page of a section (_index.md): 2, part of a bundle: 1.',
    );
  });
});

describe('a folder of Eleventy or Astro', () => {
  it('leaves out what they do not write, and hides what their data files hide', async () => {
    write('src/content/blog/a.md', post("title: A\npubDate: 'Jul 08 2022'\nupdatedDate: 2022-07-09"));
    write('src/content/blog/b.mdx', post('title: B\npubDate: 2022-07-08', 'import X from "x"\n\n<X />'));
    write('src/content/blog/_c.md', post('title: C\npubDate: 2022-07-08'));
    write('src/content/blog/d.md', post('title: D\npubDate: 2022-07-08\ndraft: true'));
    write('src/content/blog/hidden/hidden.json', '{ "permalink": false }');
    write('src/content/blog/hidden/e.md', post('title: E\ndate: 2022-07-08'));
    write(
      'src/content/blog/scripted/scripted.11tydata.js',
      'export default { eleventyComputed: { permalink: () => false } }',
    );
    write('src/content/blog/scripted/f.md', post('title: F\ndate: 2022-07-08'));
    const { posts, notes } = await read('folder', folder);
    expect(posts.map(({ title, draft }) => [title, draft])).toEqual([['A', false], ['B', false], ['D', true], ['E', true], ['F', true]]); // prettier-ignore
    expect(posts[0]).toMatchObject({ updatedAt: '2022-07-09T00:00:00.000Z', createdAt: '2022-07-08T00:00:00.000Z' });
    expect(notes.join()).toContain('file whose name begins with _: 1');
  });
});

describe('files in a folder of our own', () => {
  it('keeps its text as it is, whatever it holds', async () => {
    const body = '{% highlight x %}\ny\n{% endhighlight %}\n\n  <b>x</b>\r\n';
    const text = `---\nid: a\ntitle: A\ntags: []\ndraft: false\ncreatedAt: 2020-01-01T00:00:00.000Z\n---\n${body}`;
    expect((await one(text))?.body).toBe(body);
  });

  it('names the comment that can not be stored', async () => {
    write('posts/a.md', post('title: A\ndate: 2020-01-01'));
    const comment = { id: 'c', postId: 'a', content: 'x', createdAt: '2020-01-01T12:00:00+02:00' };
    const faults = {
      content: 'x\ud800',
      author: 'a'.repeat(81),
      id: 'i'.repeat(129),
      parentId: 7,
      editedAt: 'then',
      createdAt: '2020-02-30T00:00:00Z',
    };
    for (const [field, value] of Object.entries(faults)) {
      write('comments.jsonl', `${JSON.stringify(comment)}\n${JSON.stringify({ ...comment, id: 'd', [field]: value })}`);
      await expect(read('folder', folder)).rejects.toThrow(new RegExp(`comments\\.jsonl, line 2: ${field} must`));
    }
    write('comments.jsonl', JSON.stringify(comment));
    expect((await read('folder', folder)).comments).toMatchObject([
      { createdAt: '2020-01-01T10:00:00.000Z', status: 'pending' },
    ]);
  });
});
