import request from 'supertest';
import { outboxOf, refuseWritesTo } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { startModeration, written } from './moderation-service';

const life = useTestLife();

describe('CommentCreated', () => {
  it('is judged, as the effect of the event', async () => {
    const { app, file, commits } = startModeration(life);
    const answer = await request(app)
      .post('/events')
      .send([written('c1'), written('c2', 'an orange')]);
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: { status: 'OK' } });
    expect(outboxOf(file)).toMatchObject([
      { type: 'CommentModerated', source: '/moderation', causationid: 'e-c1', data: { id: 'c1', status: 'approved' } },
      { type: 'CommentModerated', causationid: 'e-c2', data: { id: 'c2', status: 'rejected', revision: 1 } },
    ]);
    expect(commits).toHaveLength(1);
  });

  it('of classic comments is judged too, with all the classic fields in the verdict', async () => {
    const { app, file } = startModeration(life);
    const { type, data } = written('1f');
    await request(app).post('/events').send({ type, data }).expect(200);
    expect(outboxOf(file)).toMatchObject([{ partitionkey: 'p1', data: { ...data, status: 'approved' } }]);
  });

  it('is judged once when it is delivered twice, in one push or in two', async () => {
    const { app, file } = startModeration(life);
    await request(app)
      .post('/events')
      .send([written('c1'), written('c1')])
      .expect(200);
    await request(app).post('/events').send(written('c1', 'an orange')).expect(200);
    expect(outboxOf(file)).toMatchObject([{ data: { id: 'c1', status: 'approved' } }]);
  });

  it.each(['__proto__', 'constructor', '../x', '42', 'x'.repeat(128)])('may have the id %s', async (id) => {
    const { app, file } = startModeration(life);
    await request(app).post('/events').send(written(id)).expect(200);
    expect(outboxOf(file)).toMatchObject([{ subject: id }]);
  });

  it('is refused with its whole push where a part is wrong, and nothing is judged', async () => {
    const { app, file, commits } = startModeration(life);
    const answer = await request(app)
      .post('/events')
      .send([written('c1'), written('x'.repeat(129))]);
    expect({ status: answer.status, errors: answer.body.errors }).toEqual({
      status: 400,
      errors: [{ path: '[1].data.id', message: 'must be at most 128 characters' }],
    });
    expect({ events: outboxOf(file), commits }).toEqual({ events: [], commits: [] });
  });

  it('is not judged where its verdict can not be stored', async () => {
    const { app, file, store } = startModeration(life);
    refuseWritesTo('outbox', file);
    await request(app).post('/events').send(written('c1')).expect(500);
    expect(await store.transaction((tx) => tx.find('c1'))).toBeUndefined();
  });

  it('is all that is listened to', async () => {
    const { app, file } = startModeration(life);
    for (const type of ['CommentUpdated', 'CommentModerated', 'PostCreated', 'Unheard']) {
      await request(app)
        .post('/events')
        .send({ ...written('c1'), type })
        .expect(200);
    }
    expect(outboxOf(file)).toEqual([]);
  });
});
