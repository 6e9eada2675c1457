import request, { type Response } from 'supertest';
import { type RunningBus, runBus, type Subscriptions } from './running-bus';
import { runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
let subscriber: SubscriberServer;
beforeEach(async () => {
  subscriber = await runSubscriber();
});
afterEach(async () => {
  await bus.stop();
  await subscriber.stop();
});

const run = async (subscriptions: Subscriptions = {}): Promise<void> => {
  bus = await runBus(folder(), subscriptions);
};
const toSubscriber = () => ({ endpoints: [subscriber.url] });
const publish = (...events: object[]) =>
  request(bus.server.url)
    .post('/events')
    .send(events.map((event) => ({ specversion: '1.0', type: 'T', source: '/test', partitionkey: 'k', ...event })));
const get = async (path: string) => (await request(bus.server.url).get(`/events/${path}`)).body;
const groupIn = ({ groups }: { groups: { group: string }[] }, name: string) =>
  groups.find(({ group }) => group === name);

/** Asks until what is answered is so. */
async function getUntil<T>(path: string, isSo: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = (await get(path)) as T;
    if (isSo(answer)) return answer;
  }
}

describe('GET /events/:id', () => {
  it('shows the event as it is stored, what caused it and what it caused', async () => {
    await run();
    await publish({ id: 'first', data: { text: 'Grüße 👋' } });
    await publish({ id: 'second', source: '/other', causationid: 'first', correlationid: 'first' });
    await publish({ id: 'third', causationid: 'second', correlationid: 'first' });
    const second = await get('second');
    const [event] = (await request(bus.server.url).get('/events?after=1&limit=1')).body;
    expect(second.event).toEqual(event);
    expect(second.cause).toMatchObject({ id: 'first', sequence: 1, source: '/test', type: 'T', key: 'k' });
    expect(second.effects).toMatchObject([{ id: 'third', sequence: 3, causationid: 'second', correlationid: 'first' }]);
    expect(Date.parse(second.storedAt)).toBeGreaterThan(Date.parse('2026-01-01'));
    expect(await get('first')).toMatchObject({ cause: null, effects: [{ id: 'second' }], groups: [] });
    expect(await get('third')).toMatchObject({ cause: { id: 'second', source: '/other' }, effects: [] });
  });

  it('wants the source where several have an event of this id', async () => {
    await run();
    await publish({ id: 'a/b', source: '/x' }, { id: 'a/b', source: '/y', partitionkey: 'other' });
    const both = await request(bus.server.url).get('/events/a%2Fb');
    expect(both.status).toBe(400);
    expect(both.body.errors).toEqual([{ path: 'source', message: 'must be one of "/x", "/y"' }]);
    expect((await get('a%2Fb?source=/y')).event).toMatchObject({ sequence: 2, source: '/y' });
    expect((await request(bus.server.url).get('/events/a%2Fb?source=/z')).status).toBe(404);
    expect((await request(bus.server.url).get('/events/a%2Fb?source=/x&source=/y')).status).toBe(400);
  });

  it.each(['/events/none', '/events/none/path'])('knows no %s', async (path) => {
    await run();
    const { status, type } = await request(bus.server.url).get(path);
    expect([status, type]).toEqual([404, 'application/problem+json']);
    expect((await request(bus.server.url).delete(path)).status).toBe(405);
  });

  it('shows each try of each group, and which group does not want it', async () => {
    await run({ g: toSubscriber(), else: { ...toSubscriber(), types: ['Other'] } });
    subscriber.answer = ({ headers }) => (headers['delivery-attempt'] === '1' ? 503 : 200);
    await publish({ id: 'e' });
    const shown = await getUntil<{ groups: { group: string; state: string }[] }>(
      'e',
      (answer) => groupIn(answer, 'g')?.['state' as never] === 'done',
    );
    expect(groupIn(shown, 'g')).toMatchObject({
      ...{ state: 'done', waitsFor: [], inFlight: null, deadLetter: null },
      attempts: [
        { attempt: 1, endpoint: subscriber.url, outcome: 'retry', status: 503, reason: 'answered 503', events: 1 },
        { attempt: 2, endpoint: subscriber.url, outcome: 'done', status: 200, reason: null, events: 1 },
      ],
    });
    expect(groupIn(shown, 'else')).toMatchObject({ state: 'not-subscribed', attempts: [] });
    expect(shown).toMatchObject({ attemptsKept: { most: 10_000, perEvent: 20 } });
  });

  it('shows what it waits for: an answer, an earlier event, a subscriber that is away, an operator', async () => {
    await run({ g: toSubscriber(), away: { endpoints: ['http://127.0.0.1:1/events'] } });
    subscriber.answer = () => undefined;
    await publish({ id: 'e' }, { id: 'f' });
    await subscriber.until(() => subscriber.pushes.length === 1);
    expect(groupIn(await get('e'), 'g')).toMatchObject({
      ...{ state: 'in-flight', inFlight: { endpoint: subscriber.url, attempt: 1 } },
    });
    expect(groupIn(await get('f'), 'g')).toMatchObject({
      ...{ state: 'waiting', waitsFor: [{ for: 'earlier-event', sequence: 1 }] },
    });
    await getUntil<{ groups: { group: string; waitsFor: { for: string }[] }[] }>('e', ({ groups }) =>
      groups.some(({ group, waitsFor }) => group === 'away' && waitsFor[0]?.for === 'subscriber'),
    );
    await request(bus.server.url).post('/subscriptions/away/pause');
    expect(groupIn(await get('f'), 'away')).toMatchObject({
      waitsFor: [{ for: 'earlier-event' }, { for: 'operator', reason: 'paused by an operator' }],
    });
  });

  it('shows a dead letter, and what became of it', async () => {
    await run({ g: { ...toSubscriber(), maxAttempts: 2 } });
    subscriber.answer = () => 422;
    await publish({ id: 'bad' });
    type Shown = { groups: { state: string }[] };
    const dead = await getUntil<Shown>('bad', ({ groups }) => groups[0]?.state === 'dead-letter');
    expect(groupIn(dead as never, 'g')).toMatchObject({
      deadLetter: { reason: 'answered 422', attempts: 2, state: 'dead' },
      attempts: [{ status: 422 }, { status: 422 }],
    });
    subscriber.answer = () => 200;
    await request(bus.server.url).post('/dead-letters/redeliver').send({ all: true });
    const done = await getUntil<Shown>('bad', ({ groups }) => groups[0]?.state === 'done');
    expect(groupIn(done as never, 'g')).toMatchObject({ deadLetter: { state: 'redelivered' } });
  });

  it('still knows how each group stands after a restart, though no longer how it came there', async () => {
    await run({ g: toSubscriber() });
    subscriber.answer = ({ events }) => (events[0]?.partitionkey === 'ill' ? 500 : 200);
    await publish({ id: 'good' }, { id: 'ill', partitionkey: 'ill' });
    await subscriber.until(() => subscriber.pushes.length > 3);
    await bus.stop();
    subscriber.answer = () => undefined;
    await run({ g: toSubscriber() });
    expect(groupIn(await get('good'), 'g')).toMatchObject({ state: 'passed', attempts: [] });
    expect(['waiting', 'in-flight']).toContain(groupIn(await get('ill'), 'g')?.['state' as never]);
  });
});

