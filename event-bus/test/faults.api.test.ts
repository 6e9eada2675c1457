import request from 'supertest';
import { type RunningBus, runBus } from './running-bus';
import { runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
let subscriber: SubscriberServer;
beforeEach(async () => {
  subscriber = await runSubscriber();
  bus = await runBus(folder(), { g: { endpoints: [subscriber.url], timeoutMs: 300 } }, { takesFaults: true });
});
afterEach(async () => {
  await bus.stop();
  await subscriber.stop();
});

const put = (body: object, group = 'g') => request(bus.server.url).put(`/faults/${group}`).send(body);
const end = (group = 'g') => request(bus.server.url).delete(`/faults/${group}`);
const list = async () => (await request(bus.server.url).get('/faults')).body;
const status = async () => (await request(bus.server.url).get('/subscriptions/g')).body;

let made = 0;
/** Publishes one event for each key; gives their numbers. */
async function publish(...keys: string[]): Promise<number[]> {
  const events = keys.map((partitionkey) => ({ type: 'T', partitionkey, data: { n: (made += 1) } }));
  expect((await request(bus.server.url).post('/events').send(events)).status).toBe(200);
  return events.map(({ data }) => data.n);
}

/** Asks until what is answered is so. */
async function until<T>(ask: () => Promise<T>, isSo: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isSo(answer)) return answer;
  }
}

const counted = (name: string, least: number) =>
  until(list, ([fault]: { counts: Record<string, number> }[]) => (fault?.counts[name] ?? 0) >= least);

describe('a fault on purpose', () => {
  it('stops a subscriber until it is ended: then everything comes at once', async () => {
    const answer = await put({ stop: true });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ group: 'g', stop: true, seconds: 60, counts: { pushes: 0 } });
    expect(Date.parse(answer.body.endsAt) - Date.parse(answer.body.startedAt)).toBe(60_000);
    const sent = await publish('a', 'b', 'a');
    await until(status, ({ state, reason }) => state === 'down' && reason === 'stopped on purpose');
    expect(subscriber.pushes).toEqual([]);
    expect((await end()).status).toBe(204);
    await subscriber.until(() => subscriber.handled().length === 3);
    expect([...subscriber.handled()].sort()).toEqual(sent);
    expect((await end()).status).toBe(404);
  });

  it.each(['500', '429', '400'])('answers %s in the place of the subscriber', async (fail) => {
    await put({ fail });
    const [sent] = await publish('a');
    await counted('failed', 2);
    expect(subscriber.pushes).toEqual([]);
    const event = (await request(bus.server.url).get('/events?limit=1')).body[0];
    const { groups } = (await request(bus.server.url).get(`/events/${event.id}`)).body;
    expect(groups[0].attempts[0]).toMatchObject({ status: Number(fail), reason: `answered ${fail} on purpose` });
    await end();
    await subscriber.until(() => subscriber.handled().includes(sent));
  });

  it('loses answers: the event comes again', async () => {
    await put({ fail: 'timeout' });
    const [sent] = await publish('a');
    await subscriber.until(() => subscriber.handled().length >= 2);
    expect(new Set(subscriber.handled())).toEqual(new Set([sent]));
    await end();
    await until(status, ({ cursor }) => cursor === 1);
  });

  it('holds pushes back', async () => {
    await put({ delayMs: 60_000 });
    const [sent] = await publish('a');
    await counted('heldBack', 1);
    expect(subscriber.pushes).toEqual([]);
    await end();
    await subscriber.until(() => subscriber.handled().includes(sent));
  });

  it('duplicates, and keeps the order of each key', async () => {
    await put({ duplicate: 100, reorderAcrossKeys: true });
    const sent = await publish('a', 'b', 'a', 'c', 'b', 'a');
    await subscriber.until(() => subscriber.handled().length === 12);
    const [a1, b1, a2, c1, b2, a3] = sent;
    const ofKey = (...some: unknown[]) => subscriber.handled().filter((n) => some.includes(n));
    expect(ofKey(a1, a2, a3)).toEqual([a1, a1, a2, a2, a3, a3]);
    expect(ofKey(b1, b2)).toEqual([b1, b1, b2, b2]);
    expect(ofKey(c1)).toEqual([c1, c1]);
    expect(await list()).toMatchObject([{ reorderAcrossKeys: true, counts: { duplicated: 6 } }]);
  });

  it('ends by itself after its time', async () => {
    await put({ stop: true, seconds: 1 });
    const [sent] = await publish('a');
    await subscriber.until(() => subscriber.handled().includes(sent));
    expect(await list()).toEqual([]);
  });

  it('is one of many that can be ended together', async () => {
    await request(bus.server.url)
      .put('/subscriptions/other')
      .send({ endpoints: [subscriber.url] });
    await put({ stop: true });
    await put({ stop: true }, 'other');
    await publish('a');
    expect((await list()).map(({ group }: { group: string }) => group)).toEqual(['g', 'other']);
    expect((await request(bus.server.url).delete('/faults')).status).toBe(204);
    expect(await list()).toEqual([]);
    await subscriber.until(() => subscriber.handled().length === 2);
  });

  it('lasts when the group gets other settings', async () => {
    await put({ stop: true });
    await request(bus.server.url)
      .put('/subscriptions/g')
      .send({ endpoints: [subscriber.url], batch: 5 });
    await publish('a');
    await counted('stopped', 1);
    expect(subscriber.pushes).toEqual([]);
  });

  it('does not hold up a bus that stops', async () => {
    await put({ delayMs: 60_000 });
    await publish('a');
    await counted('heldBack', 1);
    await bus.stop();
    bus = await runBus(folder(), { g: { endpoints: [subscriber.url] } }, { takesFaults: true });
    await subscriber.until(() => subscriber.handled().length === 1);
    expect(await list()).toEqual([]);
  });

  it.each([
    [{}, 400, ''],
    [{ stop: true, seconds: 601 }, 400, 'seconds'],
    [{ fail: 'often' }, 400, 'fail'],
  ])('is not %j', async (body, expected, path) => {
    const answer = await put(body);
    expect([answer.status, answer.body.errors[0].path]).toEqual([expected, path]);
  });

  it('is for groups that there are, and sent as JSON by no page', async () => {
    expect((await put({ stop: true }, 'nobody')).status).toBe(404);
    expect((await put({ stop: true }, '-')).status).toBe(400);
    expect((await end('nobody')).status).toBe(404);
    expect((await put({ stop: true }).set('Origin', 'http://evil.example')).status).toBe(403);
    const asText = request(bus.server.url).put('/faults/g').set('Content-Type', 'text/plain').send('{"stop":true}');
    expect((await asText).status).toBe(415);
    expect(await list()).toEqual([]);
  });
});

describe('without FAULTS=on', () => {
  it('nothing can be made to go wrong, and the answer says how it can', async () => {
    const off = await runBus(`${folder()}/off`, { g: { endpoints: [subscriber.url] } });
    const answers = [
      await request(off.server.url).get('/faults'),
      await request(off.server.url).put('/faults/g').send({ stop: true }),
      await request(off.server.url).put('/faults/g').send('nonsense'),
      await request(off.server.url).delete('/faults/g'),
      await request(off.server.url).delete('/faults'),
    ];
    await off.stop();
    for (const { status, body } of answers) {
      expect([status, body.detail]).toEqual([403, expect.stringContaining('FAULTS=on')]);
    }
  });
});
