import request from 'supertest';
import { outboxOf, refuseWritesTo } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import {
  ask,
  classic,
  comment,
  created,
  event,
  idsIn,
  push,
  putRules,
  startModeration,
  updated,
} from './moderation-service';

const life = useTestLife();
const verdictsIn = (file: string) => outboxOf(file).map(({ data }) => data as Record<string, unknown>);

describe('CommentCreated', () => {
  it('is judged, as the effect of the event', async () => {
    const { app, file, commits } = startModeration(life);
    const events = [created('c1'), created('c2', 'an orange', { version: 4 })];
    await push(app, ...events);
    expect(outboxOf(file)).toMatchObject([
      {
        type: 'CommentModerated',
        source: '/moderation',
        causationid: events[0]?.id,
        data: { id: 'c1', status: 'approved' },
      },
      { causationid: events[1]?.id, data: { id: 'c2', status: 'rejected', revision: 1, commentVersion: 4 } },
    ]);
    expect(commits).toHaveLength(1);
  });

  it('of classic comments is judged too, with all the classic fields in the verdict', async () => {
    const { app, file } = startModeration(life);
    const { type, data } = classic('1f');
    await request(app).post('/events').send({ type, data }).expect(200);
    expect(outboxOf(file)).toMatchObject([{ partitionkey: 'p1', data: { ...data, status: 'approved' } }]);
    expect(verdictsIn(file)[0]).not.toHaveProperty('commentVersion');
  });

  it('that was judged elsewhere is believed, and told to nobody', async () => {
    const { app, file } = startModeration(life);
    await push(app, created('c1', 'an orange', { status: 'approved' }), created('c2', 'fine', { status: 'rejected' }));
    expect(outboxOf(file)).toEqual([]);
    expect(await idsIn(app, 'status=approved')).toEqual(['c1']);
    expect(await idsIn(app, 'status=rejected')).toEqual(['c2']);
  });

  it('that waited elsewhere waits here too, whatever the rules say, until a person decides', async () => {
    const { app, file } = startModeration(life);
    const imported = { imported: true };
    await push(app, created('c1', 'fine', imported), created('c2', 'an orange', imported));
    expect(outboxOf(file)).toEqual([]);
    expect(await idsIn(app, 'status=pending')).toEqual(['c2', 'c1']);
    await push(app, updated('c1', 'fine', { version: 2 }));
    expect(await idsIn(app, 'status=pending')).toEqual(['c2', 'c1']);
    await ask(app, 'POST /verdicts', { body: { commentId: 'c1', verdict: 'approved' } });
    expect(verdictsIn(file)).toMatchObject([{ id: 'c1', status: 'approved', revision: 2 }]);
  });

  it('is judged once when it is delivered twice, in one push or in two', async () => {
    const { app, file } = startModeration(life);
    await push(app, created('c1'), created('c1'));
    await push(app, created('c1', 'an orange'));
    expect(verdictsIn(file)).toMatchObject([{ id: 'c1', status: 'approved' }]);
  });

  it.each(['__proto__', 'constructor', '../x', '42', 'x'.repeat(128)])('may have the id %s', async (id) => {
    const { app, file } = startModeration(life);
    await push(app, created(id));
    expect(outboxOf(file)).toMatchObject([{ subject: id }]);
    expect(await idsIn(app, 'status=approved')).toEqual([id]);
  });

  it('is refused with its whole push where a part is wrong, and nothing is judged', async () => {
    const { app, file, commits } = startModeration(life);
    const answer = await request(app)
      .post('/events')
      .send([created('c1'), created('x'.repeat(129))]);
    expect({ status: answer.status, errors: answer.body.errors }).toEqual({
      status: 400,
      errors: [{ path: '[1].data.id', message: 'must be at most 128 characters' }],
    });
    expect({ events: outboxOf(file), commits }).toEqual({ events: [], commits: [] });
  });

  it('is not judged where its verdict can not be stored', async () => {
    const { app, file } = startModeration(life);
    refuseWritesTo('outbox', file);
    await request(app).post('/events').send(created('c1')).expect(500);
    expect(await idsIn(app, 'status=approved')).toEqual([]);
    expect((await ask(app, 'GET /verdicts')).body).toEqual([]);
  });

  it('waits in the queue without an event where a rule holds it', async () => {
    const { app, file } = startModeration(life);
    await putRules(app, [{ kind: 'all', name: 'everything', action: 'hold' }]);
    await push(app, created('c1'));
    expect(outboxOf(file)).toEqual([]);
    expect(await idsIn(app, 'status=pending')).toEqual(['c1']);
  });

  it('is approved and in the queue where a rule flags it', async () => {
    const { app, file } = startModeration(life);
    await putRules(app, [{ kind: 'all', name: 'everything', action: 'flag' }]);
    await push(app, created('c1'));
    expect(verdictsIn(file)).toMatchObject([{ status: 'approved' }]);
    expect([await idsIn(app, 'status=flagged'), await idsIn(app, 'status=approved')]).toEqual([['c1'], []]);
  });
});

