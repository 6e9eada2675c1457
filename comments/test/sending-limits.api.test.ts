import request from 'supertest';
import { openRaw, outboxOf } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { limitSettings, limitsOf } from '../src/sending-limits';
import { startComments } from './comments-service';

const life = useTestLife();

const limits = limitsOf({ COMMENTS_PER_MINUTE: 3, COMMENTS_PER_HOUR: 5 });
type App = ReturnType<typeof startComments>['app'];

const send = (app: App, { from = '203.0.113.5', content = 'Nice', headers = {}, body = {} } = {}) =>
  request(app)
    .post('/posts/p1/comments')
    .set({ 'X-Forwarded-For': from, ...headers })
    .send({ content, ...body });

async function statuses(count: number, sent: () => request.Test): Promise<number[]> {
  const all: number[] = [];
  while (all.length < count) all.push((await sent()).status);
  return all;
}

describe('More comments than one address may send', () => {
  it('are refused with the seconds until the next one may come', async () => {
    const { app, file, pass } = startComments(life, { limits });
    await send(app);
    pass(20);
    expect(await statuses(2, () => send(app))).toEqual([201, 201]);
    pass(10.5);
    const refused = await send(app);
    expect({ status: refused.status, after: refused.headers['retry-after'] }).toEqual({ status: 429, after: '30' });
    expect(refused.headers['content-type']).toContain('application/problem+json');
    expect(refused.headers['access-control-expose-headers']).toContain('Retry-After');
    expect(outboxOf(file)).toHaveLength(3);
    pass(29.4);
    expect((await send(app)).status).toBe(429);
    pass(0.1);
    expect(await statuses(2, () => send(app))).toEqual([201, 429]);
  });

  it('are refused by the hour too', async () => {
    const { app, pass } = startComments(life, { limits });
    expect(await statuses(3, () => send(app))).toEqual([201, 201, 201]);
    pass(60);
    expect(await statuses(3, () => send(app))).toEqual([201, 201, 429]);
    expect((await send(app)).headers['retry-after']).toBe('3540');
    pass(3540);
    expect((await send(app)).status).toBe(201);
  });

  it('are refused to that address only, of IPv6 to its network', async () => {
    const { app } = startComments(life, { limits });
    expect(await statuses(4, () => send(app))).toEqual([201, 201, 201, 429]);
    expect((await send(app, { from: '203.0.113.6' })).status).toBe(201);
    const addresses = ['2001:db8:1:2::1', '2001:db8:1:2::2', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::9'];
    const answers: number[] = [];
    for (const from of addresses) answers.push((await send(app, { from })).status);
    expect(answers).toEqual([201, 201, 201, 429]);
    expect((await send(app, { from: '2001:db8:1:3::1' })).status).toBe(201);
  });

  it('are not hidden by what somebody writes before the proxy’s own word', async () => {
    const { app } = startComments(life, { limits });
    let number = 0;
    const lying = () => send(app, { from: `198.51.100.${(number += 1)}, 203.0.113.5, 192.168.0.2` });
    expect(await statuses(4, lying)).toEqual([201, 201, 201, 429]);
  });

  it('count once where a request was repeated, and not where nothing was stored', async () => {
    const { app } = startComments(life, { limits });
    const key = { 'Idempotency-Key': 'k1' };
    expect(await statuses(5, () => send(app, { headers: key }))).toEqual([201, 201, 201, 201, 201]);
    expect(await statuses(5, () => send(app, { content: '' }))).toEqual([400, 400, 400, 400, 400]);
    expect(await statuses(5, () => send(app, { body: { parentId: 'no' } }))).toEqual([400, 400, 400, 400, 400]);
    expect(await statuses(3, () => send(app))).toEqual([201, 201, 429]);
    expect((await send(app, { headers: key })).status).toBe(201);
  });

  it('count too where they are edits, or of a program that fills in every field', async () => {
    const { app, bearer } = startComments(life, { limits });
    const { headers } = await send(app);
    const edit = (content: string, given: Record<string, string>) =>
      request(app).patch('/posts/p1/comments/c1').set('X-Forwarded-For', '203.0.113.5').set(given).send({ content });
    const own = { 'Comment-Token': headers['comment-token'] ?? '' };
    expect((await edit('Nicer', own)).status).toBe(200);
    expect((await send(app, { body: { website: 'x' } })).status).toBe(201);
    expect([(await edit('Nicest', own)).status, (await send(app, { body: { website: 'x' } })).status]).toEqual([
      429, 429,
    ]);
    expect((await edit('Cut', { Authorization: await bearer('moderator') })).status).toBe(200);
    expect((await request(app).delete('/posts/p1/comments/c1').set(own)).status).toBe(204);
  });

  it('are refused exactly, when many come at once', async () => {
    const { app, file } = startComments(life, { limits });
    const answers = await Promise.all(Array.from({ length: 12 }, () => send(app)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(outboxOf(file)).toHaveLength(3);
  });
});

describe('A program on this machine', () => {
  it('may send as much as it likes, unless it passes on what came from elsewhere', async () => {
    const { app } = startComments(life, { limits });
    const local = () => request(app).post('/posts/p1/comments').send({ content: 'Nice' });
    expect(await statuses(6, local)).toEqual(Array(6).fill(201));
    expect(await statuses(4, () => local().set('Via', '1.1 proxy'))).toEqual([201, 201, 201, 429]);
    expect((await send(app, { from: '127.0.0.1' })).status).toBe(429);
  });
});

describe('What is remembered of addresses', () => {
  it('is forgotten after an hour', async () => {
    const { app, file, pass } = startComments(life, { limits });
    await send(app);
    pass(60 * 60);
    await send(app, { from: '203.0.113.6' });
    const raw = openRaw(file);
    expect(raw.prepare('SELECT count(*) AS count FROM sendings').get()).toEqual({ count: 1 });
    raw.close();
  });
});

describe('The settings', () => {
  it('are ten comments a minute and sixty an hour, and 0 for no limit', () => {
    const read = (text?: string) => limitSettings.COMMENTS_PER_MINUTE.parse(text);
    expect([read(), limitSettings.COMMENTS_PER_HOUR.parse(undefined), read('7')]).toEqual([10, 60, 7]);
    for (const wrong of ['-1', 'x', '1.5']) expect(() => read(wrong)).toThrow();
    expect(limitsOf({ COMMENTS_PER_MINUTE: 0, COMMENTS_PER_HOUR: 60 })).toEqual([{ most: 60, ms: 3_600_000 }]);
  });
});
