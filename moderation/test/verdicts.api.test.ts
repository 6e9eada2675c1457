import { outboxOf, refuseWritesTo } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { ask, created, idsIn, noon, push, putRules, startModeration, updated } from './moderation-service';

const life = useTestLife();

/** A service with these comments, all of them held. */
async function holding(...ids: string[]) {
  const service = startModeration(life);
  await putRules(service.app, [{ kind: 'all', name: 'everything', action: 'hold' }]);
  await push(service.app, ...ids.map((id) => created(id)));
  service.commits.length = 0;
  return service;
}

const decided = (file: string) => outboxOf(file).map(({ data }) => data as Record<string, unknown>);

describe('A verdict', () => {
  it('of a moderator is a new revision, told at once and kept with their name', async () => {
    const { app, file, commits } = await holding('c1');
    const body = { commentId: 'c1', verdict: 'rejected', reason: 'Rude.', revision: 1 };
    const answer = await ask(app, 'POST /verdicts', { body });
    const verdict = {
      ...{ commentId: 'c1', postId: 'p1', revision: 2, status: 'rejected', by: 'ana', byPerson: true },
      ...{ reason: 'Rude.', commentVersion: 1, decidedAt: noon },
    };
    expect({ status: answer.status, body: answer.body }).toEqual({ status: 200, body: verdict });
    const data = {
      id: 'c1',
      content: 'Nice',
      postId: 'p1',
      status: 'rejected',
      reason: 'Rude.',
      revision: 2,
      commentVersion: 1,
    };
    expect(outboxOf(file)).toMatchObject([{ type: 'CommentModerated', partitionkey: 'p1', subject: 'c1', data }]);
    expect(commits).toHaveLength(1);
    expect((await ask(app, 'GET /verdicts')).body[0]).toEqual(verdict);
  });

  it('names who decided meanwhile, and changes nothing then', async () => {
    const { app, file } = await holding('c1');
    await ask(app, 'POST /verdicts', { body: { commentId: 'c1', verdict: 'approved', revision: 1 } });
    const body = { commentId: 'c1', verdict: 'rejected', revision: 1 };
    const late = await ask(app, 'POST /verdicts', { by: 'ben', body });
    expect({ status: late.status, detail: late.body.detail }).toEqual({
      status: 409,
      detail: 'It is already approved by ana.',
    });
    expect(decided(file)).toHaveLength(1);
    expect((await ask(app, 'POST /verdicts', { by: 'ben', body: { ...body, revision: undefined } })).status).toBe(200);
  });

  it('names the rules where an edit came in between', async () => {
    const { app } = await holding('c1');
    await push(app, updated('c1', 'Edited', { version: 2 }));
    const late = await ask(app, 'POST /verdicts', { body: { commentId: 'c1', verdict: 'approved', revision: 1 } });
    expect(late.body).toMatchObject({ status: 409, detail: 'It is already held by rule everything.' });
  });

  it('that is sent again after a lost answer is answered the same, and counts once', async () => {
    const { app, file } = await holding('c1');
    const send = () => ask(app, 'POST /verdicts', { body: { commentId: 'c1', verdict: 'approved', revision: 1 } });
    expect((await send()).body).toEqual((await send()).body);
    expect(decided(file)).toHaveLength(1);
  });

  it('on nothing is refused', async () => {
    const { app } = await holding('c1');
    expect((await ask(app, 'POST /verdicts', { body: { commentId: 'c2', verdict: 'approved' } })).status).toBe(404);
  });

  it('of a list is given where it can be, one by one', async () => {
    const { app, file, commits } = await holding('c1', 'c2', 'c3');
    await ask(app, 'POST /verdicts', { by: 'ben', body: { commentId: 'c2', verdict: 'rejected' } });
    const body = ['c1', 'c2', 'unknown', 'c3', 'c3'].map((commentId) => ({
      commentId,
      verdict: 'approved',
      revision: 1,
    }));
    const answer = await ask(app, 'POST /verdicts', { body });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual([
      expect.objectContaining({ commentId: 'c1', status: 'approved', revision: 2, by: 'ana' }),
      { commentId: 'c2', error: expect.objectContaining({ status: 409, detail: 'It is already rejected by ben.' }) },
      { commentId: 'unknown', error: expect.objectContaining({ status: 404 }) },
      expect.objectContaining({ commentId: 'c3', revision: 2 }),
      expect.objectContaining({ commentId: 'c3', revision: 2 }),
    ]);
    expect(decided(file).map(({ id, status }) => [id, status])).toEqual([
      ['c2', 'rejected'],
      ['c1', 'approved'],
      ['c3', 'approved'],
    ]);
    expect(commits).toHaveLength(2);
  });

  it('of a list is given to none where the database refuses one', async () => {
    const { app, file } = await holding('c1', 'c2');
    refuseWritesTo('outbox', file);
    const body = ['c1', 'c2'].map((commentId) => ({ commentId, verdict: 'approved' }));
    expect((await ask(app, 'POST /verdicts', { body })).status).toBe(500);
    expect(await idsIn(app, 'status=pending')).toEqual(['c2', 'c1']);
  });
});

