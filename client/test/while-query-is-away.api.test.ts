import request from 'supertest';
import { type FakeServer, serve } from './fake-blog';
import { setUpApp, type TestBlog } from './set-up-app';

let test: TestBlog;
beforeEach(async () => void (test = await setUpApp({ embedOrigins: ['https://shop.example'] })));
afterEach(() => test.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  request(test.app)
    .get(path)
    .set({ Accept: 'text/html', ...headers });

const stale = '110 - "Response is Stale"';
const note = 'Last update:';

/** Query's port refuses connections from now on. Gives what brings it back. */
async function takeAway(name: 'query' | 'posts' | 'comments'): Promise<() => Promise<FakeServer>> {
  const port = Number(new URL(test.servers[name].url).port);
  await test.servers[name].close();
  return async () => (test.servers[name] = await serve(test.blog.apps[name], port));
}

/** Different ways in which it fails. */
const failures: [string, () => Promise<unknown>][] = [
  ['refuses connections', () => takeAway('query')],
  ['answers 503', async () => test.blog.broken.set('query', 503)],
  ['answers 500', async () => test.blog.broken.set('query', 500)],
];

describe.each(failures)('While query %s', (_title, fail) => {
  it('the front page, lists and tags are as they were, and say so', async () => {
    for (let n = 1; n <= 25; n += 1) test.blog.addPost({ title: `Title ${n}.`, tags: n === 3 ? ['t'] : [] });
    const paths = ['/', '/?tag=t', '/?q=Title+4', '/?cursor=20'];
    const before = [];
    for (const path of paths) before.push((await get(path).expect(200)).text);
    for (const text of before) expect(text).not.toContain(note);
    await fail();
    for (const [index, path] of paths.entries()) {
      const { text, headers } = await get(path).expect(200).expect('Warning', stale).expect('Age', /^\d+$/);
      const titles = (html: string) => html.match(/Title \d+\./g);
      expect(titles(text)).toEqual(titles(before[index] ?? ''));
      expect(text).toContain(note);
      expect(headers['cache-control']).toContain('no-cache');
    }
  });

  it('reads through /api are answered as they were, marked, with their own headers', async () => {
    const { id } = test.blog.addPost({ title: 'Kept' });
    for (let n = 0; n < 3; n += 1) test.blog.addPost({ title: 'T' });
    const paths = ['/api/query/posts?limit=2', `/api/query/posts/${id}`, '/api/query/posts'];
    const before = [];
    for (const path of paths) before.push(await request(test.app).get(path).expect(200));
    await fail();
    for (const [index, path] of paths.entries()) {
      const answer = await request(test.app).get(path).expect(200).expect('Warning', stale).expect('Age', /^\d+$/);
      expect(answer.body).toEqual(before[index]?.body);
      for (const name of ['etag', 'link', 'total-count', 'content-type', 'content-length'])
        expect(answer.headers[name]).toBe(before[index]?.headers[name]);
      await request(test.app).head(path).expect(200).expect('Warning', stale);
    }
  });

  it('feeds are as they were', async () => {
    await get('/feed.atom').expect(200);
    await fail();
    await get('/feed.atom').expect(200).expect('Warning', stale).expect('Content-Type', /atom/);
  });

  it('a page that nobody has asked for is a 503 that says when to try again', async () => {
    await get('/').expect(200);
    await fail();
    const list = await get('/?tag=other').expect(503).expect('Retry-After', /^\d+$/);
    expect(list.text).toContain('The list of posts is away');
    expect(list.headers['warning']).toBeUndefined();
    const { status } = await request(test.app).get('/api/query/tags');
    expect(status).toBeGreaterThanOrEqual(500);
  });
});

describe('The page of a post while query is away', () => {
  it('is made of what posts and comments know, which is newer than what query told', async () => {
    const post = test.blog.addPost({ title: 'Before', html: '<p>before</p>' });
    await get(`/posts/${post.id}`).expect(200);
    await takeAway('query');
    Object.assign(post, { title: 'After', html: '<p>after</p>' });
    test.blog.addComment(post.id, { content: 'written meanwhile' });
    const { text, headers } = await get(`/posts/${post.id}`).expect(200);
    expect(text).toContain('<p>after</p>');
    expect(text).toContain('written meanwhile');
    expect(text).not.toContain(note);
    expect(headers['warning']).toBeUndefined();
  });

  it.each(['posts', 'comments'] as const)('is as it was, and says so, if %s is away too', async (name) => {
    const post = test.blog.addPost({ title: 'Kept', html: '<p>kept</p>' });
    test.blog.addComment(post.id, { content: 'kept comment' });
    await get(`/posts/${post.id}`).expect(200);
    await takeAway('query');
    await takeAway(name);
    for (const path of [`/posts/${post.id}`, `/embed/${post.id}`]) {
      const { text } = await get(path).expect(200).expect('Warning', stale).expect('Age', /^\d+$/);
      expect(text).toContain('kept comment');
      expect(text).toContain(note);
    }
  });

  it('shows earlier comments as they were: comments alone does not know that page', async () => {
    const { id } = test.blog.addPost({ title: 'Kept' });
    test.blog.addComment(id, { content: 'an early one' });
    await get(`/posts/${id}?comments=c`).expect(200);
    await takeAway('query');
    const { text } = await get(`/posts/${id}?comments=c`).expect(200).expect('Warning', stale);
    expect(text).toContain('an early one');
  });

  it('is gone if the post was deleted meanwhile, whatever query told before', async () => {
    const { id } = test.blog.addPost({ title: 'Deleted' });
    await get(`/posts/${id}`).expect(200);
    await takeAway('query');
    test.blog.posts.delete(id);
    await get(`/posts/${id}`).expect(404);
    await get(`/posts/${id}?comments=c`).expect(404);
  });
});

describe('What is kept of query’s answers', () => {
  it('is forgotten when query says that it is gone', async () => {
    const { id } = test.blog.addPost({ title: 'Deleted' });
    await request(test.app).get(`/api/query/posts/${id}`).expect(200);
    test.blog.posts.delete(id);
    await request(test.app).get(`/api/query/posts/${id}`).expect(404);
    await takeAway('query');
    await request(test.app).get(`/api/query/posts/${id}`).expect(503);
  });

  it('is never the answer to somebody who shows a token or is signed in', async () => {
    test.blog.addPost({ title: 'T' });
    const cookie = await test.signIn('author');
    await get('/api/query/posts?limit=7', { Cookie: cookie }).expect(200);
    await get('/api/query/posts?limit=8', { Authorization: `Bearer ${cookie.replace('session=', '')}` }).expect(200);
    await get('/api/query/posts?limit=9', { 'Comment-Token': 'x' }).expect(200);
    await takeAway('query');
    for (const limit of [7, 8, 9]) await request(test.app).get(`/api/query/posts?limit=${limit}`).expect(503);
  });

  it('is not how query itself is, nor anything of another service', async () => {
    const { id } = test.blog.addPost({ title: 'T' });
    test.blog.apps.query.get('/readyz', (_req, res) => void res.json({ status: 'ready' }));
    await request(test.app).get('/api/query/readyz').expect(200);
    await request(test.app).get(`/api/posts/posts/${id}`).expect(200);
    await request(test.app).get(`/api/comments/posts/${id}/comments`).expect(200);
    for (const name of ['query', 'posts', 'comments'] as const) await takeAway(name);
    await request(test.app).get('/api/query/readyz').expect(503);
    await request(test.app).get(`/api/posts/posts/${id}`).expect(503);
    await request(test.app).get(`/api/comments/posts/${id}/comments`).expect(503);
  });

  it('is not given once query answers again: the very next page is new', async () => {
    test.blog.addPost({ title: 'Old.' });
    await get('/').expect(200);
    const bringBack = await takeAway('query');
    test.blog.addPost({ title: 'New.' });
    expect((await get('/').expect(200)).text).not.toContain('New.');
    await bringBack();
    const { text, headers } = await get('/').expect(200);
    expect(text).toContain('New.');
    expect(text).not.toContain(note);
    expect(headers['warning']).toBeUndefined();
  });

  it('leaves the live stream alone, which says that it is away and when to come back', async () => {
    await get('/').expect(200);
    await takeAway('query');
    await request(test.app).get('/api/query/stream').expect(503).expect('Retry-After', /^\d+$/);
  });
});