describe('CommentUpdated', () => {
  const edit = updated('c1', 'an orange', { version: 3, editedAt: '2026-11-24T12:01:00.000Z' });

  it('of an edit is judged again, with a higher revision and the version of the new text', async () => {
    const { app, file } = startModeration(life);
    await push(app, created('c1'), edit, edit);
    await push(app, edit);
    expect(verdictsIn(file)).toMatchObject([
      { status: 'approved', revision: 1, commentVersion: 1 },
      { status: 'rejected', revision: 2, commentVersion: 3, content: 'an orange' },
    ]);
    expect(await idsIn(app, 'status=rejected&q=orange')).toEqual(['c1']);
  });

  it('that comes before its CommentCreated is judged, and the late one is not', async () => {
    const { app, file } = startModeration(life);
    await push(app, edit, created('c1'));
    expect(verdictsIn(file)).toMatchObject([{ status: 'rejected', commentVersion: 3 }]);
  });

  it('that reports a verdict changes nothing, a comment put back to pending among them', async () => {
    const { app, file } = startModeration(life);
    await push(app, created('c1'), updated('c1', 'Nice', { status: 'approved', version: 2 }));
    await ask(app, 'POST /verdicts', { body: { commentId: 'c1', verdict: 'pending' } });
    await push(app, updated('c1', 'Nice', { version: 3 }));
    await push(app, { type: 'CommentUpdated', data: { ...classic('c1', 'Nice').data, status: 'pending' } });
    expect(verdictsIn(file).map(({ status }) => status)).toEqual(['approved', 'pending']);
    expect(await idsIn(app, 'status=pending')).toEqual(['c1']);
  });

  it('of an edit that says less than its CommentCreated forgets nothing', async () => {
    const { app } = startModeration(life);
    await push(app, created('c1', 'Nice', { authorId: 'a1', addressHash: 'h1', parentId: 'c0' }));
    await push(app, event('CommentUpdated', { ...comment('c1', 'New'), version: 3, createdAt: undefined }));
    const { body } = await ask(app, 'GET /queue?status=approved');
    expect(body.items).toMatchObject([{ content: 'New', authorId: 'a1', addressHash: 'h1', parentId: 'c0' }]);
  });
});

describe('CommentDeleted and PostDeleted', () => {
  it.each([
    event('CommentDeleted', { id: 'c1', postId: 'p1', version: 3 }),
    event('CommentDeleted', { id: 'c1', postId: 'p1' }),
    event('PostDeleted', { id: 'p1', version: 2 }),
  ])('take a comment out of the queue for good: %j', async (gone) => {
    const { app, file } = startModeration(life);
    await push(app, created('c1', 'secret'), gone, gone);
    await push(app, created('c1', 'secret'), updated('c1', 'secret', { version: 5 }));
    expect(outboxOf(file)).toHaveLength(1);
    for (const tab of ['pending', 'flagged', 'approved', 'rejected']) {
      expect(await idsIn(app, `status=${tab}&q=secret`)).toEqual([]);
    }
    const answer = await ask(app, 'POST /verdicts', { body: { commentId: 'c1', verdict: 'approved' } });
    expect(answer.status).toBe(404);
  });

  it('of a post with many comments take all of them', async () => {
    const { app } = startModeration(life);
    await push(
      app,
      ...Array.from({ length: 450 }, (_, index) => created(`c${index}`)),
      created('other', 'x', { postId: 'p2' }),
    );
    await push(app, event('PostDeleted', { id: 'p1' }));
    expect((await ask(app, 'GET /queue')).body.counts).toMatchObject({ approved: 1 });
  });

  it('count before what they are about, too', async () => {
    const { app, file } = startModeration(life);
    await push(app, event('CommentDeleted', { id: 'c1', postId: 'p1' }), event('PostDeleted', { id: 'p2' }));
    await push(
      app,
      created('c1'),
      created('c2', 'Nice', { postId: 'p2' }),
      event('PostCreated', { id: 'p2', title: 'T' }),
    );
    expect(outboxOf(file)).toEqual([]);
    expect((await ask(app, 'GET /queue')).body.counts).toEqual({ pending: 0, flagged: 0, approved: 0, rejected: 0 });
  });
});

