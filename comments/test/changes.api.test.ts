import request from 'supertest';
import { outboxOf } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { classicVerdict, noon, push, read, startComments, verdict, write } from './comments-service';

const life = useTestLife();

const path = '/posts/p1/comments/c1';
type Service = ReturnType<typeof startComments>;

const patch = ({ app }: Service, headers: Record<string, string>, content = 'Nicer', of = path) =>
  request(app).patch(of).set(headers).send({ content });
const remove = ({ app }: Service, headers: Record<string, string>, of = path) => request(app).delete(of).set(headers);

/** A service with one comment, the token of its author, and what a moderator sends. */
async function withComment(options: Parameters<typeof startComments>[1] = {}) {
  const service = startComments(life, options);
  const own = { 'Comment-Token': await write(service.app, 'Nice') };
  return { service, own, moderator: { Authorization: await service.bearer('moderator') } };
}

describe('GET /posts/:id/comments/:commentId', () => {
  it('shows a comment as the list does', async () => {
    const { service, own, moderator } = await withComment();
    for (const headers of [{}, own, moderator]) {
      const { body, headers: got } = await request(service.app).get(path).set(headers).expect(200);
      const { body: list } = await request(service.app).get('/posts/p1/comments').set(headers);
      expect([body]).toEqual(list);
      expect(got['vary']).toBe('Comment-Token, Authorization');
    }
  });

  it('answers 304 until it changes', async () => {
    const { service } = await withComment();
    const { headers } = await request(service.app).get(path);
    const again = () =>
      request(service.app)
        .get(path)
        .set('If-None-Match', headers['etag'] ?? '');
    expect((await again()).status).toBe(304);
    await push(service.app, verdict('c1', { revision: 1 }));
    expect((await again()).status).toBe(200);
  });

  it.each(['/posts/p2/comments/c1', '/posts/p1/comments/c2', '/posts/p1/comments/__proto__'])(
    'answers 404 for %s, however it is asked',
    async (elsewhere) => {
      const { service, own, moderator } = await withComment();
      for (const headers of [own, moderator]) {
        expect((await request(service.app).get(elsewhere).set(headers)).status).toBe(404);
        expect((await patch(service, headers, 'Nicer', elsewhere)).status).toBe(404);
        expect((await remove(service, headers, elsewhere)).status).toBe(404);
      }
      expect(outboxOf(service.file)).toHaveLength(1);
    },
  );
});

describe('A moderator', () => {
  it('reads every text, and is anybody where the token does not count', async () => {
    const { service, moderator } = await withComment();
    const list = (headers: Record<string, string>) => request(service.app).get('/posts/p1/comments').set(headers);
    expect((await list(moderator)).body).toMatchObject([{ content: 'Nice', html: '<p>Nice</p>\n' }]);
    for (const Authorization of [await service.bearer('author', 'operator'), 'Bearer x', 'Basic eDp5']) {
      expect((await list({ Authorization })).body).toMatchObject([{ content: '', html: '' }]);
    }
  });
});

describe('PATCH /posts/:id/comments/:commentId', () => {
  it('gives it another text, which is pending again, and tells of it', async () => {
    const { service, own } = await withComment();
    await push(service.app, verdict('c1', { revision: 1 }));
    service.pass(60);
    const { status, body } = await patch(service, own);
    const changed = {
      content: 'Nicer',
      status: 'pending',
      createdAt: noon,
      editedAt: '2026-11-24T12:01:00.000Z',
      version: 3,
    };
    expect({ status, body }).toMatchObject({ status: 200, body: { ...changed, html: '<p>Nicer</p>\n', own: true } });
    expect(await read(service.app)).toMatchObject([{ ...changed, content: '', html: '' }]);
    expect(outboxOf(service.file).at(-1)).toMatchObject({ type: 'CommentUpdated', subject: 'c1', data: changed });
    expect(service.commits).toHaveLength(3);
  });

  it('leaves no verdict on the old text in force, however late it comes', async () => {
    const { service, own } = await withComment();
    await patch(service, own);
    await push(service.app, verdict('c1', { revision: 1 }), classicVerdict('c1'));
    expect(await read(service.app)).toMatchObject([{ status: 'pending', version: 2 }]);
    await push(service.app, verdict('c1', { revision: 2, commentVersion: 2 }));
    expect(await read(service.app)).toMatchObject([{ status: 'approved', content: 'Nicer', version: 3 }]);
  });

  it('changes nothing where the text is the same, as in a request sent again', async () => {
    const { service, own } = await withComment();
    for (let time = 1; time <= 3; time += 1) {
      expect((await patch(service, own)).body).toMatchObject({ content: 'Nicer', version: 2 });
    }
    expect(outboxOf(service.file)).toHaveLength(2);
  });

  it('is its author’s for fifteen minutes, and says so afterwards', async () => {
    const { service, own, moderator } = await withComment();
    service.pass(15 * 60 - 1);
    expect((await patch(service, own)).status).toBe(200);
    service.pass(1);
    const late = await patch(service, own, 'Too late');
    expect({ status: late.status, detail: late.body.detail }).toEqual({
      status: 403,
      detail: 'Its author may edit a comment for 15 minutes only.',
    });
    expect(await read(service.app, own['Comment-Token'])).toMatchObject([{ content: 'Nicer' }]);
    expect((await patch(service, { Authorization: await service.bearer('moderator') }, 'Cut')).status).toBe(200);
    expect((await patch(service, moderator)).status).toBe(401);
  });

  it.each(['', '{}', '{"content":""}', '{"content":" "}', '{"content":1}', '[]', 'null', '{'])(
    'refuses %j',
    async (text) => {
      const { service, own } = await withComment();
      const sent = request(service.app).patch(path).set(own).set('Content-Type', 'application/json').send(text);
      expect((await sent).status).toBe(400);
      expect(outboxOf(service.file)).toHaveLength(1);
    },
  );
});

