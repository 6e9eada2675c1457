import request from 'supertest';
import { outboxOf } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { as, startPosts } from './posts-service';

const life = useTestLife();

async function started(options: Parameters<typeof startPosts>[1] = {}) {
  const { app, file, ...rest } = startPosts(life, options);
  return { ...rest, at: () => request(app), events: () => outboxOf(file), author: await as('author') };
}

const eventTypes = (events: { type: string }[]) => events.map(({ type }) => type);

describe('a draft', () => {
  it('is seen by authors only, and by nobody through events', async () => {
    const { at, author, events } = await started();
    const { status, body } = await at().post('/posts').set(author).send({ title: 'Soon', draft: true });
    expect({ status, draft: body.draft }).toEqual({ status: 201, draft: true });
    expect((await at().get('/posts/p1')).status).toBe(404);
    expect((await at().get('/posts')).body).toEqual({});
    expect((await at().get('/posts/p1').set(author)).body).toMatchObject({ title: 'Soon', draft: true });
    expect((await at().get('/posts?drafts=true').set(author)).body).toMatchObject({ p1: { title: 'Soon' } });
    expect(events()).toEqual([]);
  });

  it('is not there for whoever has another role, or a token that does not count', async () => {
    const { at, author } = await started();
    await at().post('/posts').set(author).send({ title: 'Soon', draft: true });
    for (const other of [await as('moderator', 'operator'), { Authorization: 'Bearer forged' }]) {
      expect((await at().get('/posts/p1').set(other)).status).toBe(404);
    }
  });

  it('can not be begun or listed by others', async () => {
    const { at } = await started();
    expect((await at().post('/posts').send({ title: 'Soon', draft: true })).status).toBe(401);
    expect(
      (
        await at()
          .post('/posts')
          .set(await as('moderator'))
          .send({ title: 'Soon', draft: true })
      ).status,
    ).toBe(403);
    expect((await at().get('/posts?drafts=true')).status).toBe(401);
    expect((await at().get('/posts?drafts=perhaps')).status).toBe(400);
  });

  it('becomes public when it is published', async () => {
    const { at, author, events } = await started();
    await at().post('/posts').set(author).send({ title: 'Soon', draft: true });
    await at().patch('/posts/p1').set(author).set('If-Match', '"1"').send({ draft: false });
    expect((await at().get('/posts/p1')).body).toMatchObject({ title: 'Soon', draft: false, version: 2 });
    expect(eventTypes(events())).toEqual(['PostCreated']);
  });
});

describe('PATCH /posts/:id', () => {
  it('changes the post for whoever knows its version', async () => {
    const { at, author, events, commits } = await started();
    await at().post('/posts').send({ title: 'Hello', body: 'b' });
    const etag = (await at().get('/posts/p1')).get('ETag') ?? '';
    const answer = await at().patch('/posts/p1').set(author).set('If-Match', etag).send({ title: 'Hello again' });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ title: 'Hello again', body: 'b', version: 2 });
    expect(answer.get('ETag')).toBe('"2"');
    expect(eventTypes(events())).toEqual(['PostCreated', 'PostUpdated']);
    expect(commits).toHaveLength(2);
  });

  it('is one success and one 412 where two change the same version at once', async () => {
    const { at, author, events } = await started();
    await at().post('/posts').send({ title: 'Hello' });
    const change = (title: string) => at().patch('/posts/p1').set(author).set('If-Match', '"1"').send({ title });
    const answers = await Promise.all([change('By ana'), change('By ben')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect(eventTypes(events())).toEqual(['PostCreated', 'PostUpdated']);
  });

  it.each<[string, Record<string, string>, object, number]>([
    ['without a version', {}, { title: 'x' }, 428],
    ['of another version', { 'If-Match': '"7"' }, { title: 'x' }, 412],
    ['with an empty title', { 'If-Match': '"1"' }, { title: ' ' }, 400],
    ['that is no object', { 'If-Match': '"1"' }, [], 400],
    ['back to a draft', { 'If-Match': '"1"' }, { draft: true }, 409],
  ])('refuses a change %s', async (_what, headers, change, status) => {
    const { at, author, events } = await started();
    await at().post('/posts').send({ title: 'Hello' });
    expect((await at().patch('/posts/p1').set(author).set(headers).send(change)).status).toBe(status);
    expect((await at().get('/posts/p1')).body).toMatchObject({ title: 'Hello', version: 1 });
    expect(events()).toHaveLength(1);
  });

  it('is for authors', async () => {
    const { at } = await started();
    await at().post('/posts').send({ title: 'Hello' });
    for (const method of ['patch', 'delete', 'put'] as const) {
      const send = () => at()[method]('/posts/p1').set('If-Match', '"1"').send({ title: 'x' });
      expect((await send()).status).toBe(401);
      expect((await send().set(await as('moderator', 'operator'))).status).toBe(403);
    }
  });

  it('is a 404 where there is no such post', async () => {
    const { at, author } = await started();
    const send = at().patch('/posts/none').set(author).set('If-Match', '*');
    expect((await send.send({ title: 'x' })).status).toBe(404);
  });
});