describe('Undo', () => {
  it('puts comments back where they were, with a higher revision', async () => {
    const { app, file } = await holding('c1', 'c2');
    const body = ['c1', 'c2'].map((commentId) => ({ commentId, verdict: 'approved', revision: 1 }));
    await ask(app, 'POST /verdicts', { body });
    const undone = await ask(app, 'POST /verdicts/undo', { body: { commentIds: ['c1', 'c2', 'c3'] } });
    expect(undone.body).toMatchObject([
      { commentId: 'c1', status: 'pending', revision: 3 },
      { revision: 3 },
      { error: { status: 404 } },
    ]);
    expect(await idsIn(app, 'status=pending')).toEqual(['c2', 'c1']);
    expect(decided(file).map(({ id, status, revision }) => [id, status, revision])).toEqual([
      ...[
        ['c1', 'approved', 2],
        ['c2', 'approved', 2],
      ],
      ...[
        ['c1', 'pending', 3],
        ['c2', 'pending', 3],
      ],
    ]);
  });

  it('takes back the decision that was seen only, once, and none of the rules', async () => {
    const { app } = await holding('c1', 'c2');
    await ask(app, 'POST /verdicts', { body: { commentId: 'c1', verdict: 'approved' } });
    const undo = (body: object, by = 'ana') => ask(app, 'POST /verdicts/undo', { body, by });
    expect((await undo({ commentId: 'c1', revision: 1 }, 'ben')).body).toMatchObject({
      status: 409,
      detail: 'It is already approved by ana.',
    });
    const first = await undo({ commentId: 'c1', revision: 2 });
    expect(first.body).toMatchObject({ status: 'pending', revision: 3 });
    expect((await undo([{ commentId: 'c1', revision: 2 }])).body).toEqual([first.body]);
    expect((await undo({ commentId: 'c2' })).body).toMatchObject({
      status: 409,
      detail: 'There is nothing to undo: already held by rule everything.',
    });
  });
});

describe('The audit log', () => {
  it('is walked newest first, by comment and by who decided', async () => {
    const { app } = await holding('c1', 'c2');
    for (const verdict of ['approved', 'rejected', 'pending']) {
      await ask(app, 'POST /verdicts', { by: 'ben', body: { commentId: 'c1', verdict } });
    }
    const read = async (query: string) => {
      const { body, headers } = await ask(app, `GET /verdicts?${query}`);
      const next = /^<(.*)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
      return {
        log: (body as { commentId: string; revision: number }[]).map((one) => [one.commentId, one.revision]),
        next,
      };
    };
    const first = await read('commentId=c1&limit=3');
    expect(first.log).toEqual([
      ['c1', 4],
      ['c1', 3],
      ['c1', 2],
    ]);
    expect(await read((first.next ?? '').split('?')[1] ?? '')).toEqual({ log: [['c1', 1]], next: undefined });
    expect((await read('by=ben&commentId=c2')).log).toEqual([]);
    expect((await read(`by=${encodeURIComponent('rule everything')}`)).log).toEqual([
      ['c2', 1],
      ['c1', 1],
    ]);
  });
});
