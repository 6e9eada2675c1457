import request from 'supertest';
import { openRaw, outboxOf, refuseWritesTo } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { classicVerdict, push, read, startComments, verdict, write } from './comments-service';

const life = useTestLife();

const updatesIn = (file: string) => outboxOf(file).filter(({ type }) => type === 'CommentUpdated');

describe('CommentModerated', () => {
  it('changes the comment and tells of it, as the effect of the verdict', async () => {
    const { app, file, commits } = startComments(life);
    await write(app, 'Nice');
    await push(app, verdict('c1', { revision: 1 }));
    expect(await read(app)).toMatchObject([{ status: 'approved', version: 2 }]);
    expect(updatesIn(file)).toMatchObject([
      { causationid: 'e-c1', partitionkey: 'p1', data: { id: 'c1', content: 'Nice', status: 'approved', version: 2 } },
    ]);
    expect(commits).toHaveLength(2);
  });

  it('changes nothing when it is delivered twice, in one push or in two', async () => {
    const { app, file } = startComments(life);
    await write(app, 'Nice');
    const event = verdict('c1', { revision: 1 });
    await push(app, event, event);
    await push(app, event);
    expect(await read(app)).toMatchObject([{ version: 2 }]);
    expect(updatesIn(file)).toHaveLength(1);
  });

  it('of an earlier revision changes nothing when it is late', async () => {
    const { app, file } = startComments(life);
    await write(app, 'Nice');
    await push(app, verdict('c1', { revision: 2 }));
    await push(app, verdict('c1', { revision: 1, status: 'rejected' }));
    expect(await read(app)).toMatchObject([{ status: 'approved', version: 2 }]);
    expect(updatesIn(file)).toHaveLength(1);
  });

  it('of classic moderation, without a revision, counts once', async () => {
    const { app, file } = startComments(life);
    await write(app, 'Nice');
    for (const status of ['approved', 'approved', 'rejected']) await push(app, classicVerdict('c1', { status }));
    expect(await read(app)).toMatchObject([{ status: 'approved', version: 2 }]);
    expect(updatesIn(file)).toHaveLength(1);
  });

  it('waits for its comment where it comes first', async () => {
    const { app, file } = startComments(life);
    await push(app, verdict('c1', { revision: 1, status: 'rejected', reason: 'No.' }));
    expect(outboxOf(file)).toEqual([]);
    const answer = await request(app).post('/posts/p1/comments').send({ content: 'Bad' });
    expect(answer.body).toMatchObject([{ id: 'c1', status: 'rejected', reason: 'No.', version: 2, own: true }]);
    expect(outboxOf(file).map(({ type }) => type)).toEqual(['CommentCreated', 'CommentUpdated']);
    await push(app, verdict('c1', { revision: 1, status: 'rejected', reason: 'No.' }));
    expect(outboxOf(file)).toHaveLength(2);
  });

  it.each([
    ['the higher revision', [2, 1], 'approved'],
    ['the higher revision', [1, 2], 'approved'],
    ['a revision', [undefined, 2], 'approved'],
    ['a revision', [2, undefined], 'approved'],
  ])('that waits gives way to none but %s: %j', async (_what, revisions, status) => {
    const { app } = startComments(life);
    for (const revision of revisions) {
      await push(app, verdict('c1', { revision, status: revision === 2 ? 'approved' : 'rejected' }));
    }
    await write(app, 'Nice');
    expect(await read(app)).toMatchObject([{ status }]);
  });

  it('of classic moderation that waits counts as the first one', async () => {
    const { app } = startComments(life);
    await push(app, classicVerdict('c1'));
    await push(app, classicVerdict('c1', { status: 'rejected' }));
    await write(app, 'Nice');
    expect(await read(app)).toMatchObject([{ status: 'approved' }]);
  });

  it('is applied with its whole push or not at all, and again when it is sent again', async () => {
    const { app, file } = startComments(life);
    await write(app, 'One');
    await write(app, 'Two');
    const events = [verdict('c1', { revision: 1 }), { ...verdict('c2'), data: { id: 'c2' } }];
    const refused = await request(app).post('/events').send(events);
    expect({ status: refused.status, path: refused.body.errors[0].path }).toEqual({
      status: 400,
      path: '[1].data.postId',
    });
    expect(await read(app)).toMatchObject([{ status: 'pending' }, { status: 'pending' }]);
    expect(updatesIn(file)).toEqual([]);
  });

  it('leaves the comment as it was where its own event can not be stored', async () => {
    const { app, file } = startComments(life);
    await write(app, 'Nice');
    refuseWritesTo('outbox', file);
    expect(
      (
        await request(app)
          .post('/events')
          .send(verdict('c1', { revision: 1 }))
      ).status,
    ).toBe(500);
    expect(await read(app)).toMatchObject([{ status: 'pending', version: 1 }]);
  });

  it('finds comments by any id, and makes none', async () => {
    const { app } = startComments(life);
    for (const id of ['__proto__', 'constructor', '../x']) await push(app, verdict(id, { revision: 1 }));
    expect(await read(app)).toEqual([]);
  });
});

describe('Other events', () => {
  it('are accepted and ignored, its own too', async () => {
    const { app, file } = startComments(life);
    const data = { id: 'c9', content: 'x', postId: 'p1', status: 'approved' };
    for (const type of ['CommentCreated', 'CommentUpdated', 'PostCreated', 'Unheard']) await push(app, { type, data });
    expect({ comments: await read(app), events: outboxOf(file) }).toEqual({ comments: [], events: [] });
  });
});

describe('A verdict whose comment never comes', () => {
  it('is forgotten after a week', async () => {
    const { app, file, pass } = startComments(life);
    const kept = () => {
      const raw = openRaw(file);
      const rows = raw.prepare<[], { comment_id: string }>('SELECT comment_id FROM early_verdicts').all();
      raw.close();
      return rows.map((row) => row.comment_id);
    };
    await push(app, verdict('x1', { revision: 1 }));
    pass(7 * 24 * 60 * 60);
    await push(app, verdict('x2', { revision: 1 }));
    expect(kept()).toEqual(['x1', 'x2']);
    pass(1);
    await push(app, verdict('x3', { revision: 1 }));
    expect(kept()).toEqual(['x2', 'x3']);
  });
});
