import request from 'supertest';
import { outboxOf } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { as, startPosts } from './posts-service';

const life = useTestLife();
const old = { title: 'Old', createdAt: '2020-01-01T00:00:00Z' };

async function started() {
  const { app, file } = startPosts(life);
  const author = await as('author');
  const put = (id: string, body: object) => request(app).put(`/posts/${id}`).set(author).send(body);
  return { app, author, put, events: () => outboxOf(file) };
}

describe('the former paths of a post', () => {
  it('are kept, told of, and there again where the post is read', async () => {
    const { app, put, events } = await started();
    const formerPaths = ['/2016/05/hello/', '/gr%C3%BC%C3%9Fe.html'];
    expect((await put('a', { ...old, formerPaths })).body).toMatchObject({ formerPaths });
    expect((await put('a', { ...old, formerPaths })).status).toBe(200);
    expect((await request(app).get('/posts/a')).body).toMatchObject({ formerPaths, version: 1 });
    expect((await request(app).get('/posts')).body).toMatchObject({ a: { formerPaths } });
    expect(events()).toMatchObject([{ type: 'PostCreated', data: { formerPaths } }]);
  });

  it('are absent where there are none, so that nothing else is told than before', async () => {
    const { app, author, put, events } = await started();
    await put('a', old);
    await request(app).post('/posts').set(author).send({ title: 'New' });
    expect((await request(app).get('/posts/a')).body).not.toHaveProperty('formerPaths');
    for (const { data } of events()) expect(data).not.toHaveProperty('formerPaths');
  });

  it('come to a post that was taken over without them, and stay when it changes', async () => {
    const { app, author, put, events } = await started();
    await put('a', old);
    expect((await put('a', { ...old, formerPaths: ['/x/'] })).body).toMatchObject({ version: 2, formerPaths: ['/x/'] });
    const changed = await request(app).patch('/posts/a').set(author).set('If-Match', '"2"').send({ title: 'Newer' });
    expect(changed.body).toMatchObject({ title: 'Newer', formerPaths: ['/x/'] });
    expect(events().map(({ type }) => type)).toEqual(['PostCreated', 'PostUpdated', 'PostUpdated']);
  });

  it('belong to one post only, until it is deleted', async () => {
    const { app, author, put } = await started();
    await put('a', { ...old, formerPaths: ['/x/'] });
    const refused = await put('b', { ...old, formerPaths: ['/x'] });
    expect({ status: refused.status, detail: refused.body.detail }).toEqual({
      ...{ status: 409, detail: 'The post a was at /x before.' },
    });
    expect((await request(app).get('/posts/b')).status).toBe(404);
    await request(app).delete('/posts/a').set(author).set('If-Match', '*').expect(204);
    expect((await put('b', { ...old, formerPaths: ['/x'] })).status).toBe(201);
  });

  const noPath = 'must be a path, as /2016/05/hello/, without a host or a query';
  const own = 'must not be one of the blog’s own addresses';
  it.each([
    ...[
      'https://x.example/a',
      '//x.example/a',
      '/\\x.example',
      'a/b',
      '/a?b=c',
      '/a#b',
      '/a b',
      '/a\nb',
      '/a/../b',
      '/a/%2e%2e/b',
    ].map((path) => [path, noPath] as const),
    ...[
      '/',
      '/index.html',
      '/posts',
      '/posts/',
      '/write',
      '/Review/x',
      '/api/posts',
      '/sign-in',
      '/feed.atom',
      '/%77rite',
    ].map((path) => [path, own] as const),
    [`/${'x'.repeat(500)}`, 'must be at most 500 characters'] as const,
  ])('are no %j', async (path, message) => {
    const { put } = await started();
    const { status, body } = await put('a', { ...old, formerPaths: ['/fine/', path] });
    expect(status).toBe(400);
    expect(body.errors).toContainEqual({ path: 'formerPaths[1]', message });
  });

  it('are twenty at most', async () => {
    const { put } = await started();
    const formerPaths = Array.from({ length: 21 }, (_, index) => `/${index}/`);
    expect((await put('a', { ...old, formerPaths })).body.errors).toEqual([
      { path: 'formerPaths', message: 'must be at most 20 paths' },
    ]);
  });
});
