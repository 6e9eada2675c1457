import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from '@blog/kit/sqlite';
import { disqusFile, disqusPost, disqusThread, useReaders } from './importing';

const { read } = useReaders();
const weekly = (id: string, path: string) => ({ id, title: 'Weekly links', formerPaths: [path] });
const posts = [
  weekly('wp-1151', '/2012/01/weekly-links/'),
  weekly('wp-1152', '/2012/02/weekly-links/'),
  { id: 'hello-world', title: 'Hello &amp; welcome' },
  { id: 'p3', title: 'Parents' },
];

describe('a Disqus thread', () => {
  const threads = async (...fields: Record<string, string>[]) => {
    const all = fields.map((one, index) => disqusThread(String(index), { link: '', title: '', ...one }));
    const comments = fields.map((_, index) => disqusPost(`c${index}`, String(index)));
    const { comments: taken, problems } = await read('disqus', disqusFile(...all, ...comments), posts);
    return { of: taken.map(({ postId }) => postId), problems };
  };

  it.each([
    [
      'an identifier of the WordPress plugin',
      { id: '1152 http://old.example/?p=1152', title: 'Weekly links' },
      'wp-1152',
    ],
    ['the id of a post here', { id: 'hello-world' }, 'hello-world'],
    ['an identifier that is an address', { id: '/2012/02/weekly-links' }, 'wp-1152'],
    [
      'its old address',
      { link: 'https://old.example/2012/01/weekly-links/index.html?utm=x', title: 'Weekly links' },
      'wp-1151',
    ],
    ['an address with ?p=', { link: 'https://old.example/?p=1151', title: 'Weekly links' }, 'wp-1151'],
    [
      'a post’s id in its address',
      { link: 'https://old.example/posts/hello-world/x', title: 'Parents' },
      'hello-world',
    ],
    [
      'a title that one post has, whatever its capitals',
      { link: 'https://old.example/x', title: ' hello  &amp; Welcome' },
      'hello-world',
    ],
  ])('finds its post by %s', async (_what, fields, postId) => {
    expect(await threads(fields)).toEqual({ of: [postId], problems: [] });
  });

  it('is named where several posts have its title, several pages of the file do, or it has none', async () => {
    expect(await threads({ link: 'https://old.example/elsewhere', title: 'Weekly links' })).toEqual({
      of: [],
      problems: [
        'Several posts or pages may be meant by “Weekly links” https://old.example/elsewhere (wp-1151, wp-1152): its comment is left out.',
      ],
    });
    const pages = ['/a/', '/b/'].map((path) => ({ link: `https://old.example${path}`, title: 'Parents' }));
    expect((await threads(...pages)).problems).toEqual([
      'Several posts or pages may be meant by “Parents” https://old.example/a/ (p3): its comment is left out.',
      'Several posts or pages may be meant by “Parents” https://old.example/b/ (p3): its comment is left out.',
    ]);
    expect((await threads({ link: 'https://old.example/2012/01/none/' }, { id: 'x' })).problems).toEqual([
      'No post here is called https://old.example/2012/01/none/: its comment is left out.',
      'No post here is called x: its comment is left out.',
    ]);
  });

  it('may be there twice for one page', async () => {
    const pages = ['http://old.example/a/', 'https://old.example/a/index.html?x'].map((link) => ({
      link,
      title: 'Parents',
    }));
    expect((await threads(...pages)).of).toEqual(['p3', 'p3']);
  });

  it('gives comments of files that other programs wrote their ids, and replies to deleted ones no parent', async () => {
    const own = disqusPost('x', '1').replace('<post dsq:id="x">', '<post><id>101</id>');
    const reply = disqusPost('3', '1').replace('</post>', '<parent dsq:id="2"/></post>');
    const file = disqusFile(disqusThread('1'), own, disqusPost('2', '1', { isDeleted: 'true' }), reply);
    const { comments, notes } = await read('disqus', file);
    expect(comments.map(({ id, parentId }) => [id, parentId])).toEqual([
      ['disqus-101', undefined],
      ['disqus-3', undefined],
    ]);
    expect(notes[0]).toBe('Comments left out: deleted: 1.');
  });
});

