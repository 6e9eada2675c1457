import request from 'supertest';
import { outboxOf } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { startComments } from './comments-service';

const life = useTestLife();
const old = { content: 'From *before*', author: 'Ana', status: 'approved', createdAt: '2020-01-01T00:00:00.000Z' };

async function started() {
  const { app, file, bearer } = startComments(life);
  const moderator = await bearer('moderator');
  const put = (body: object, path = '/posts/p1/comments/old', authorization = moderator) =>
    request(app).put(path).set('Authorization', authorization).send(body);
  return { app, put, bearer, events: () => outboxOf(file) };
}

describe('PUT /posts/:id/comments/:commentId', () => {
  it('takes over a comment as it stood elsewhere, once', async () => {
    const { app, put, events } = await started();
    expect((await put(old)).status).toBe(201);
    expect((await put(old)).status).toBe(200);
    const { body } = await request(app).get('/posts/p1/comments');
    expect(body).toMatchObject([{ id: 'old', ...old, html: '<p>From <em>before</em></p>\n', version: 1 }]);
    expect(events()).toMatchObject([{ type: 'CommentCreated', data: { id: 'old', ...old, imported: true } }]);
  });

  it('keeps times in UTC, so that comments of several zones stand in their order', async () => {
    const { app, put } = await started();
    const times = { a: '2020-01-01T12:00:00+02:00', b: '2020-01-01T11:00:00Z', c: '2020-01-01T07:00:00-05:00' };
    for (const [id, createdAt] of Object.entries(times).reverse()) {
      expect((await put({ ...old, createdAt }, `/posts/p1/comments/${id}`)).status).toBe(201);
      expect((await put({ ...old, createdAt }, `/posts/p1/comments/${id}`)).status).toBe(200);
    }
    const { body } = await request(app).get('/posts/p1/comments');
    expect(body).toMatchObject([
      { id: 'a', createdAt: '2020-01-01T10:00:00.000Z' },
      { id: 'b', createdAt: '2020-01-01T11:00:00.000Z' },
      { id: 'c', createdAt: '2020-01-01T12:00:00.000Z' },
    ]);
  });

  it('takes over replies, whatever comes first', async () => {
    const { app, put } = await started();
    expect((await put({ ...old, parentId: 'old' }, '/posts/p1/comments/reply')).status).toBe(201);
    expect((await put(old)).status).toBe(201);
    const { body } = await request(app).get('/posts/p1/comments/reply');
    expect(body).toMatchObject({ parentId: 'old' });
  });

  it('refuses another comment with an id that is there', async () => {
    const { put, events } = await started();
    await put(old);
    expect((await put({ ...old, content: 'Another' })).status).toBe(409);
    expect((await put(old, '/posts/p2/comments/old')).status).toBe(409);
    expect(events()).toHaveLength(1);
  });

  it('is for moderators, and names what is wrong', async () => {
    const { app, put, bearer } = await started();
    expect((await request(app).put('/posts/p1/comments/old').send(old)).status).toBe(401);
    expect((await put(old, undefined, await bearer('author'))).status).toBe(403);
    const { status, body } = await put({ ...old, createdAt: 'then', status: 'fine' });
    expect(status).toBe(400);
    expect(body.errors.map(({ path }: { path: string }) => path).sort()).toEqual(['createdAt', 'status']);
  });
});
