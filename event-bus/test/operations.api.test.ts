import request from 'supertest';
import { type RunningBus, runBus } from './running-bus';
import { runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
let subscriber: SubscriberServer;
/** The subscriber refuses events with these keys. */
let refused: Set<string>;
beforeEach(async () => {
  refused = new Set();
  subscriber = await runSubscriber();
  subscriber.answer = ({ events }) => (events.some(({ partitionkey }) => refused.has(partitionkey)) ? 422 : 200);
  bus = await runBus(folder(), { g: { endpoints: [subscriber.url], maxAttempts: 2 } });
});
afterEach(async () => {
  await bus.stop();
  await subscriber.stop();
});

const at = () => request(bus.server.url);
const publish = (...keys: string[]) =>
  at()
    .post('/events')
    .send(keys.map((partitionkey, n) => ({ type: 'T', id: `${partitionkey}${n}`, partitionkey, data: { n } })));

/** Makes a dead letter of an event with each of these keys, and resolves once they are there. */
async function makeDeadLetters(...keys: string[]): Promise<void> {
  refused = new Set(keys);
  await publish(...keys);
  await eventually(async () => (await at().get('/dead-letters')).body.length === keys.length);
  refused.clear();
}

async function eventually(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) if (Date.now() > deadline) throw new Error('it never became so');
}

describe('one event or key of a group', () => {
  it('is skipped: the event becomes a dead letter, and its key goes on', async () => {
    refused = new Set(['slow']);
    subscriber.answer = ({ events }) => (events.some(({ partitionkey }) => refused.has(partitionkey)) ? 503 : 200);
    await publish('slow', 'slow');
    await eventually(async () => (await at().get('/subscriptions/g')).body.parked.keys === 1);
    const { status, body } = await at().post('/subscriptions/g/skip').send({ sequence: 1 });
    expect([status, body]).toEqual([200, { group: 'g', sequence: 1, deadLetter: 'g:1' }]);
    refused.clear();
    await eventually(async () => (await at().get('/subscriptions/g')).body.parked.keys === 0);
    expect((await at().get('/dead-letters/g:1')).body).toMatchObject({ reason: 'skipped by an operator' });
    const again = await at().post('/subscriptions/g/skip').send({ sequence: 2 });
    expect([again.status, again.body.detail]).toEqual([409, 'Event 2 does not wait any more; nothing was done.']);
  });

  it('is halted and released', async () => {
    expect((await at().post('/subscriptions/g/halt').send({ key: 'k' })).status).toBe(200);
    await publish('k');
    const { body } = await at().get('/subscriptions/g');
    expect(body.parked.first).toMatchObject([{ key: 'k', state: 'halted', reason: 'halted by an operator' }]);
    expect((await at().post('/subscriptions/g/release').send({ key: 'k' })).status).toBe(200);
    await eventually(async () => (await at().get('/subscriptions/g')).body.parked.keys === 0);
  });

  it.each([
    ['skip', {}, 400, 'sequence'],
    ['skip', { sequence: '1' }, 400, 'sequence'],
    ['skip', { sequence: 0 }, 400, 'sequence'],
    ['halt', {}, 400, 'key'],
    ['release', { key: '' }, 400, 'key'],
  ])('is refused: %s %j is answered with %i and names %s', async (command, body, status, path) => {
    const answer = await at().post(`/subscriptions/g/${command}`).send(body);
    expect([answer.status, answer.body.errors[0].path]).toEqual([status, path]);
  });

  it('is not found in an unknown group, and an unknown event is not found', async () => {
    expect((await at().post('/subscriptions/none/halt').send({ key: 'k' })).status).toBe(404);
    expect((await at().post('/subscriptions/g/skip').send({ sequence: 99 })).status).toBe(404);
  });
});

