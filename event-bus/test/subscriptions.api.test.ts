import request from 'supertest';
import { type RunningBus, runBus } from './running-bus';
import { runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
let subscriber: SubscriberServer;
beforeEach(async () => {
  bus = await runBus(folder());
  subscriber = await runSubscriber();
});
afterEach(async () => {
  await bus.stop();
  await subscriber.stop();
});

const put = (name: string, body: object) => request(bus.server.url).put(`/subscriptions/${name}`).send(body);
const publish = (...events: object[]) => request(bus.server.url).post('/events').send(events);

describe('PUT /subscriptions/:group', () => {
  it('makes a group that starts at the beginning, and says how it stands', async () => {
    await publish({ type: 'T', data: { n: 1 } }, { type: 'T', data: { n: 2 } });
    const { status, body } = await put('g', { endpoints: [subscriber.url] });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...{ group: 'g', state: 'flowing', endpoints: [subscriber.url], batch: 1, timeoutMs: 10_000, ack: '2xx' },
      ...{ onDeadLetter: 'skip', delivery: 'at-least-once', parked: { keys: 0, oldest: null } },
    });
    await subscriber.until(() => subscriber.handled().length === 2);
  });

  it.each([
    ['end', [3]],
    [2, [2, 3]],
  ])('starts a new group at %s', async (from, expected) => {
    await publish({ type: 'T', data: { n: 1, id: 'k' } }, { type: 'T', data: { n: 2, id: 'k' } });
    await put('g', { endpoints: [subscriber.url], from });
    await publish({ type: 'T', data: { n: 3, id: 'k' } });
    await subscriber.until(() => subscriber.handled().includes(3));
    expect(subscriber.handled()).toEqual(expected);
  });

  it('gives a group other endpoints and types: it goes on from its cursor', async () => {
    await put('g', { endpoints: ['http://127.0.0.1:1/events'] });
    await publish({ type: 'A', data: { n: 1 } }, { type: 'B', data: { n: 2 } });
    const { status } = await put('g', { endpoints: [subscriber.url], types: ['B'] });
    expect(status).toBe(200);
    await subscriber.until(() => subscriber.handled().length === 1);
    await put('g', { endpoints: [subscriber.url], from: 'beginning' });
    await publish({ type: 'A', data: { n: 3 } });
    await subscriber.until(() => subscriber.handled().includes(3));
    expect(subscriber.handled()).toEqual([2, 3]);
  });

  it('lets a group deliver again that wanted no more events', async () => {
    subscriber.answer = () => 410;
    await put('g', { endpoints: [subscriber.url] });
    await publish({ type: 'T', data: { n: 1 } });
    await subscriber.until(() => subscriber.pushes.length === 1);
    subscriber.answer = () => 200;
    await put('g', { endpoints: [subscriber.url] });
    await subscriber.until(() => subscriber.handled().length === 1);
  });

  it.each([
    [{}, 'endpoints'],
    [{ endpoints: [] }, 'endpoints'],
    [{ endpoints: ['ftp://x/events'] }, 'endpoints[0]'],
    [{ endpoints: ['nonsense'] }, 'endpoints[0]'],
    [{ endpoints: ['http://x/'], batch: 0 }, 'batch'],
    [{ endpoints: ['http://x/'], from: 'middle' }, 'from'],
    [{ endpoints: ['http://x/'], ack: 'maybe' }, 'ack'],
    [{ endpoints: ['http://x/'], timeoutMs: '5' }, 'timeoutMs'],
    [{ endpoints: ['http://x/'], unknown: 1 }, ''],
  ])('refuses %j, naming %s', async (body, path) => {
    const answer = await put('g', body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toMatchObject([{ path }]);
    expect((await request(bus.server.url).get('/subscriptions')).body).toEqual([]);
  });

  it('refuses a name that is none, and a body that is not JSON', async () => {
    expect((await put('-x', { endpoints: [subscriber.url] })).status).toBe(400);
    expect((await put(encodeURIComponent('a/b'), { endpoints: [subscriber.url] })).status).toBe(400);
    expect(
      (await request(bus.server.url).put('/subscriptions/g').set('Content-Type', 'text/plain').send('x')).status,
    ).toBe(415);
  });
});

describe('GET and DELETE /subscriptions', () => {
  it('lists the groups, shows one, and knows which there are not', async () => {
    await put('b', { endpoints: [subscriber.url] });
    await put('a', { endpoints: ['http://127.0.0.1:1/events'] });
    const { body } = await request(bus.server.url).get('/subscriptions');
    expect(body.map(({ group }: { group: string }) => group)).toEqual(['a', 'b']);
    expect((await request(bus.server.url).get('/subscriptions/b')).body).toMatchObject({
      group: 'b',
      lag: { events: 0 },
    });
    expect((await request(bus.server.url).get('/subscriptions/c')).status).toBe(404);
    expect((await request(bus.server.url).delete('/subscriptions/c')).status).toBe(404);
  });

  it('forgets a group: made again, it starts anew', async () => {
    await put('g', { endpoints: [subscriber.url] });
    await publish({ type: 'T', data: { n: 1 } });
    await subscriber.until(() => subscriber.handled().length === 1);
    expect((await request(bus.server.url).delete('/subscriptions/g')).status).toBe(204);
    expect((await request(bus.server.url).get('/subscriptions')).body).toEqual([]);
    await put('g', { endpoints: [subscriber.url] });
    await subscriber.until(() => subscriber.handled().length === 2);
  });
});