describe('DELETE /posts/:id/comments/:commentId', () => {
  it('removes it, whenever its author likes, and tells of it', async () => {
    const { service, own } = await withComment();
    service.pass(24 * 60 * 60);
    const { status, text } = await remove(service, own);
    expect({ status, text }).toEqual({ status: 204, text: '' });
    expect(await read(service.app, own['Comment-Token'])).toEqual([]);
    expect(outboxOf(service.file).at(-1)).toMatchObject({
      type: 'CommentDeleted',
      subject: 'c1',
      partitionkey: 'p1',
      data: { id: 'c1', postId: 'p1', version: 2 },
    });
    expect((await remove(service, own)).status).toBe(404);
    expect(service.commits).toHaveLength(2);
  });

  it('leaves the replies, and takes no new ones', async () => {
    const { service, moderator } = await withComment();
    const reply = () => request(service.app).post('/posts/p1/comments').send({ content: 'Indeed', parentId: 'c1' });
    await reply().expect(201);
    await remove(service, moderator).expect(204);
    expect(await read(service.app)).toMatchObject([{ id: 'c2', parentId: 'c1' }]);
    expect((await reply()).body.errors).toEqual([{ path: 'parentId', message: 'is no comment of this post' }]);
  });

  it('makes a verdict that comes later harmless', async () => {
    const { service, own } = await withComment();
    await remove(service, own);
    await push(service.app, verdict('c1', { revision: 1 }));
    expect(await read(service.app)).toEqual([]);
    expect(outboxOf(service.file)).toHaveLength(2);
  });
});

describe('Changing a comment of somebody else', () => {
  it.each<[string, (service: Service) => Promise<Record<string, string>>, number]>([
    ['no token', async () => ({}), 403],
    ['an invented token', async () => ({ 'Comment-Token': 'x'.repeat(24) }), 403],
    ['the token of another comment', async ({ app }) => ({ 'Comment-Token': await write(app, 'Mine') }), 403],
    ['another role', async ({ bearer }) => ({ Authorization: await bearer('author', 'operator') }), 403],
    ['a bearer token that does not count', async () => ({ Authorization: 'Bearer x' }), 401],
  ])('is refused with %s', async (_what, headersFor, status) => {
    const { service } = await withComment();
    const headers = await headersFor(service);
    const before = outboxOf(service.file);
    expect([(await patch(service, headers)).status, (await remove(service, headers)).status]).toEqual([status, status]);
    expect(outboxOf(service.file)).toEqual(before);
  });

  it('says that nobody is a moderator where no secret is set; one’s own can be changed all the same', async () => {
    const { service, own, moderator } = await withComment({ hasAuth: false });
    const { status, body } = await patch(service, moderator);
    expect({ status, detail: body.detail }).toMatchObject({
      status: 403,
      detail: expect.stringContaining('AUTH_PUBLIC_KEYS'),
    });
    expect((await patch(service, { ...own, ...moderator })).status).toBe(200);
    expect((await remove(service, { ...own, Authorization: 'Bearer x' })).status).toBe(204);
  });
});
