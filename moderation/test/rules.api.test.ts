import { useTestLife } from '../../common/kit/test/test-life';
import { outboxOf } from '../../common/kit/test/raw-database';
import { defaultRules } from '../src/rules/rule-set';
import { ask, created, event, idsIn, noon, push, putRules, startModeration } from './moderation-service';

const life = useTestLife();
const spam = { kind: 'words', name: 'spam', action: 'reject', words: ['spam'], reason: 'No spam.' };
const ifMatch = (etag: string) => ({ 'If-Match': etag });

describe('The rules', () => {
  it('are the default ones, version 1, until somebody changes them', async () => {
    const { app } = startModeration(life);
    const { status, body, headers } = await ask(app, 'GET /rules');
    expect({ status, body, etag: headers['etag'] }).toEqual({
      status: 200,
      body: { version: 1, ...defaultRules },
      etag: '"1"',
    });
    expect((await ask(app, 'GET /rules', { headers: { 'If-None-Match': '"1"' } })).status).toBe(304);
  });

  it('are replaced as a whole by whoever saw the newest, hold from then on, and after a restart', async () => {
    const { app, file, store } = startModeration(life);
    const put = await ask(app, 'PUT /rules', { body: { rules: [spam] }, headers: ifMatch('"1"') });
    const rules = [{ ...spam, caseSensitive: false }];
    const now = { version: 2, trustAfter: 3, rules, changedBy: 'ana', changedAt: noon };
    expect({ status: put.status, body: put.body, etag: put.headers['etag'] }).toEqual({
      status: 200,
      body: now,
      etag: '"2"',
    });
    await push(app, created('c1', 'an orange'), created('c2', 'SPAM'));
    expect(outboxOf(file)).toMatchObject([
      { data: { status: 'approved' } },
      { data: { status: 'rejected', reason: 'No spam.' } },
    ]);
    await store.close();
    expect((await ask(startModeration(life, { file }).app, 'GET /rules')).body).toEqual(now);
  });

  it('are not replaced by whoever saw older ones, or says nothing', async () => {
    const { app } = startModeration(life);
    await putRules(app, [spam]);
    const put = (headers = {}) => ask(app, 'PUT /rules', { body: { rules: [] }, headers });
    expect((await put(ifMatch('"1"'))).status).toBe(412);
    expect((await put(ifMatch('W/"2"'))).status).toBe(412);
    expect((await put()).status).toBe(428);
    expect((await ask(app, 'GET /rules')).body).toMatchObject({ version: 2, rules: [{ name: 'spam' }] });
    expect((await put(ifMatch('"2"'))).body).toMatchObject({ version: 3, rules: [] });
  });

  it.each([
    [{ rules: 'x' }, 'rules', 'must be a list of rules'],
    [{}, 'rules', 'must be a list of rules'],
    [
      { rules: [{ ...spam, kind: 'regexp' }] },
      'rules[0].kind',
      'must be words, phrases, links, first-time-author, repeated-text, post-age, length or all',
    ],
    [{ rules: [spam, 7] }, 'rules[1]', 'must be an object'],
    [{ rules: [{ ...spam, action: 'delete' }] }, 'rules[0].action', 'must be reject, hold or flag'],
    [{ rules: [{ ...spam, words: [] }] }, 'rules[0].words', 'must not be empty'],
    [{ rules: [{ ...spam, words: [' '] }] }, 'rules[0].words[0]', 'must not be empty'],
    [{ rules: [{ ...spam, words: ['\u200B'] }] }, 'rules[0].words[0]', 'must not be invisible characters only'],
    [{ rules: [{ ...spam, words: ['x'.repeat(101)] }] }, 'rules[0].words[0]', 'must be at most 100 characters'],
    [{ rules: [{ ...spam, name: 'a\0b' }] }, 'rules[0].name', 'must not contain NUL or half of a surrogate pair'],
    [{ rules: [spam, spam] }, 'rules[1].name', 'is the name of another rule'],
    [
      { rules: Array.from({ length: 51 }, (_, index) => ({ ...spam, name: `r${index}` })) },
      'rules',
      'must be at most 50 rules',
    ],
    [
      {
        rules: ['a', 'b'].map((name) => ({ ...spam, name, words: Array.from({ length: 300 }, () => 'x'.repeat(100)) })),
      },
      'rules',
      'must have at most 50000 characters in all words and phrases',
    ],
    [{ rules: [{ kind: 'links', name: 'l', action: 'hold', most: -1 }] }, 'rules[0].most', 'must be at least 0'],
    [{ rules: [{ kind: 'links', name: 'l', action: 'hold', most: '3' }] }, 'rules[0].most', 'must be a number'],
    [
      { rules: [{ kind: 'post-age', name: 'l', action: 'hold', days: 1.5 }] },
      'rules[0].days',
      'must be a whole number',
    ],
    [{ rules: [], trustAfter: 0 }, 'trustAfter', 'must be at least 1'],
  ])('name what is wrong with %j', async (body, path, message) => {
    const { app } = startModeration(life);
    for (const route of ['PUT /rules', 'POST /rules/try'] as const) {
      const answer = await ask(app, route, { body, headers: ifMatch('*') });
      expect({ status: answer.status, errors: answer.body.errors }).toEqual({
        status: 400,
        errors: [{ path, message }],
      });
    }
    expect((await ask(app, 'GET /rules')).body.version).toBe(1);
  });
});

describe('Rules that are tried', () => {
  it('show what they would make of the newest comments, and change nothing', async () => {
    const { app, file } = startModeration(life);
    await push(
      app,
      event('PostCreated', { id: 'p1', title: 'T', version: 1 }),
      created('c1', 'SPAM'),
      created('c2', 'an orange'),
    );
    const rules = [spam, { kind: 'first-time-author', name: 'new', action: 'hold' }];
    const { status, body } = await ask(app, 'POST /rules/try', { body: { rules } });
    expect(status).toBe(200);
    expect(body).toEqual({
      counts: { pending: 1, flagged: 0, approved: 0, rejected: 1 },
      items: [
        expect.objectContaining({ id: 'c2', status: 'rejected', becomes: 'pending', by: 'rule new', spans: [] }),
        {
          ...{ id: 'c1', postId: 'p1', postTitle: 'T', author: 'Reader', content: 'SPAM', createdAt: noon },
          ...{ status: 'approved', becomes: 'rejected', by: 'rule spam', rule: 'spam', reason: 'No spam.' },
          spans: [{ start: 0, end: 4 }],
        },
      ],
    });
    expect((await ask(app, 'GET /rules')).body.version).toBe(1);
    expect([await idsIn(app, 'status=approved'), outboxOf(file).length]).toEqual([['c1'], 2]);
  });

  it('are tried on the newest 100, with the blocklist and what is known of authors', async () => {
    const { app } = startModeration(life);
    const of = (id: number) => created(`c${id}`, `Text ${id}`, { authorId: id % 2 ? 'odd' : 'even' });
    await push(app, ...Array.from({ length: 120 }, (_, id) => of(id)), created('gone'));
    await push(app, event('CommentDeleted', { id: 'gone', postId: 'p1' }));
    await ask(app, 'PUT /blocklist', { body: { authorId: 'odd', action: 'reject' } });
    const rules = [{ kind: 'all', name: 'everything', action: 'hold' }];
    const { body } = await ask(app, 'POST /rules/try', { body: { rules } });
    expect(body.counts).toEqual({ pending: 0, flagged: 0, approved: 50, rejected: 50 });
    expect((body.items as { id: string }[]).map(({ id }) => id).slice(0, 2)).toEqual(['c119', 'c118']);
  });
});
