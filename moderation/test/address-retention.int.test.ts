import { openRaw } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { ask, push, startModeration } from './moderation-service';

const life = useTestLife();

const comment = (id: string, createdAt: string) => ({
  type: 'CommentCreated',
  data: {
    id,
    postId: 'p1',
    content: `The text of ${id}`,
    author: '',
    status: 'pending',
    createdAt,
    addressHash: 'hash',
  },
});

describe('The hash of the address that a comment came from', () => {
  it('is forgotten when it is old, and that of a newer comment is not', async () => {
    const { app, store, file } = startModeration(life);
    const ids = Array.from({ length: 1_001 }, (_, n) => `old-${n}`);
    await push(app, ...ids.map((id) => comment(id, '2026-01-01T00:00:00.000Z')));
    await push(app, comment('newer', '2026-11-01T00:00:00.000Z'));
    await store.forgetAddresses(new Date('2026-10-01T00:00:00.000Z'));
    const raw = life.closing(openRaw(file));
    const kept = raw.prepare('SELECT id FROM comments WHERE address_hash IS NOT NULL').pluck().all();
    expect(kept).toEqual(['newer']);
  });

  it('is forgotten with the entry of the blocklist that names it, and blocked authors stay', async () => {
    const { app, store } = startModeration(life);
    await ask(app, 'PUT /blocklist', { body: { addressHash: 'hash', action: 'hold' } });
    await ask(app, 'PUT /blocklist', { body: { authorId: 'ana', action: 'hold' } });
    await store.forgetAddresses(new Date('2026-11-24T11:00:00.000Z'));
    expect((await ask(app, 'GET /blocklist')).body).toHaveLength(2);
    await store.forgetAddresses(new Date('2026-11-24T13:00:00.000Z'));
    expect((await ask(app, 'GET /blocklist')).body).toMatchObject([{ authorId: 'ana' }]);
  });
});
