import request from 'supertest';
import { outboxOf } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { createComment } from '../src/domain';
import { createEventHandlers } from '../src/event-handlers';
import { noon, push, read, startComments, verdict, write } from './comments-service';

const life = useTestLife();

const postDeleted = { type: 'PostDeleted', id: 'e-p1', data: { id: 'p1', version: 2 } };
const deletionsIn = (file: string) => outboxOf(file).filter(({ type }) => type === 'CommentDeleted');

describe('PostDeleted', () => {
  it('removes the comments of that post, and tells of each, as the effect of it', async () => {
    const { app, file, commits } = startComments(life);
    for (const content of ['One', 'Two']) await write(app, content);
    await write(app, 'Elsewhere', '/posts/p2/comments');
    await push(app, verdict('c2', { revision: 1 }), postDeleted);
    expect(await read(app)).toEqual([]);
    expect(await read(app, '', '/posts/p2/comments')).toHaveLength(1);
    expect(deletionsIn(file)).toMatchObject([
      { subject: 'c1', partitionkey: 'p1', causationid: 'e-p1', data: { id: 'c1', postId: 'p1', version: 2 } },
      { subject: 'c2', partitionkey: 'p1', causationid: 'e-p1', data: { id: 'c2', postId: 'p1', version: 3 } },
    ]);
    expect(commits).toHaveLength(4);
  });

  it('changes nothing more when it is delivered again, nor does a verdict that comes late', async () => {
    const { app, file } = startComments(life);
    await write(app, 'One');
    await push(app, postDeleted, postDeleted);
    await push(app, postDeleted);
    await push(app, verdict('c1', { revision: 1 }));
    expect(outboxOf(file).map(({ type }) => type)).toEqual(['CommentCreated', 'CommentDeleted']);
  });

  it('refuses what is written under that post from now on, and under no other', async () => {
    const { app, file } = startComments(life);
    await push(app, { type: 'PostDeleted', data: { id: 'p1' } });
    const { status, body } = await request(app).post('/posts/p1/comments').send({ content: 'Late' });
    expect({ status, detail: body.detail }).toEqual({ status: 404, detail: 'The post was deleted.' });
    expect(outboxOf(file)).toEqual([]);
    await write(app, 'Early', '/posts/p2/comments');
  });

  it('goes on where it was broken off, with no comment told of twice', async () => {
    const { app, store, file } = startComments(life);
    await store.transaction(['p1'], async (tx) => {
      for (let number = 0; number < 450; number += 1) {
        const origin = { id: `n${number}`, postId: 'p1', tokenHash: 'h', authorId: 'a1', now: new Date(noon) };
        await tx.insert(createComment({ content: 'Nice', author: '' }, origin));
      }
    });
    let steps = 0;
    const breaking = createEventHandlers({
      ...store,
      transaction: (postIds, work) => {
        steps += 1;
        return steps === 3 ? Promise.reject(new Error('killed')) : store.transaction(postIds, work);
      },
    });
    const event = { ...postDeleted, type: 'PostDeleted' as const };
    await expect(breaking([event])).rejects.toThrow('killed');
    expect(deletionsIn(file)).toHaveLength(200);
    await Promise.all([push(app, event), push(app, event)]);
    expect(new Set(deletionsIn(file).map(({ subject }) => subject)).size).toBe(450);
    expect(deletionsIn(file)).toHaveLength(450);
    expect(await read(app)).toEqual([]);
  });
});