describe('dead letters', () => {
  it('are listed with their event, why it was given up and how often it was tried', async () => {
    await makeDeadLetters('bad');
    const { status, body } = await at().get('/dead-letters?group=g&reason=answered%20422&state=dead');
    expect(status).toBe(200);
    expect(body).toEqual([
      {
        ...{ id: 'g:1', group: 'g', sequence: 1, eventId: 'bad0', type: 'T', key: 'bad', reason: 'answered 422' },
        ...{ detail: null, attempts: 2, state: 'dead', redeliveries: 0, job: null, redeliveredAt: null },
        ...{ firstFailedAt: expect.stringMatching(/Z$/), deadAt: expect.stringMatching(/Z$/) },
        event: expect.objectContaining({ id: 'bad0', type: 'T', partitionkey: 'bad', data: { n: 0 }, sequence: 1 }),
      },
    ]);
    expect((await at().get('/dead-letters/g:1')).body).toEqual(body[0]);
    expect((await at().get('/dead-letters?group=other')).body).toEqual([]);
  });

  it('are paged by Link', async () => {
    await makeDeadLetters('a', 'b', 'c');
    const first = await at().get('/dead-letters?limit=2');
    expect(first.body.map(({ id }: { id: string }) => id)).toEqual(['g:1', 'g:2']);
    const next = /<(.+)>; rel="next"/.exec(first.get('Link') ?? '')?.[1] ?? '';
    const second = await at().get(next);
    expect(second.body.map(({ id }: { id: string }) => id)).toEqual(['g:3']);
    expect(second.get('Link')).toBeUndefined();
  });

  it.each([
    ['by id', { ids: ['g:1', 'g:2'] }],
    ['by group', { group: 'g' }],
    ['by reason and key', { reason: 'answered 422' }],
    ['all of them', { all: true }],
  ])('are delivered again %s, as a job whose progress can be seen', async (_, which) => {
    await makeDeadLetters('a', 'b');
    const { status, body, headers } = await at().post('/dead-letters/redeliver').send(which);
    expect(status).toBe(202);
    expect(body).toMatchObject({ total: 2 });
    const job = headers['location'] ?? '';
    await eventually(async () => (await at().get(job)).body.state === 'done');
    expect((await at().get(job)).body).toMatchObject({ id: body.id, total: 2, waiting: 0, delivered: 2, failed: 0 });
    expect(subscriber.handled().sort()).toEqual([0, 1]);
    expect((await at().get('/dead-letters?state=redelivered')).body).toHaveLength(2);
  });

  it('are delivered once, however often and at once that is asked for', async () => {
    await makeDeadLetters('a');
    const ask = () => at().post('/dead-letters/redeliver').send({ all: true });
    const jobs = (await Promise.all([ask(), ask(), ask()])).map(({ body }) => body);
    expect(jobs.map(({ total }) => total).sort()).toEqual([0, 0, 1]);
    await publish('b');
    await subscriber.until(() => subscriber.handled().length === 2);
    expect(subscriber.pushes.filter(({ events }) => events[0]?.id === 'a0')).toHaveLength(3);
  });

  it('can be discarded', async () => {
    await makeDeadLetters('a');
    expect((await at().delete('/dead-letters/g:1')).status).toBe(204);
    expect((await at().delete('/dead-letters/g:1')).status).toBe(404);
    expect((await at().get('/dead-letters')).body).toEqual([]);
  });

  it.each([
    ['post', '/dead-letters/redeliver', {}, 400, ''],
    ['post', '/dead-letters/redeliver', { ids: [] }, 400, 'ids'],
    ['post', '/dead-letters/redeliver', { ids: ['g'] }, 400, 'ids[0]'],
    ['post', '/dead-letters/redeliver', { group: 'a b' }, 400, 'group'],
    ['post', '/dead-letters/redeliver', { all: false }, 400, 'all'],
    ['post', '/dead-letters/redeliver', { ids: ['g:1'], more: 1 }, 400, ''],
    ['post', '/dead-letters/redeliver', { ids: ['g:9'] }, 404, undefined],
    ['get', '/dead-letters?limit=0', undefined, 400, 'limit'],
    ['get', '/dead-letters?after=g', undefined, 400, 'after'],
    ['get', '/dead-letters?state=alive', undefined, 400, 'state'],
    ['get', '/dead-letters/nonsense', undefined, 400, 'id'],
    ['get', '/dead-letters/g:7', undefined, 404, undefined],
    ['get', '/dead-letters/redeliveries/none', undefined, 404, undefined],
  ] as const)('%s %s with %j answers %i', async (method, path, body, status, field) => {
    const answer = await at()[method](path).send(body);
    expect(answer.status).toBe(status);
    if (field !== undefined) expect(answer.body.errors).toMatchObject([{ path: field }]);
  });
});

describe('a group', () => {
  it('is paused and resumed', async () => {
    const paused = await at().post('/subscriptions/g/pause');
    expect(paused.body).toMatchObject({ group: 'g', state: 'paused', reason: 'paused by an operator' });
    await publish('a');
    expect((await at().get('/subscriptions/g')).body).toMatchObject({ state: 'paused', lag: { events: 1 } });
    expect((await at().post('/subscriptions/g/resume')).body).toMatchObject({ state: 'flowing', reason: null });
    await subscriber.until(() => subscriber.handled().length === 1);
  });

  it('has events replayed, and is told before how many', async () => {
    await publish('a', 'b', 'a');
    await subscriber.until(() => subscriber.handled().length === 3);
    await eventually(async () => (await at().get('/subscriptions/g')).body.cursor === 3);
    const dry = await at().post('/subscriptions/g/replay?dryRun').send({ from: 2 });
    expect(dry.body).toEqual({ group: 'g', from: 2, events: 2, dryRun: true });
    const { body } = await at().post('/subscriptions/g/replay').send({ key: 'a' });
    expect(body).toEqual({ group: 'g', key: 'a', from: 1, events: 2, dryRun: false });
    await subscriber.until(() => subscriber.handled().length === 5);
    expect(subscriber.handled().slice(3)).toEqual([0, 2]);
    await at()
      .post('/subscriptions/g/replay')
      .send({ from: new Date(0).toISOString() });
    await subscriber.until(() => subscriber.handled().length === 8);
  });

  it.each([
    ['/subscriptions/g/replay', {}, 400, 'from'],
    ['/subscriptions/g/replay', { from: 'yesterday' }, 400, 'from'],
    ['/subscriptions/g/replay', { from: 0 }, 400, 'from'],
    ['/subscriptions/g/replay', { from: 2 }, 400, 'from'],
    ['/subscriptions/g/replay', { key: '' }, 400, 'key'],
    ['/subscriptions/g/replay?dryRun=perhaps', { from: 1 }, 400, 'dryRun'],
    ['/subscriptions/none/replay', { from: 1 }, 404, undefined],
    ['/subscriptions/none/pause', undefined, 404, undefined],
    ['/subscriptions/none/resume', undefined, 404, undefined],
    ['/subscriptions/a b/pause', undefined, 400, 'group'],
  ])('%s with %j answers %i', async (path, body, status, field) => {
    const answer = await at().post(path).send(body);
    expect(answer.status).toBe(status);
    if (field !== undefined) expect(answer.body.errors).toMatchObject([{ path: field }]);
  });

  it('takes no change from a page in a browser', async () => {
    for (const send of [at().post('/subscriptions/g/pause'), at().delete('/subscriptions/g'), at().post('/events')]) {
      expect((await send.set('Origin', 'http://evil.example')).status).toBe(403);
    }
    expect((await at().get('/subscriptions/g').set('Origin', 'http://evil.example')).body).toMatchObject({
      state: 'flowing',
    });
  });
});
