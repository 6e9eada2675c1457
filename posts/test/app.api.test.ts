import request from 'supertest';
import { walkList } from '../../common/kit/test/list-walk';
import { outboxOf, refuseWritesTo } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { createPost } from '../src/domain';
import { noon, startPosts } from './posts-service';

const life = useTestLife();

const times = { createdAt: noon, updatedAt: noon };
const told = { id: 'p1', title: 'Hello', body: '', tags: [], ...times, version: 1 };
const first = { ...told, draft: false };

describe('POST /posts', () => {
  it.each(['/posts', '/posts/create'])('makes a post at %s from a title alone', async (path) => {
    const { app, file, commits } = startPosts(life);
    const { status, headers, body } = await request(app).post(path).send({ title: 'Hello' });
    expect({ status, location: headers['location'], body }).toEqual({
      status: 201,
      location: '/posts/p1',
      body: first,
    });
    expect(outboxOf(file)).toMatchObject([{ type: 'PostCreated', partitionkey: 'p1', data: told }]);
    expect(commits).toHaveLength(1);
  });

  it('takes a body in Markdown and tags, and nothing else', async () => {
    const { app } = startPosts(life);
    const sent = { title: 'Grüße 🎉', body: '# Hi', tags: ['a', 'b'], id: 'mine', createdAt: 'never', version: 7 };
    const { body } = await request(app).post('/posts').send(sent);
    expect(body).toEqual({ ...first, title: 'Grüße 🎉', body: '# Hi', tags: ['a', 'b'] });
  });

  it.each<[string, string, number, object | undefined]>([
    ['no title', '{}', 400, { path: 'title', message: 'is required' }],
    ['an empty title', '{"title":"  "}', 400, { path: 'title', message: 'must not be empty' }],
    ['a number as title', '{"title":5}', 400, { path: 'title', message: 'must be a string' }],
    [
      'a NUL',
      '{"title":"a\\u0000"}',
      400,
      { path: 'title', message: 'must not contain NUL or half of a surrogate pair' },
    ],
    [
      'half a character',
      '{"title":"\\ud83c"}',
      400,
      { path: 'title', message: 'must not contain NUL or half of a surrogate pair' },
    ],
    [
      'a title too long',
      `{"title":"${'x'.repeat(301)}"}`,
      400,
      { path: 'title', message: 'must be at most 300 characters' },
    ],
    ['a list', '[]', 400, { path: '', message: 'must be a JSON object' }],
    ['bad JSON', '{"title":', 400, { path: '', message: 'is not valid JSON' }],
    ['too much', `{"title":"${'x'.repeat(2_000_000)}"}`, 413, undefined],
  ])('refuses %s and stores nothing', async (_what, text, status, fault) => {
    const { app, file, commits } = startPosts(life);
    const answer = await request(app).post('/posts').set('Content-Type', 'application/json').send(text);
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.body.errors).toEqual(fault && [fault]);
    expect((await request(app).get('/posts')).body).toEqual({});
    expect({ events: outboxOf(file), commits }).toEqual({ events: [], commits: [] });
  });

  it('refuses a form, which a page of any origin could send', async () => {
    const { app } = startPosts(life);
    expect((await request(app).post('/posts').type('form').send({ title: 'Hello' })).status).toBe(415);
  });

  it('takes the longest post however it is written in JSON', async () => {
    const { app } = startPosts(life);
    const title = 'ä'.repeat(300);
    const body = '語'.repeat(200_000);
    const tags = Array.from({ length: 10 }, (_, index) => `${index}`.padEnd(40, 'ü'));
    const escaped = JSON.stringify({ title, body, tags }).replace(
      /[\u0080-\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
    const { status } = await request(app).post('/posts').set('Content-Type', 'application/json').send(escaped);
    expect(status).toBe(201);
    expect((await request(app).get('/posts/p1')).body).toMatchObject({ title, body, tags });
  });

  it('is a 500 that tells nothing where the post can not be stored', async () => {
    const { app, file, commits } = startPosts(life);
    refuseWritesTo('outbox', file);
    const { status, body } = await request(app).post('/posts').send({ title: 'Hello' });
    expect({ status, title: body.title, detail: body.detail }).toEqual({ status: 500, title: 'Internal Server Error' });
    expect(commits).toEqual([]);
  });
});

describe('GET /posts', () => {
  it('is an empty map where there are none', async () => {
    const { status, text } = await request(startPosts(life).app).get('/posts');
    expect({ status, text }).toEqual({ status: 200, text: '{}' });
  });

  it('is a map by id in the order of making, without the bodies', async () => {
    const { app } = startPosts(life);
    for (const title of ['Hello', 'Again']) await request(app).post('/posts').send({ title, body: 'long' });
    const { text } = await request(app).get('/posts');
    const inList = { id: 'p1', title: 'Hello', tags: [], draft: false, ...times, version: 1 };
    expect(text).toBe(JSON.stringify({ p1: inList, p2: { ...inList, id: 'p2', title: 'Again' } }));
  });

  it('walks every post once by its links, also at equal times', async () => {
    const { app } = startPosts(life);
    const titles = Array.from({ length: 9 }, (_, index) => `Title ${index}`);
    for (const title of titles) await request(app).post('/posts').send({ title });
    const pages = await walkList<Record<string, { title: string }>>(app, '/posts?limit=4');
    expect(pages.map((page) => Object.values(page).map(({ title }) => title))).toEqual([
      titles.slice(5),
      titles.slice(1, 5),
      titles.slice(0, 1),
    ]);
    expect((await request(app).get('/posts?limit=9')).headers).not.toHaveProperty('link');
  });

  it('refuses what is no limit and no cursor', async () => {
    const { status, body } = await request(startPosts(life).app).get('/posts?limit=0&cursor=x');
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { path: 'limit', message: 'must be at least 1' },
      { path: 'cursor', message: 'is not a cursor of this list' },
    ]);
  });

  it('answers HEAD, and 304 to whoever has it', async () => {
    const { app } = startPosts(life);
    const { headers } = await request(app).head('/posts');
    const again = () =>
      request(app)
        .get('/posts')
        .set('If-None-Match', headers['etag'] ?? '');
    expect((await again()).status).toBe(304);
    await request(app).post('/posts').send({ title: 'Hello' });
    expect((await again()).status).toBe(200);
  });
});

