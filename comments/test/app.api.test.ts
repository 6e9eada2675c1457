import request from 'supertest';
import { walkList } from '../../common/kit/test/list-walk';
import { outboxOf, refuseWritesTo } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { noon, push, read, startComments, verdict, write } from './comments-service';

const life = useTestLife();

const path = '/posts/p1/comments';
const first = {
  id: 'c1',
  content: 'Nice',
  status: 'pending',
  postId: 'p1',
  author: '',
  createdAt: noon,
  version: 1,
};
const editableUntil = '2026-11-24T12:15:00.000Z';
const mine = { own: true, editableUntil };
const shown = (content: string) => ({ content, html: content === '' ? '' : `<p>${content}</p>\n` });

describe('POST /posts/:id/comments', () => {
  it('answers with the comments of the post, the new one last, and how to prove that one wrote it', async () => {
    const { app, file, commits } = startComments(life);
    const answer = await request(app).post(path).send({ content: 'Nice' });
    expect({ status: answer.status, body: answer.body }).toEqual({
      status: 201,
      body: [{ ...first, ...shown('Nice'), ...mine }],
    });
    expect(answer.headers['location']).toBe('/posts/p1/comments/c1');
    expect(answer.headers['comment-token']).toMatch(/^[\w-]{24}$/);
    expect(outboxOf(file)).toMatchObject([
      { type: 'CommentCreated', source: '/comments', subject: 'c1', partitionkey: 'p1', data: first },
    ]);
    expect(commits).toHaveLength(1);
  });

  it('shows the text of nobody else’s pending comment', async () => {
    const { app } = startComments(life);
    const token = await write(app, 'First');
    const others = await request(app).post(path).send({ content: 'Second', author: 'Ada' });
    expect(others.body).toMatchObject([{ content: '' }, { content: 'Second', author: 'Ada', own: true }]);
    const own = await request(app).post(path).set('Comment-Token', token).send({ content: 'Third' });
    expect(own.body).toMatchObject([{ content: 'First', own: true }, { content: '' }, { content: 'Third', own: true }]);
  });

  it.each<[string, string, number, object | undefined]>([
    ['no content', '{}', 400, { path: 'content', message: 'is required' }],
    ['empty content', '{"content":""}', 400, { path: 'content', message: 'must not be empty' }],
    ['a list as content', '{"content":["a"]}', 400, { path: 'content', message: 'must be a string' }],
    [
      'content too long',
      `{"content":"${'x'.repeat(10_001)}"}`,
      400,
      { path: 'content', message: 'must be at most 10000 characters' },
    ],
    [
      'an author too long',
      `{"content":"a","author":"${'x'.repeat(81)}"}`,
      400,
      { path: 'author', message: 'must be at most 80 characters' },
    ],
    ['no object', 'null', 400, { path: '', message: 'is not valid JSON' }],
    ['too much', `{"content":"${'x'.repeat(100_000)}"}`, 413, undefined],
  ])('refuses %s and stores nothing', async (_what, text, status, fault) => {
    const { app, file } = startComments(life);
    const answer = await request(app).post(path).set('Content-Type', 'application/json').send(text);
    expect({ status: answer.status, errors: answer.body.errors }).toEqual({ status, errors: fault && [fault] });
    expect({ comments: await read(app), events: outboxOf(file) }).toEqual({ comments: [], events: [] });
  });

  it('takes the longest comment however it is written in JSON', async () => {
    const { app } = startComments(life);
    const text = `{"content":"${'\\u8a9e'.repeat(10_000)}","author":"${'\\u00fc'.repeat(80)}"}`;
    const { status, body } = await request(app).post(path).set('Content-Type', 'application/json').send(text);
    expect({ status, content: body[0].content }).toEqual({ status: 201, content: '語'.repeat(10_000) });
  });

  it('stores neither comment nor event where one of them can not be', async () => {
    const { app, file, commits } = startComments(life);
    refuseWritesTo('outbox', file);
    expect((await request(app).post(path).send({ content: 'Nice' })).status).toBe(500);
    expect({ comments: await read(app), commits }).toEqual({ comments: [], commits: [] });
  });

  it.each(['__proto__', 'constructor', '../x', '42', 'a b?#', '🎉', 'x'.repeat(128)])(
    'takes a comment on a post with the id %s, known or not',
    async (postId) => {
      const { app } = startComments(life);
      const of = `/posts/${encodeURIComponent(postId)}/comments`;
      const { headers, body } = await request(app).post(of).send({ content: 'Nice' });
      expect({ location: headers['location'], body }).toMatchObject({ location: `${of}/c1`, body: [{ postId }] });
      expect(await read(app, '', of)).toMatchObject([{ id: 'c1', postId }]);
      expect(await read(app)).toEqual([]);
    },
  );

  it.each(['x'.repeat(129), 'a%00', '%20', '%ff'])('refuses %s as the id of a post', async (postId) => {
    const { app } = startComments(life);
    expect((await request(app).post(`/posts/${postId}/comments`).send({ content: 'Nice' })).status).toBe(400);
    expect((await request(app).get(`/posts/${postId}/comments`)).status).toBe(400);
  });
});

