import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { root } from '../laptop/processes.cjs';
import {
  disqusFile,
  disqusPost,
  disqusThread,
  useReaders,
  wordPressComment,
  wordPressFile,
  wordPressItem,
} from './importing';

jest.setTimeout(120_000);

const wordPress = wordPressFile(
  wordPressItem({ title: 'Grüße 😀' }, wordPressComment({})),
  wordPressItem({ 'wp:post_id': '8', 'wp:post_password': 'pw' }),
);
const disqus = disqusFile(disqusThread('1'), disqusPost('2', '1'), disqusPost('3', '1', { isDeleted: 'true' }));
const comment = { id: 'c', postId: 'a', content: 'Nice', status: 'approved', createdAt: '2020-01-01T00:00:00Z' };
const post = '---\nid: a\ntitle: "A"\ncreatedAt: 2020-01-01T00:00:00Z\npublished: false\n---\n';

/** Takes the place of posts and comments: there is one post, everything is accepted, and every write is noted. */
function useRecordingBlog() {
  let server: Server;
  const writes: string[] = [];
  beforeAll(async () => {
    server = createServer((req, res) => {
      if (req.method !== 'GET') writes.push(`${req.method} ${req.url}`);
      const one = { id: 'p1', title: 'Hello' };
      const body = /drafts/.test(req.url ?? '') ? {} : req.url === '/posts' ? { p1: one } : one;
      req.resume();
      res.writeHead(req.method === 'PUT' ? 201 : 200, { 'Content-Type': 'application/json' });
      res.end(JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => server.close());

  /** Runs npm run import; its exit code, all that it printed, and what it wrote. */
  async function run(path: string) {
    writes.splice(0);
    const port = String((server.address() as AddressInfo).port);
    const env = { PATH: process.env['PATH'], TOKEN: 'any', POSTS_PORT: port, COMMENTS_PORT: port };
    const command = join(root, 'infra', 'laptop', 'import.mjs');
    const ended = promisify(execFile)(process.execPath, [command, path], { env });
    const { code, stdout, stderr } = await ended.then(
      (said) => ({ code: 0, ...said }),
      (error: unknown) => error as { code: number; stdout: string; stderr: string },
    );
    return { code, said: stdout + stderr, writes: [...writes] };
  }
  return run;
}

describe('an import of a file that is not whole', () => {
  const { result } = useReaders();
  const run = useRecordingBlog();
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'blog-whole-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it.each(['wordpress', 'disqus'] as const)('reads %s only to its last character', async (reader) => {
    const whole = reader === 'wordpress' ? wordPress : disqus;
    expect(await result(reader, whole)).toHaveProperty('read');
    for (let end = 0; end < whole.length; end += 1) {
      const { read, error } = await result(reader, whole.slice(0, end));
      expect({ end, read, error }).toEqual({ end, read: undefined, error: expect.stringMatching(/^line \d+: /) });
    }
  });

  const anyCut = (bytes: Buffer) => fc.integer({ min: 0, max: bytes.length - 1 });

  it.each([
    ['WordPress', Buffer.from(wordPress)],
    ['Disqus', Buffer.from(disqus)],
  ])('stores nothing of a %s file that is cut at any byte, and ends with exit code 1', async (_name, whole) => {
    const path = join(folder, 'export.xml');
    await writeFile(path, whole);
    expect(await run(path)).toMatchObject({ code: 0 });
    await fc.assert(
      fc.asyncProperty(anyCut(whole), async (end) => {
        await writeFile(path, whole.subarray(0, end));
        const { code, said, writes } = await run(path);
        expect({ code, writes }).toEqual({ code: 1, writes: [] });
        expect(said).toContain(path);
      }),
      { numRuns: 8 },
    );
  });

  it('stores nothing of a folder whose comments are cut within a line, and names the line', async () => {
    await mkdir(join(folder, 'posts'));
    await writeFile(join(folder, 'posts', 'a.md'), post);
    const line = Buffer.from(JSON.stringify(comment));
    const first = Buffer.from(`${JSON.stringify({ ...comment, id: 'b' })}\n`);
    const path = join(folder, 'comments.jsonl');
    await writeFile(path, Buffer.concat([first, line]));
    expect(await run(folder)).toMatchObject({ code: 0 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: line.length - 1 }), async (end) => {
        await writeFile(path, Buffer.concat([first, line.subarray(0, end)]));
        const { code, said, writes } = await run(folder);
        expect({ code, writes }).toEqual({ code: 1, writes: [] });
        expect(said).toContain(`${path}, line 2`);
      }),
      { numRuns: 4 },
    );
  });

  it('stores nothing of a folder with a post whose front matter is cut', async () => {
    await mkdir(join(folder, 'posts'));
    await writeFile(join(folder, 'posts', 'a.md'), post.replace('id: a', 'id: first'));
    const path = join(folder, 'posts', 'b.md');
    for (let end = 0; end < post.length - '\n'.length; end += 1) {
      await writeFile(path, post.slice(0, end));
      expect((await result('folder', folder)).error).toContain(path);
    }
    const { code, said, writes } = await run(folder);
    expect({ code, writes }).toEqual({ code: 1, writes: [] });
    expect(said).toContain(`${path}, line 1: the front matter that begins here has no end, a line of ---.`);
  });

  const broken: [string, string | Buffer, string][] = [
    [
      'garbage after the end',
      `${wordPress}\nmore`,
      'line 37: the file is cut or broken: text data outside of root node',
    ],
    ['its end cut off', wordPress.slice(0, -10), 'line 35: the file is cut or broken: unclosed tag: channel'],
    ['two roots', `${wordPress}<rss/>`, 'line 36: the file is cut or broken: documents may contain only one root'],
    ['an element that is not closed', wordPress.replace('</item>', ''), 'line 35: the file is cut or broken: '],
    ['a lone &', wordPress.replace(/<!\[CDATA\[Nice]]>/, 'Fish & chips'), 'line 19: the file is cut or broken: '],
    ['an entity of its own', wordPress.replace(/<!\[CDATA\[Nice]]>/, '&mine;'), 'line 19: the file is cut or broken: '],
    ['an attribute without quotes', wordPress.replace('version="2.0"', 'version=2.0'), 'line 2: the file is cut or'],
    ['Latin-1 that says to be UTF-8', Buffer.from(wordPress, 'latin1'), 'line 8: this is not UTF-8'],
    ['UTF-8 that says to be Latin-1', wordPress.replace('UTF-8', 'ISO-8859-1'), 'line 1: the file says that it is'],
    ['UTF-8 that says to be UTF-16', wordPress.replace('UTF-8', 'UTF-16'), 'line 1: the file says that it is UTF-16'],
    ['an encoding that there is not', wordPress.replace('UTF-8', 'none'), 'line 1: nobody knows the encoding “none”'],
    ['no channel', '<rss></rss>', 'line 1: a WordPress export is <rss> with a <channel>'],
    ['half a character at its end', Buffer.from(`${wordPress}😀`).subarray(0, -2), 'line 36: this is not UTF-8'],
  ];
  it.each(broken)('stores nothing of a file with %s, and names the line', async (_what, text, fault) => {
    const path = join(folder, 'export.xml');
    await writeFile(path, text);
    const { code, said, writes } = await run(path);
    expect({ code, writes }).toEqual({ code: 1, writes: [] });
    expect(said).toContain(`${path} can not be read: ${fault}`);
    expect(said).toContain('Nothing was stored.');
  });

  it('reads a file in the encoding that it declares, after blank lines and with characters that XML forbids', async () => {
    const path = join(folder, 'export.xml');
    const text = wordPress.replace('Grüße 😀', 'Gr\u0010üße').replace('UTF-8', 'ISO-8859-1');
    await writeFile(path, Buffer.from(`\n\n${text}`, 'latin1'));
    expect(await run(path)).toMatchObject({
      code: 0,
      writes: ['PUT /posts/wp-7', 'PUT /posts/wp-8', expect.anything()],
    });
    await writeFile(path, Buffer.from(`\ufeff\n${wordPress}`, 'utf16le'));
    expect(await run(path)).toMatchObject({ code: 0 });
    const { read } = await result('wordpress', `\n${text}`);
    expect(read?.posts[0]?.title).toBe('Grüße');
  });

  it('stores nothing of a folder with one faulty file, and names it', async () => {
    await mkdir(join(folder, 'posts'));
    await writeFile(join(folder, 'posts', 'a.md'), post);
    const [path, comments] = [join(folder, 'posts', 'b.md'), join(folder, 'comments.jsonl')];
    await cp(join(folder, 'posts', 'a.md'), path);
    await writeFile(path, Buffer.from(`${post}Grüße`, 'latin1'));
    expect(await run(folder)).toMatchObject({ code: 1, writes: [], said: expect.stringContaining(`${path}, line 7`) });
    await rm(path);
    for (const [field, value] of Object.entries({ postId: '', content: undefined, createdAt: 5, status: 'public' })) {
      await writeFile(comments, `${JSON.stringify(comment)}\n${JSON.stringify({ ...comment, [field]: value })}\n`);
      const said = expect.stringMatching(new RegExp(`comments\\.jsonl, line 2.* ${field}`)) as string;
      expect(await run(folder)).toMatchObject({ code: 1, writes: [], said });
    }
  });
});
