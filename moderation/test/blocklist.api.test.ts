import { outboxOf } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { ask, created, noon, push, startModeration } from './moderation-service';

const life = useTestLife();

describe('The blocklist', () => {
  it('has authors and addresses, each once, the newest first', async () => {
    const { app } = startModeration(life);
    const put = (body: object) => ask(app, 'PUT /blocklist', { body });
    const entry = { authorId: 'a1', action: 'hold', reason: '', by: 'ana', at: noon };
    expect((await put({ authorId: 'a1', action: 'hold' })).body).toEqual(entry);
    await put({ addressHash: 'a1', action: 'reject', reason: 'Bye.' });
    await put({ authorId: 'a1', action: 'reject' });
    const { body } = await ask(app, 'GET /blocklist');
    expect(body).toEqual([
      { addressHash: 'a1', action: 'reject', reason: 'Bye.', by: 'ana', at: noon },
      { ...entry, action: 'reject' },
    ]);
    const page = await ask(app, 'GET /blocklist?limit=1');
    const next = /^<(.*)>; rel="next"$/.exec(String(page.headers['link']))?.[1];
    expect((await ask(app, `GET ${next}`)).body).toEqual([{ ...entry, action: 'reject' }]);
  });

  it('decides before all rules, rejecting rather than holding, until somebody is taken off', async () => {
    const { app, file } = startModeration(life);
    await ask(app, 'PUT /blocklist', { body: { authorId: 'a1', action: 'hold' } });
    await ask(app, 'PUT /blocklist', { body: { addressHash: 'h1', action: 'reject', reason: 'Bye.' } });
    const of = (id: string, authorId: string, addressHash: string) => created(id, 'Nice', { authorId, addressHash });
    await push(app, of('c1', 'a1', 'h2'), of('c2', 'a1', 'h1'), of('c3', 'a2', 'h2'), of('c4', 'h1', 'a1'));
    expect(outboxOf(file).map(({ data }) => data)).toMatchObject([
      { id: 'c2', status: 'rejected', reason: 'Bye.' },
      { id: 'c3', status: 'approved' },
      { id: 'c4', status: 'approved' },
    ]);
    expect((await ask(app, 'GET /queue')).body.items).toMatchObject([{ id: 'c1', history: [{ by: 'the blocklist' }] }]);
    expect((await ask(app, 'DELETE /blocklist?authorId=a1')).status).toBe(204);
    expect((await ask(app, 'DELETE /blocklist?authorId=a1')).status).toBe(404);
    await push(app, of('c5', 'a1', 'h2'));
    expect(outboxOf(file).at(-1)?.data).toMatchObject({ id: 'c5', status: 'approved' });
  });

  it('shows the newest comment of whom it blocks, so that people know who that is', async () => {
    const { app } = startModeration(life);
    await push(
      app,
      created('c1', 'First', { authorId: 'a1', addressHash: 'h1', author: 'Tom' }),
      created('c2', 'Second', { authorId: 'a1', addressHash: 'h2', author: 'Thomas' }),
    );
    await ask(app, 'PUT /blocklist', { body: { authorId: 'a1', action: 'hold' } });
    await ask(app, 'PUT /blocklist', { body: { addressHash: 'h1', action: 'hold' } });
    await ask(app, 'PUT /blocklist', { body: { addressHash: 'a1', action: 'hold' } });
    const { body } = await ask(app, 'GET /blocklist');
    expect(body.map(({ comment }: { comment?: object }) => comment)).toEqual([
      undefined,
      { author: 'Tom', content: 'First' },
      { author: 'Thomas', content: 'Second' },
    ]);
  });

  it.each([
    {},
    { authorId: 'a', addressHash: 'b' },
    { authorId: '' },
    { authorId: 7 },
    { authorId: 'a', action: 'flag' },
  ])('refuses %j', async (body) => {
    const { app } = startModeration(life);
    expect((await ask(app, 'PUT /blocklist', { body: { action: 'hold', ...body } })).status).toBe(400);
    expect((await ask(app, 'GET /blocklist')).body).toEqual([]);
  });

  it.each(['', '?authorId=', '?authorId=a&addressHash=b', '?authorId=a&authorId=b'])(
    'refuses to delete %j',
    async (query) => {
      const { app } = startModeration(life);
      expect((await ask(app, `DELETE /blocklist${query}`)).status).toBe(400);
    },
  );
});
