import request from 'supertest';
import { useTestLife } from '../../common/kit/test/test-life';
import { commentCreated, commentUpdated, dumpOf, noon, postCreated, startQuery } from './query-service';

const life = useTestLife();

async function postsIn({ app }: ReturnType<typeof startQuery>) {
  return (await request(app).get('/posts').expect(200)).body as Record<string, { comments: unknown[] }>;
}

const stamped = <E extends object>(event: E, sequence: number) => ({ ...event, sequence });

describe('The read model', () => {
  it('shows what classic services tell, which send neither versions nor times', async () => {
    const query = startQuery(life);
    await query.push({ type: 'PostCreated', data: { id: '1f', title: 'Hello' } });
    const data = { id: '2e', content: 'Nice', postId: '1f', status: 'pending' };
    await query.push({ type: 'CommentCreated', data });
    await query.push({ type: 'CommentUpdated', data: { ...data, status: 'approved' } });
    expect((await postsIn(query))['1f']).toEqual({
      id: '1f',
      title: 'Hello',
      excerpt: '',
      tags: [],
      createdAt: noon,
      updatedAt: noon,
      version: 1,
      commentCount: 1,
      comments: [
        {
          id: '2e',
          postId: '1f',
          content: 'Nice',
          html: '<p>Nice</p>\n',
          author: '',
          status: 'approved',
          createdAt: noon,
          version: 2,
        },
      ],
    });
  });

  it.each([
    ['versions', { version: 1 }, undefined],
    ['places in the log', {}, 5],
    ['neither', {}, undefined],
  ])('does not change when everything is delivered twice: with %s', async (_what, data, sequence) => {
    const query = startQuery(life);
    const numbered = (event: object, index: number) => (sequence ? stamped(event, sequence + index) : event);
    const events = [postCreated('p1', data), commentCreated('c1', data)].map(numbered);
    await query.push(...events);
    const before = dumpOf(query.file);
    await query.push(...events);
    for (const event of events) await query.push(event, event);
    expect(dumpOf(query.file)).toBe(before);
  });

  it('takes a comment before its post, and shows it when the post comes', async () => {
    const query = startQuery(life);
    await query.push(commentCreated('c1', { version: 1 }));
    expect(await postsIn(query)).toEqual({});
    await query.push(postCreated('p1', { version: 1 }));
    expect((await postsIn(query))['p1']?.comments).toMatchObject([{ id: 'c1', status: 'pending', content: '' }]);
  });

  it('takes a verdict’s update before the creation of its comment', async () => {
    const query = startQuery(life);
    await query.push(postCreated('p1'), commentUpdated('c1', { version: 2 }), commentCreated('c1', { version: 1 }));
    expect((await postsIn(query))['p1']?.comments).toMatchObject([{ status: 'approved', content: 'Nice', version: 2 }]);
  });

  it('does not listen to moderation: comments tells what became of a verdict', async () => {
    const query = startQuery(life);
    await query.push(postCreated('p1'), commentCreated('c1'));
    await query.push({ ...commentUpdated('c1'), type: 'CommentModerated' });
    expect((await postsIn(query))['p1']?.comments).toMatchObject([{ status: 'pending' }]);
  });

  it('applies a push as a whole or not at all', async () => {
    const query = startQuery(life);
    const { status, body } = await request(query.app)
      .post('/events')
      .send([postCreated('p1'), commentCreated('c1', { status: 'flagged' })]);
    expect({ status, path: body.errors[0].path }).toEqual({ status: 400, path: '[1].data.status' });
    expect(await postsIn(query)).toEqual({});
  });

  it.each(['__proto__', 'constructor', '../x', '42', 'x'.repeat(128)])('takes the id %s', async (id) => {
    const query = startQuery(life);
    await query.push(postCreated(id), commentCreated(id, { postId: id }));
    const { text } = await request(query.app).get('/posts');
    expect(text.startsWith(`{${JSON.stringify(id)}:{"id":${JSON.stringify(id)},`)).toBe(true);
    const { body } = await request(query.app).get(`/posts/${encodeURIComponent(id)}`);
    expect(body).toMatchObject({ id, comments: [{ id, postId: id }] });
  });
});