describe('GET /posts/:id', () => {
  it('is the post, with its body as HTML', async () => {
    const { app } = startPosts(life);
    await request(app).post('/posts').send({ title: 'Hello', body: '**Hi** <b>' });
    const { status, body } = await request(app).get('/posts/p1');
    const html = '<p><strong>Hi</strong> &lt;b&gt;</p>\n';
    expect({ status, body }).toEqual({ status: 200, body: { ...first, body: '**Hi** <b>', html } });
  });

  it.each(['nothing', '__proto__', 'constructor', '..%2Fx', '0', 'x'.repeat(128), '%F0%9F%8E%89'])(
    'is a 404 for %s, which is not there',
    async (id) => {
      const { status, body } = await request(startPosts(life).app).get(`/posts/${id}`);
      expect({ status, detail: body.detail }).toEqual({ status: 404, detail: 'There is no such post.' });
    },
  );

  it.each(['x'.repeat(129), 'a%00', '%20'])('is a 400 for %s, which is no id', async (id) => {
    expect((await request(startPosts(life).app).get(`/posts/${id}`)).status).toBe(400);
  });

  it.each(['__proto__', 'constructor', '../x', '42', 'x'.repeat(128)])('finds a post with the id %s', async (id) => {
    const { app, store } = startPosts(life);
    const input = { title: 'Odd', body: '', tags: [], draft: false };
    await store.transaction((tx) => tx.insert(createPost(input, { id, now: new Date(noon) })));
    expect((await request(app).get(`/posts/${encodeURIComponent(id)}`)).body).toMatchObject({ id, title: 'Odd' });
    const { text } = await request(app).get('/posts');
    expect(text).toBe(
      `{${JSON.stringify(id)}:${JSON.stringify({ id, title: 'Odd', tags: [], draft: false, ...times, version: 1 })}}`,
    );
  });
});

describe('POST /events', () => {
  it('accepts every event and ignores it', async () => {
    const { app } = startPosts(life);
    const answer = await request(app)
      .post('/events')
      .send({ type: 'CommentCreated', data: { id: 'c1' } });
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: { status: 'OK' } });
    expect((await request(app).post('/events').send({})).status).toBe(400);
  });
});
