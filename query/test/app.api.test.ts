import request from 'supertest';
import { walkList } from '../../common/kit/test/list-walk';
import { useTestLife } from '../../common/kit/test/test-life';
import { commentCreated, commentUpdated, noon, postCreated, startQuery } from './query-service';

const life = useTestLife();

const summary = {
  id: 'p1',
  title: 'Hello',
  excerpt: 'Hi there',
  tags: ['a'],
  createdAt: noon,
  updatedAt: noon,
  version: 1,
};
const comment = {
  id: 'c1',
  postId: 'p1',
  content: 'Nice',
  html: '<p>Nice</p>\n',
  author: 'Ada',
  status: 'approved',
  createdAt: noon,
  version: 1,
};

async function aFilledQuery() {
  const query = startQuery(life);
  await query.push(
    postCreated('p1', { title: 'Hello', body: '# Top\n\n**Hi** there', tags: ['a'], version: 1, createdAt: noon }),
    commentCreated('c1', { ...comment }),
    commentCreated('c2', { ...comment, id: 'c2', status: 'pending' }),
    commentCreated('c3', { ...comment, id: 'c3', status: 'rejected' }),
  );
  return query;
}

const comments = [
  comment,
  { ...comment, id: 'c2', content: '', html: '', author: '', status: 'pending' },
  { ...comment, id: 'c3', content: '', html: '', author: '', status: 'rejected' },
];

describe('GET /posts', () => {
  it('is an empty map where there are none', async () => {
    const { status, text } = await request(startQuery(life).app).get('/posts');
    expect({ status, text }).toEqual({ status: 200, text: '{}' });
  });

  it('is a map of posts with their comments; only approved ones have a text and a name, and only they count', async () => {
    const { app } = await aFilledQuery();
    const { body } = await request(app).get('/posts');
    expect(body).toEqual({ p1: { ...summary, commentCount: 1, comments } });
  });

  it('walks every post once by its links, also at equal times', async () => {
    const { app, push } = startQuery(life);
    const ids = Array.from({ length: 9 }, (_, index) => `p${index}`);
    await push(...ids.map((id) => postCreated(id)));
    const pages = await walkList<Record<string, unknown>>(app, '/posts?limit=4');
    expect(pages.map((page) => Object.keys(page))).toEqual([ids.slice(5), ids.slice(1, 5), ids.slice(0, 1)]);
  });

  it('holds the newest hundred posts, each with its newest hundred comments, oldest first', async () => {
    const { app, push } = startQuery(life);
    const number = (index: number) => String(index).padStart(3, '0');
    const all = Array.from({ length: 103 }, (_, index) => number(index));
    await push(...all.map((id) => postCreated(`p${id}`)));
    await push(...all.map((id) => commentUpdated(`c${id}`, { postId: 'p102' })));
    const { headers, body } = await request(app).get('/posts');
    expect(Object.keys(body as object)).toEqual(all.slice(3).map((id) => `p${id}`));
    expect(body.p102.comments.map(({ id }: { id: string }) => id)).toEqual(all.slice(3).map((id) => `c${id}`));
    expect(body.p102.commentCount).toBe(103);
    expect(headers['link']).toContain('rel="next"');
  });

  it('refuses what is no limit', async () => {
    const { status, body } = await request(startQuery(life).app).get('/posts?limit=101');
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [{ path: 'limit', message: 'must be at most 100' }],
    });
  });

  it('answers HEAD, and 304 until something changes', async () => {
    const { app, push } = await aFilledQuery();
    const { headers } = await request(app).head('/posts');
    const again = () =>
      request(app)
        .get('/posts')
        .set('If-None-Match', headers['etag'] ?? '');
    expect((await again()).status).toBe(304);
    await push(commentUpdated('c2', { version: 2 }));
    expect((await again()).status).toBe(200);
  });

  it('says from where the live stream goes on', async () => {
    const { app, push } = startQuery(life);
    expect((await request(app).get('/posts')).headers['stream-position']).toBe('0');
    await push(postCreated('p1'), commentCreated('c1'));
    for (const path of ['/posts', '/posts/p1']) {
      const { headers } = await request(app).get(path);
      expect(headers['stream-position']).toBe('2');
      expect(headers['access-control-expose-headers']).toContain('Stream-Position');
    }
  });
});

describe('GET /posts/:id', () => {
  it('is the post with its body, as Markdown and as HTML', async () => {
    const { app } = await aFilledQuery();
    const { body } = await request(app).get('/posts/p1');
    expect(body).toEqual({
      ...summary,
      commentCount: 1,
      body: '# Top\n\n**Hi** there',
      html: '<h2>Top</h2>\n<p><strong>Hi</strong> there</p>\n',
      comments,
    });
  });

  it('walks every comment once by its links, also at equal times', async () => {
    const { app, push } = startQuery(life);
    const ids = Array.from({ length: 9 }, (_, index) => `c${index}`);
    await push(postCreated('p1'), ...ids.map((id) => commentCreated(id)), commentCreated('x', { postId: 'p2' }));
    const pages = await walkList<{ comments: { id: string }[] }>(app, '/posts/p1?limit=4');
    expect(pages.map((page) => page.comments.map(({ id }) => id))).toEqual([
      ids.slice(5),
      ids.slice(1, 5),
      ids.slice(0, 1),
    ]);
  });

  it.each(['nothing', '__proto__', 'constructor', '..%2Fx', '0', 'x'.repeat(128)])(
    'is a 404 for %s, which is not there',
    async (id) => {
      const { status, body } = await request((await aFilledQuery()).app).get(`/posts/${id}`);
      expect({ status, detail: body.detail }).toEqual({ status: 404, detail: 'There is no such post.' });
    },
  );

  it.each(['x'.repeat(129), 'a%00', '%ff'])('is a 400 for %s, which is no id', async (id) => {
    expect((await request(startQuery(life).app).get(`/posts/${id}`)).status).toBe(400);
  });
});

describe('Its other routes', () => {
  it.each(['/posts', '/posts/p1', '/stream'])('take no writes: %s', async (path) => {
    const { status, headers } = await request(startQuery(life).app).post(path).send({});
    expect({ status, allow: headers['allow'] }).toEqual({ status: 405, allow: 'GET, HEAD, OPTIONS' });
  });

  it('are open to pages of any origin', async () => {
    const { headers } = await request(startQuery(life).app).get('/posts').set('Origin', 'https://example.org');
    expect(headers['access-control-allow-origin']).toBe('*');
  });
});