describe('a database of Isso', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'blog-isso-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function isso(...rows: (string | number | null)[][]): string {
    const path = join(folder, 'comments.db');
    const db = new Sqlite(path);
    db.pragma('foreign_keys = OFF');
    db.exec(`CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));
      CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER, created FLOAT NOT NULL, modified FLOAT,
        mode INTEGER, remote_addr VARCHAR, text VARCHAR, author VARCHAR, email VARCHAR, website VARCHAR, likes INTEGER, dislikes INTEGER, voters BLOB);
      INSERT INTO threads VALUES (1, '/2012/01/weekly-links/', 'x'), (2, '/elsewhere/', 'Elsewhere')`);
    const insert = db.prepare(
      'INSERT INTO comments (tid, id, parent, created, modified, mode, text, author) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    for (const row of rows) insert.run(...row);
    db.close();
    return path;
  }

  it('gives its comments with their status, and names threads without a post', async () => {
    const path = isso(
      [1, 1, null, 1577872800.5, null, 1, 'A *comment*', 'Ann'],
      [1, 2, 1, 1577872900, 1577873000, 1, 'A reply', null],
      [1, 3, 4, 1577872900, null, 2, 'SECRET waits', 'Ben'],
      [1, 4, null, 1577872900, null, 4, '', null],
      [1, 5, null, 1577872900, null, 3, 'SECRET unknown', null],
      [2, 6, null, 1577872900, null, 1, 'Elsewhere', null],
      [9, 7, null, 1577872900, null, 1, 'SECRET of no thread', null],
    );
    const { comments, notes, problems } = await read('isso', path, posts);
    expect(comments).toMatchObject([
      {
        id: 'isso-1',
        postId: 'wp-1151',
        content: 'A *comment*',
        author: 'Ann',
        status: 'approved',
        createdAt: '2020-01-01T10:00:00.500Z',
      },
      { id: 'isso-2', parentId: 'isso-1', author: '', status: 'approved', editedAt: '2020-01-01T10:03:20.000Z' },
      { id: 'isso-3', status: 'pending' },
    ]);
    expect(comments[2]).not.toHaveProperty('parentId');
    expect(notes[0]).toBe(
      'Comments left out: deleted: 1, with the mode 3: 1, their post is not here: 1, of a thread that is not in the file: 1.',
    );
    expect(problems).toEqual(['No post here is called “Elsewhere” /elsewhere/: its comment is left out.']);
  });

  it('is refused where it is another database', async () => {
    const path = join(folder, 'other.db');
    new Sqlite(path).exec('CREATE TABLE comments (id)').close();
    await expect(read('isso', path, posts)).rejects.toThrow(
      'the table threads has no column id: this is no database of Isso',
    );
  });
});

describe('a backup of Remark42', () => {
  const url = 'https://old.example/2012/02/weekly-links/';
  const users = [
    { id: 'u1', blocked: { status: false, until: '0001-01-01T00:00:00Z' } },
    { id: 'u2', blocked: { status: true, until: '2018-12-23T02:55:22Z' } },
  ];
  const head = { version: 1, users, posts: [{ url, read_only: true }] };
  const comment = (id: string, more: object = {}) => ({
    ...{ id, pid: '', text: '<p>Nice <b>x</b></p>', user: { name: 'Ann &amp; Co', id: 'u1', admin: false } },
    ...{ locator: { site: 's', url }, score: 0, votes: {}, time: '2017-12-20T15:18:22-06:00', ...more },
  });
  const file = (...comments: object[]) => [head, ...comments].map((line) => JSON.stringify(line)).join('\n');

  it('gives its comments, and leaves out what nobody could see', async () => {
    const { comments, notes } = await read(
      'remark42',
      file(
        comment('a'),
        comment('b', { pid: 'a', edit: { time: '2017-12-21T00:00:00Z', summary: '' } }),
        comment('c', { text: 'SECRET', delete: true }),
        comment('d', { text: 'SECRET', user: { name: 'x', id: 'u2' } }),
        comment('e', { text: 'SECRET', user: { name: 'x', id: 'u3', block: true } }),
        comment('f', { pid: 'c' }),
      ),
      posts,
    );
    expect(comments).toMatchObject([
      {
        id: 'remark42-a',
        postId: 'wp-1152',
        author: 'Ann & Co',
        content: 'Nice **x**',
        createdAt: '2017-12-20T21:18:22.000Z',
      },
      { id: 'remark42-b', parentId: 'remark42-a', editedAt: '2017-12-21T00:00:00.000Z' },
      { id: 'remark42-f' },
    ]);
    expect(notes[0]).toBe('Comments left out: deleted: 1, of a user who is blocked: 2.');
  });

  it.each([
    ['{"id":"a"', 'line 2: not JSON'],
    [JSON.stringify(comment('a', { delete: 'maybe' })), 'line 2: delete must be true or false'],
    [JSON.stringify(comment('a', { time: 'then' })), 'line 2: time must be a moment'],
    [JSON.stringify(comment('a', { locator: {} })), 'line 2: the comment has no url'],
    [JSON.stringify(comment('a', { text: 'x\0' })), 'line 2: text must not contain NUL'],
  ])('is refused as a whole where a line is %s', async (line, fault) => {
    await expect(
      read('remark42', `${JSON.stringify(head)}\n${line}\n${JSON.stringify(comment('b'))}`, posts),
    ).rejects.toThrow(fault);
  });

  it('is refused where it is of a version that is not known', async () => {
    await expect(read('remark42', JSON.stringify({ ...head, version: 2 }), posts)).rejects.toThrow('line 1: version 2');
  });
});