describe('GET /posts/:id/comments', () => {
  it('is an empty list for a post without comments, known or not', async () => {
    const { status, text } = await request(startComments(life).app).get(path);
    expect({ status, text }).toEqual({ status: 200, text: '[]' });
  });

  it('gives the text of approved comments only', async () => {
    const { app } = startComments(life);
    for (const content of ['Nice', 'Bad', 'New']) await write(app, content);
    await push(app, verdict('c1', { revision: 1 }), verdict('c2', { revision: 1, status: 'rejected', reason: 'No.' }));
    expect(await read(app)).toEqual([
      { ...first, ...shown('Nice'), status: 'approved', version: 2 },
      { ...first, id: 'c2', ...shown(''), status: 'rejected', version: 2 },
      { ...first, id: 'c3', ...shown('') },
    ]);
  });

  it('gives an author the text of each comment that a token proves, and why it was rejected', async () => {
    const { app } = startComments(life);
    const [one, two] = [await write(app, 'One'), await write(app, 'Two'), await write(app, 'Three')];
    await push(app, verdict('c2', { revision: 1, status: 'rejected', reason: 'No.' }));
    expect(await read(app, one)).toMatchObject([{ content: 'One', own: true }, { content: '' }, { content: '' }]);
    const both = await read(app, `wrong, ${two} ,${one}`);
    expect(both).toEqual([
      { ...first, ...shown('One'), ...mine },
      { ...first, id: 'c2', ...shown('Two'), status: 'rejected', version: 2, ...mine, reason: 'No.' },
      { ...first, id: 'c3', ...shown('') },
    ]);
  });

  it.each(['wrong', '', ',', '*', 'undefined'])('gives nobody else anything for the token %j', async (token) => {
    const { app } = startComments(life);
    await write(app, 'Secret');
    expect(await read(app, token)).toEqual([{ ...first, ...shown('') }]);
  });

  it('tells caches that the answer depends on the token', async () => {
    const { headers } = await request(startComments(life).app).get(path);
    expect(headers['vary']).toBe('Comment-Token, Authorization');
    expect(headers['access-control-expose-headers']).toContain('Comment-Token');
  });

  it('walks every comment once by its links, also at equal times', async () => {
    const { app } = startComments(life);
    for (let count = 1; count <= 9; count += 1) await write(app, `Comment ${count}`);
    await write(app, 'Elsewhere', '/posts/p2/comments');
    const pages = await walkList<{ id: string }[]>(app, `${path}?limit=4`);
    expect(pages.map((page) => page.map(({ id }) => id))).toEqual([
      ['c6', 'c7', 'c8', 'c9'],
      ['c2', 'c3', 'c4', 'c5'],
      ['c1'],
    ]);
  });

  it('holds the newest hundred, in the answer to a new comment too', async () => {
    const { app } = startComments(life);
    for (let count = 1; count <= 8; count += 1) {
      await Promise.all(Array.from({ length: 13 }, () => write(app, 'Nice')));
    }
    expect(await read(app)).toHaveLength(100);
    const answer = await request(app).post(path).send({ content: 'Nice' });
    expect(answer.body).toHaveLength(100);
    expect(answer.headers['link']).toContain('rel="next"');
  });

  it('answers HEAD, and 304 until something changes', async () => {
    const { app } = startComments(life);
    await write(app, 'Nice');
    const { headers } = await request(app).head(path);
    const again = () =>
      request(app)
        .get(path)
        .set('If-None-Match', headers['etag'] ?? '');
    expect((await again()).status).toBe(304);
    await push(app, verdict('c1', { revision: 1 }));
    expect((await again()).status).toBe(200);
  });

  it('refuses what is no cursor', async () => {
    const { body } = await request(startComments(life).app).get(`${path}?cursor=x`);
    expect(body.errors).toEqual([{ path: 'cursor', message: 'is not a cursor of this list' }]);
  });
});
