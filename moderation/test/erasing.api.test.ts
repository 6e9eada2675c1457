import request from 'supertest';
import { filesWith } from '../../common/kit/test/files-with';
import { openRaw, outboxOf } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { ask, created, push, startModeration, updated } from './moderation-service';

const life = useTestLife();
const words = 'Xylophonic orange words that occur nowhere else';

const commentErased = (id: string) => ({ type: 'CommentErased', data: { id, postId: 'p1' } });
const postErased = { type: 'PostErased', data: { id: 'p1' } };

async function judged() {
  const moderation = startModeration(life);
  await push(moderation.app, { type: 'PostCreated', data: { id: 'p1', title: words } }, created('c1', words));
  const reason = `“${words}” is not for here`;
  await ask(moderation.app, 'POST /verdicts', { body: [{ commentId: 'c1', verdict: 'rejected', reason }] });
  expect(filesWith(moderation.file, words)).not.toEqual([]);
  return moderation;
}

describe('An erased comment', () => {
  it('leaves who decided and when: no text, no reason that quotes it, no event that waits', async () => {
    const { app, file } = await judged();
    await push(app, commentErased('c1'));
    const raw = life.closing(openRaw(file));
    raw.exec("UPDATE posts SET title = ''; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
    expect(filesWith(file, words, 'xylophonic', 'Xylophonic')).toEqual([]);
    expect(outboxOf(file)).toEqual([]);
    const { body } = (await ask(app, 'GET /verdicts?commentId=c1')) as { body: { by: string; reason?: string }[] };
    expect(body.length).toBeGreaterThan(1);
    expect(body.map(({ reason }) => reason)).toEqual(body.map(() => undefined));
    expect((await ask(app, 'GET /queue?status=rejected&q=xylophonic')).body).toMatchObject({ items: [] });
  });

  it('stays gone, whatever comes late or is left of its events', async () => {
    const { app } = startModeration(life);
    await push(app, commentErased('c1'), created('c1', words), updated('c1', words));
    await push(app, { ...created('c2', ''), erased: true });
    for (const status of ['pending', 'approved', 'rejected', 'flagged']) {
      expect((await ask(app, `GET /queue?status=${status}`)).body).toMatchObject({ items: [] });
    }
  });
});

describe('An erased post', () => {
  it('takes its title, and the texts and reasons of its comments', async () => {
    const { app, file } = await judged();
    await push(app, postErased);
    expect(filesWith(file, words, 'xylophonic')).toEqual([]);
    expect(outboxOf(file)).toEqual([]);
  });

  it('is not done while somebody reads the files that still hold the texts', async () => {
    const { app, file } = await judged();
    const reader = life.closing(openRaw(file));
    reader.exec('BEGIN');
    reader.prepare('SELECT * FROM comments').get();
    await request(app).post('/events').send(postErased).expect(503);
    reader.exec('COMMIT');
    await push(app, postErased);
    expect(filesWith(file, words)).toEqual([]);
  });
});
