import { useTestLife } from '../../common/kit/test/test-life';
import { ask, created, event, idsIn, noon, push, putRules, startModeration } from './moderation-service';

const life = useTestLife();
const rules = [
  { kind: 'words', name: 'cats', action: 'hold', words: ['cat'], reason: 'Wait.' },
  { kind: 'words', name: 'dogs', action: 'flag', words: ['dog'] },
  { kind: 'words', name: 'birds', action: 'reject', words: ['bird'] },
];

async function started() {
  const service = startModeration(life);
  await putRules(service.app, rules);
  return service;
}

/** All ids of a tab, page by page along its links. */
async function walk(path: string, app: Awaited<ReturnType<typeof started>>['app']): Promise<string[][]> {
  const pages: string[][] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const { headers, body }: Awaited<ReturnType<typeof ask>> = await ask(app, `GET ${next}`);
    pages.push((body.items as { id: string }[]).map(({ id }) => id));
    next = /^<(.*)>; rel="next"$/.exec(headers['link'] ?? '')?.[1];
  }
  return pages;
}

describe('The queue', () => {
  it('shows a comment with all that helps to decide on it', async () => {
    const { app } = await started();
    const known = { authorId: 'a1', addressHash: 'h1', parentId: 'c0' };
    await push(
      app,
      event('PostCreated', { id: 'p1', title: 'Pets', version: 1 }),
      event('PostUpdated', { id: 'p1', title: 'All pets', version: 2 }),
      ...['a', 'b', 'a dog'].map((text, index) => created(`ok${index}`, text, { authorId: 'a1' })),
      created('no', 'a bird', { authorId: 'a1' }),
    );
    // Three approved comments would be enough to be trusted.
    await putRules(app, rules, { trustAfter: null });
    await push(app, created('c2', 'My Cat.', known));
    const { status, body } = await ask(app, 'GET /queue');
    expect(status).toBe(200);
    expect(body).toEqual({
      counts: { pending: 1, flagged: 1, approved: 2, rejected: 1 },
      items: [
        {
          ...{ id: 'c2', postId: 'p1', postTitle: 'All pets', author: 'Reader', content: 'My Cat.', createdAt: noon },
          ...{ ...known, version: 1, status: 'pending', revision: 1, rule: 'cats', spans: [{ start: 3, end: 6 }] },
          authorCounts: { approved: 3, rejected: 1 },
          history: [
            {
              ...{ commentId: 'c2', postId: 'p1', revision: 1, status: 'pending', by: 'rule cats', byPerson: false },
              ...{ rule: 'cats', reason: 'Wait.', commentVersion: 1, decidedAt: noon },
            },
          ],
        },
      ],
    });
  });

  it('shows what a comment replies to, unless that is gone', async () => {
    const { app } = await started();
    await push(app, created('c1', 'a dog'), created('c2', 'a cat', { parentId: 'c1' }), created('c3', 'cats'));
    const read = async () => (await ask(app, 'GET /queue')).body.items as { id: string; parent?: object }[];
    expect(await read()).toMatchObject([{ id: 'c3' }, { id: 'c2', parent: { author: 'Reader', content: 'a dog' } }]);
    await push(app, event('CommentDeleted', { id: 'c1', postId: 'p1', version: 2 }));
    expect((await read()).map(({ parent }) => parent)).toEqual([undefined, undefined]);
  });

  it('knows nothing of the authors and posts of classic services', async () => {
    const { app } = await started();
    await push(app, { type: 'CommentCreated', data: { id: 'c1', content: 'cat', postId: 'p1', status: 'pending' } });
    const { body } = await ask(app, 'GET /queue');
    expect(Object.keys(body.items[0] as object)).not.toContain('authorCounts');
    expect(body.items).toMatchObject([{ id: 'c1', author: '', createdAt: noon }]);
  });

  it('keeps the places that made the rule fit after a decision, and lists the decisions, newest first', async () => {
    const { app } = await started();
    await push(app, created('c1', 'cat'));
    await ask(app, 'POST /verdicts', { body: { commentId: 'c1', verdict: 'approved' } });
    await ask(app, 'POST /verdicts', { by: 'ben', body: { commentId: 'c1', verdict: 'rejected', reason: 'No cats.' } });
    const { body } = await ask(app, 'GET /queue?status=rejected');
    expect(body.items).toMatchObject([
      {
        ...{ rule: 'cats', spans: [{ start: 0, end: 3 }], revision: 3 },
        history: [{ by: 'ben', reason: 'No cats.' }, { by: 'ana', status: 'approved' }, { by: 'rule cats' }],
      },
    ]);
  });

  it('is walked from the newest on by Link, each comment once, while others come in', async () => {
    const { app } = await started();
    const ids = Array.from({ length: 25 }, (_, index) => `c${index}`);
    await push(app, ...ids.map((id) => created(id, id === 'c7' ? 'dog' : 'cat')));
    const [first] = await walk('/queue?limit=10', app);
    await push(app, created('late', 'cat'));
    const pages = await walk('/queue?limit=10', app);
    expect(pages.map(({ length }) => length)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual(['late', ...ids.filter((id) => id !== 'c7').reverse()]);
    expect(first?.[0]).toBe('c24');
  });

  it.each([
    ['cat', ['c4', 'c2', 'c1']],
    ['CAT', ['c4', 'c2', 'c1']],
    ['at', ['c4', 'c2', 'c1']],
    ['ana', ['c2']],
    ['猫が', ['c2']],
    ['猫が好', ['c2']],
    ['"a% b_"', ['c1']],
    ['%', ['c1']],
    ['_', ['c1']],
    ['cat* OR dog', []],
    ["'; DROP TABLE comments; --", []],
    ['', ['c4', 'c2', 'c1']],
    ['  ', ['c4', 'c2', 'c1']],
  ])('is searched for %j in text and author', async (q, ids) => {
    const { app } = await started();
    await push(
      app,
      created('c1', 'cat "a% b_"'),
      created('c2', 'cat 猫が好き', { author: 'Ana' }),
      created('c3', 'dog'),
      created('c4', 'Cats'),
    );
    expect(await idsIn(app, `q=${encodeURIComponent(q)}`)).toEqual(ids);
    expect((await walk(`/queue?limit=1&q=${encodeURIComponent(q)}`, app)).flat()).toEqual(ids);
  });

  it('finds the present text only', async () => {
    const { app } = await started();
    await push(
      app,
      created('c1', 'first cat'),
      event('CommentUpdated', { ...created('c1', 'second cat').data, version: 2 }),
    );
    expect([await idsIn(app, 'q=first'), await idsIn(app, 'q=second')]).toEqual([[], ['c1']]);
  });

  it.each([
    'status=deleted',
    'status=',
    'limit=0',
    'limit=101',
    'limit=x',
    'cursor=x',
    `q=${'x'.repeat(101)}`,
    'q=%00',
    'q=a&q=b',
    `cursor=${Buffer.from('["","x"]').toString('base64url')}`,
  ])('refuses ?%s', async (query) => {
    const { app } = await started();
    const { status, body } = await ask(app, `GET /queue?${query}`);
    expect({ status, paths: (body.errors as object[]).length }).toEqual({ status: 400, paths: 1 });
  });
});