describe('GET /events/:id/path', () => {
  it('is the whole chain from its first cause on, whichever event is asked for', async () => {
    await run({ g: toSubscriber() });
    await publish({ id: 'root' }, { id: 'alone' });
    await publish({ id: 'left', causationid: 'root' }, { id: 'right', causationid: 'root', partitionkey: 'other' });
    await publish({ id: 'leaf', causationid: 'right' });
    for (const id of ['root', 'left', 'right', 'leaf']) {
      const { events, complete } = await get(`${id}/path`);
      expect(events.map((event: { id: string }) => event.id)).toEqual(['root', 'left', 'right', 'leaf']);
      expect(events[3]).toMatchObject({ sequence: 5, causationid: 'right', groups: [{ group: 'g' }] });
      expect(complete).toBe(true);
    }
    expect((await get('alone/path')).events).toMatchObject([{ id: 'alone' }]);
  });

  it('ends for chains that lead round', async () => {
    await run();
    await publish({ id: 'self', causationid: 'self' }, { id: 'a', causationid: 'b' }, { id: 'b', causationid: 'a' });
    expect((await get('self/path')).events).toHaveLength(1);
    expect((await get('a/path')).events.map(({ id }: { id: string }) => id)).toEqual(['a', 'b']);
  });

  it('is shown whole where one event has caused many, and says so', async () => {
    await run();
    await publish({ id: 'root' }, ...Array.from({ length: 150 }, (_, n) => ({ id: `e${n}`, causationid: 'root' })));
    const { events, complete } = await get('root/path');
    expect([events.length, complete]).toEqual([151, true]);
    const root = await get('root');
    expect([root.effects.length, root.effectsComplete]).toEqual([100, false]);
    expect(await get('e1')).toMatchObject({ effects: [], effectsComplete: true });
  });

  it.each([
    ['a line', (n: number) => `l${n}`],
    ['a star', () => 'l0'],
  ])('is read in pages where it is long, and each says whether more comes: %s', async (_what, causeOf) => {
    await run();
    const rest = Array.from({ length: 250 }, (_, n) => ({ id: `l${n + 1}`, causationid: causeOf(n) }));
    await publish({ id: 'l0' }, ...rest);
    const pages: { ids: string[]; complete: boolean }[] = [];
    for (let url: string | undefined = '/events/l120/path?limit=100'; url;) {
      const answer: Response = await request(bus.server.url).get(url);
      pages.push({ ids: answer.body.events.map(({ id }: { id: string }) => id), complete: answer.body.complete });
      url = /^<(.*)>; rel="next"$/.exec(answer.headers['link'] ?? '')?.[1];
    }
    expect(pages.map(({ ids, complete }) => [ids.length, complete])).toEqual([
      [100, false],
      [100, false],
      [51, true],
    ]);
    expect(pages.flatMap(({ ids }) => ids)).toEqual(Array.from({ length: 251 }, (_, n) => `l${n}`));
    expect((await request(bus.server.url).get('/events/l0/path?limit=0')).status).toBe(400);
  });
});
