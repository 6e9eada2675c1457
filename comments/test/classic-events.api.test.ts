import fc from 'fast-check';
import request from 'supertest';
import { classicEvent } from '../../common/contract/test/classic-facts';
import { useTestLife } from '../../common/kit/test/test-life';
import { push, read, startComments, write } from './comments-service';

const life = useTestLife();

describe('Events of classic services', () => {
  it('are taken by the comments service whatever they leave out or add, and comments can be read then', async () => {
    const { app } = startComments(life);
    await write(app, 'Nice');
    await fc.assert(
      fc.asyncProperty(fc.array(classicEvent, { maxLength: 5 }), (events) => push(app, ...events)),
      { numRuns: 150 },
    );
    for (const post of ['1f', '7', '__proto__']) await request(app).get(`/posts/${post}/comments`).expect(200);
  }, 60_000);

  it('of a verdict without a text are applied', async () => {
    const { app } = startComments(life);
    await write(app, 'Nice');
    await push(app, { type: 'CommentModerated', data: { id: 'c1', postId: 'p1', status: 'approved' } });
    expect(await read(app)).toMatchObject([{ content: 'Nice', status: 'approved' }]);
  });
});
