import request from 'supertest';
import { filesWith } from '../../common/kit/test/files-with';
import { outboxOf, rowsIn } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { as, startPosts } from './posts-service';

const life = useTestLife();
const title = 'A title that occurs nowhere else';
type Posts = ReturnType<typeof startPosts>;

async function write({ app }: Posts, more: object = {}, key?: string): Promise<string> {
  const asked = request(app)
    .post('/posts')
    .set(await as('author'));
  if (key !== undefined) void asked.set('Idempotency-Key', key);
  return ((await asked.send({ title, ...more }).expect(201)).body as { id: string }).id;
}

async function erase({ app }: Posts, id: string, status = 202) {
  const asked = request(app)
    .post(`/posts/${id}/erasure`)
    .set(await as('author'));
  return (await asked.expect(status)).body as { events: string[] };
}

describe('A post that an author erases', () => {
  it('is gone from all files, and one event tells the others', async () => {
    const posts = startPosts(life);
    const id = await write(posts, {}, 'key');
    const { events } = await erase(posts, id);
    expect(events).toHaveLength(1);
    expect(outboxOf(posts.file)).toMatchObject([{ type: 'PostErased', partitionkey: id, erases: id, id: events[0] }]);
    await request(posts.app).get(`/posts/${id}`).expect(404);
    expect(filesWith(posts.file, title)).toEqual([]);
  });

  it('can be erased again, and when it was deleted before; one that never was is 404', async () => {
    const posts = startPosts(life);
    const id = await write(posts);
    await request(posts.app)
      .delete(`/posts/${id}`)
      .set('If-Match', '*')
      .set(await as('author'))
      .expect(204);
    expect((await erase(posts, id)).events).toHaveLength(1);
    expect((await erase(posts, id)).events).toHaveLength(1);
    await erase(posts, 'never', 404);
  });

  it('is told to nobody where it is a draft', async () => {
    const posts = startPosts(life);
    const id = await write(posts, { draft: true });
    expect((await erase(posts, id)).events).toEqual([]);
    expect(outboxOf(posts.file)).toEqual([]);
    expect(filesWith(posts.file, title)).toEqual([]);
  });

  it('is not erased by a moderator', async () => {
    const posts = startPosts(life);
    const id = await write(posts);
    await request(posts.app)
      .post(`/posts/${id}/erasure`)
      .set(await as('moderator'))
      .expect(403);
  });
});

describe('A request with an Idempotency-Key', () => {
  it('leaves the id of its post, and no text, when that is deleted', async () => {
    const posts = startPosts(life);
    const id = await write(posts, { draft: true }, 'key');
    await request(posts.app)
      .delete(`/posts/${id}`)
      .set('If-Match', '*')
      .set(await as('author'))
      .expect(204);
    expect(rowsIn(posts.file)).toContain(id);
    expect(rowsIn(posts.file)).not.toContain(title);
  });

  it('answers with the post as it is, and 404 if it is gone', async () => {
    const posts = startPosts(life);
    const id = await write(posts, {}, 'key');
    const again = async () =>
      request(posts.app)
        .post('/posts')
        .set(await as('author'))
        .set('Idempotency-Key', 'key')
        .send({ title });
    expect((await again()).body).toMatchObject({ id, title });
    await erase(posts, id);
    expect((await again()).status).toBe(404);
  });
});