describe('What is known around a comment', () => {
  const day = (n: number) => new Date(Date.UTC(2026, 10, n)).toISOString();
  const post = (id: string, createdAt: string) =>
    event('PostCreated', { id, title: `Title of ${id}`, createdAt, version: 1 });
  const statuses = (file: string) => Object.fromEntries(verdictsIn(file).map(({ id, status }) => [id, status]));

  it('closes posts of some age, unknown ones not', async () => {
    const { app, file } = startModeration(life);
    await putRules(app, [{ kind: 'post-age', name: 'closed', days: 10, action: 'reject' }]);
    await push(app, post('old', day(1)), post('new', day(5)));
    const onPost = (postId: string) => created(`on-${postId}`, 'x', { postId, createdAt: day(12) });
    await push(app, onPost('old'), onPost('new'), onPost('unknown'));
    expect(statuses(file)).toEqual({ 'on-old': 'rejected', 'on-new': 'approved', 'on-unknown': 'approved' });
  });

  it('knows a repeated text of the same author or address, however it is written', async () => {
    const { app, file } = startModeration(life);
    await putRules(app, [{ kind: 'repeated-text', name: 'again', hours: 24, action: 'reject' }]);
    await push(app, created('c1', 'Buy now', { authorId: 'a1', addressHash: 'h1', createdAt: day(1) }));
    await push(
      app,
      created('same-author', 'BUY  NOW', { authorId: 'a1', createdAt: day(2) }),
      created('same-address', 'buy now', { authorId: 'a9', addressHash: 'h1', createdAt: day(2) }),
      created('other', 'buy now', { authorId: 'a2', addressHash: 'h2', createdAt: day(2) }),
      created('unknown', 'buy now', { createdAt: day(2) }),
      created('other-text', 'buy later', { authorId: 'a1', createdAt: day(2) }),
      created('later', 'buy now', { authorId: 'a1', createdAt: day(9) }),
    );
    const rejected = Object.entries(statuses(file)).filter(([, status]) => status === 'rejected');
    expect(rejected.map(([id]) => id)).toEqual(['same-author', 'same-address']);
  });

  it('trusts an author with enough approved comments', async () => {
    const { app } = startModeration(life);
    await putRules(app, [{ kind: 'all', name: 'everything', action: 'hold' }], { trustAfter: 2 });
    const of = (id: string) => created(id, 'x', { authorId: 'a1' });
    await push(app, of('c1'), of('c2'), created('c3'));
    await ask(app, 'POST /verdicts', {
      body: ['c1', 'c2', 'c3'].map((commentId) => ({ commentId, verdict: 'approved' })),
    });
    await push(app, of('c4'), created('c5'), created('c6', 'x', { authorId: 'a2' }));
    expect(await idsIn(app, 'status=pending')).toEqual(['c6', 'c5']);
    // An edit of one of the two doesn't speak for itself.
    await push(app, updated('c1', 'y', { authorId: 'a1', version: 3 }));
    expect(await idsIn(app, 'status=pending')).toEqual(['c6', 'c5']);
    await ask(app, 'POST /verdicts', { body: { commentId: 'c4', verdict: 'rejected' } });
    await push(app, updated('c2', 'y', { authorId: 'a1', version: 3 }));
    expect(await idsIn(app, 'status=pending')).toEqual(['c6', 'c5', 'c2']);
  });
});