describe('DELETE /posts/:id', () => {
  it('takes the post away for good', async () => {
    const { at, author, events } = await started();
    await at().post('/posts').send({ title: 'Hello' });
    expect((await at().delete('/posts/p1').set(author)).status).toBe(428);
    expect((await at().delete('/posts/p1').set(author).set('If-Match', '"1"')).status).toBe(204);
    expect((await at().get('/posts/p1')).status).toBe(404);
    expect((await at().delete('/posts/p1').set(author).set('If-Match', '"1"')).status).toBe(404);
    expect(events()).toMatchObject([{ type: 'PostCreated' }, { type: 'PostDeleted', data: { id: 'p1', version: 2 } }]);
    const again = { title: 'Hello', createdAt: '2020-01-01T00:00:00Z' };
    expect((await at().put('/posts/p1').set(author).send(again)).status).toBe(409);
  });
});

describe('PUT /posts/:id', () => {
  const old = { title: 'Old', body: 'text', tags: ['t'], createdAt: '2020-01-01T00:00:00.000Z' };

  it('takes over a post with its id and time, once', async () => {
    const { at, author, events } = await started();
    const put = (body: object) => at().put('/posts/from-before').set(author).send(body);
    expect((await put(old)).status).toBe(201);
    expect((await put(old)).status).toBe(200);
    expect((await put({ ...old, title: 'Another' })).status).toBe(409);
    expect((await at().get('/posts/from-before')).body).toMatchObject({ ...old, id: 'from-before', version: 1 });
    expect(eventTypes(events())).toEqual(['PostCreated']);
  });

  it('keeps the time in UTC, in whatever zone it comes, so that lists are in order', async () => {
    const { at, author } = await started();
    const put = (createdAt: string) => at().put('/posts/x').set(author).send({ title: 'Old', createdAt });
    const { status, body } = await put('2020-01-01T01:30:00+02:00');
    expect({ status, createdAt: body.createdAt }).toEqual({ status: 201, createdAt: '2019-12-31T23:30:00.000Z' });
    expect((await put('2019-12-31T23:30:00Z')).status).toBe(200);
    expect((await put('0000-01-01T00:00:00+01:00')).status).toBe(400);
  });

  it('needs the time', async () => {
    const { at, author } = await started();
    const { status, body } = await at().put('/posts/x').set(author).send({ title: 'Old' });
    expect({ status, path: body.errors[0].path }).toEqual({ status: 400, path: 'createdAt' });
  });
});

describe('Idempotency-Key', () => {
  const key = { 'Idempotency-Key': 'k1' };

  it('makes one post of the same request, however often and at once it is sent', async () => {
    const { at, events } = await started();
    const send = () => at().post('/posts').set(key).send({ title: 'Hello' });
    const answers = await Promise.all([send(), send(), send()]);
    expect(answers.map(({ status, body }) => [status, body.id])).toEqual(Array(3).fill([201, answers[0]?.body.id]));
    expect(answers.map((answer) => answer.get('Location'))).toEqual(Array(3).fill(answers[0]?.get('Location')));
    expect(events()).toHaveLength(1);
  });

  it('is refused for another request, and where it is no key', async () => {
    const { at, events } = await started();
    await at().post('/posts').set(key).send({ title: 'Hello' });
    const { status, body } = await at().post('/posts').set(key).send({ title: 'Another' });
    expect({ status, path: body.errors[0].path }).toEqual({ status: 422, path: 'Idempotency-Key' });
    expect((await at().post('/posts').set('Idempotency-Key', 'a b').send({ title: 'T' })).status).toBe(400);
    expect(events()).toHaveLength(1);
  });
});

describe('where only authors write', () => {
  it('others get 401 or 403, and authors a post', async () => {
    const { at, author } = await started({ writers: 'authors' });
    expect((await at().post('/posts').send({ title: 'T' })).status).toBe(401);
    expect(
      (
        await at()
          .post('/posts')
          .set(await as('operator'))
          .send({ title: 'T' })
      ).status,
    ).toBe(403);
    expect((await at().post('/posts').set(author).send({ title: 'T' })).status).toBe(201);
  });

  it('and no secret is set, nobody writes, and the answer says why', async () => {
    const { at } = await started({ writers: 'authors', keys: [] });
    const { status, body } = await at().post('/posts').send({ title: 'T' });
    expect({ status, saysWhy: body.detail.includes('AUTH_PUBLIC_KEYS') }).toEqual({ status: 403, saysWhy: true });
  });
});

it('a page of any origin may write as its author does, and read the version', async () => {
  const { at } = await started();
  const wanted = 'authorization,content-type,idempotency-key,if-match';
  const preflight = await at()
    .options('/posts/p1')
    .set({
      ...{ Origin: 'https://example.org', 'Access-Control-Request-Method': 'PATCH' },
      'Access-Control-Request-Headers': wanted,
    });
  expect(preflight.headers).toMatchObject({
    'access-control-allow-headers': wanted,
    'access-control-allow-methods': expect.stringMatching(/PATCH.*DELETE/),
  });
  const { headers } = await at().get('/posts').set('Origin', 'https://example.org');
  expect(headers['access-control-expose-headers']).toContain('ETag');
});

it('a post is not sent again to whoever has its version', async () => {
  const { at } = await started();
  await at().post('/posts').send({ title: 'Hello' });
  expect((await at().get('/posts/p1').set('If-None-Match', '"1"')).status).toBe(304);
  expect((await at().get('/posts/p1').set('If-None-Match', '"2"')).status).toBe(200);
});
