import fc from 'fast-check';
import request from 'supertest';
import { classicEvent } from '../../common/contract/test/classic-facts';
import { outboxOf } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { ask, push, startModeration } from './moderation-service';

const life = useTestLife();

describe('Events of classic services', () => {
  it('are taken by moderation whatever they leave out or add, and the queue can be read then', async () => {
    const { app } = startModeration(life);
    await fc.assert(
      fc.asyncProperty(fc.array(classicEvent, { maxLength: 5 }), (events) => push(app, ...events)),
      { numRuns: 150 },
    );
    for (const status of ['pending', 'flagged', 'approved', 'rejected']) {
      expect((await ask(app, `GET /queue?status=${status}`)).status).toBe(200);
    }
    expect((await ask(app, 'GET /verdicts')).status).toBe(200);
  }, 60_000);

  it('of a comment without a text or a status are judged', async () => {
    const { app, file } = startModeration(life);
    await request(app)
      .post('/events')
      .send({ type: 'CommentCreated', data: { id: 5, postId: 7 } })
      .expect(200);
    expect(outboxOf(file)).toMatchObject([{ data: { id: '5', postId: '7', content: '', status: 'approved' } }]);
  });
});
