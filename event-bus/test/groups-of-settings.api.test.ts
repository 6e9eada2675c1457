import request from 'supertest';
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

const settings = (more: object = {}): Subscriptions => ({ g: { endpoints: [subscriber.url], ...more } });
const at = () => request(bus.server.url);
const publish = async (id: string) =>
  expect((await at().post('/events').send({ type: 'T', id, data: {} })).status).toBe(200);
const names = async (): Promise<string[]> =>
  (await at().get('/subscriptions')).body.map(({ group }: { group: string }) => group);

async function restart(subscriptions: Subscriptions): Promise<void> {
  await bus.stop();
  bus = await runBus(folder(), subscriptions);
}

/** A group of the settings has had an event, and somebody deletes it. */
async function deleteGroup(): Promise<void> {
  bus = await runBus(folder(), settings());
  await publish('first');
  await subscriber.until(() => subscriber.handledEvents.length === 1);
  expect((await at().delete('/subscriptions/g')).status).toBe(204);
}

describe('a group of the settings that was deleted', () => {
  it('stays deleted when the bus starts again with the same settings, and gets nothing twice', async () => {
    await deleteGroup();
    for (let starts = 0; starts < 2; starts += 1) {
      await restart(settings());
      expect(await names()).toEqual([]);
      expect((await at().get('/subscriptions/g')).status).toBe(404);
    }
    await publish('second');
    expect(subscriber.pushes).toHaveLength(1);
  });

  it('is a new group once its settings are others', async () => {
    await deleteGroup();
    await restart(settings({ timeoutMs: 5_000 }));
    await subscriber.until(() => subscriber.handledEvents.length === 2);
    expect(await names()).toEqual(['g']);
  });

  it('is a new group if the settings leave it out and name it again later', async () => {
    await deleteGroup();
    await restart({});
    await restart(settings({ from: 'end' }));
    expect(await names()).toEqual(['g']);
  });

  it('is there again once it is put, also after the next start', async () => {
    await deleteGroup();
    expect(
      (
        await at()
          .put('/subscriptions/g')
          .send({ endpoints: [subscriber.url], from: 'end' })
      ).status,
    ).toBe(201);
    await restart(settings({ from: 'end' }));
    expect(await names()).toEqual(['g']);
    await publish('second');
    await subscriber.until(() => subscriber.handledEvents.length === 2);
    expect(subscriber.handledEvents.map(({ id }) => id)).toEqual(['first', 'second']);
  });
});

describe('a group that is made to begin beyond the end of the log', () => {
  const sequences = (): number[] => subscriber.handledEvents.map(({ sequence }) => sequence);
  const status = async () => (await at().get('/subscriptions/g')).body;

  it('gets nothing before the event that it begins with, whatever happens meanwhile', async () => {
    bus = await runBus(folder());
    for (const id of ['a', 'b', 'c']) await publish(id);
    await at()
      .put('/subscriptions/g')
      .send({ endpoints: [subscriber.url], from: 6 });
    expect(await status()).toMatchObject({ cursor: 5, lag: { events: 0, seconds: 0 }, state: 'flowing' });
    await publish('d');
    await restart({});
    await at()
      .put('/subscriptions/g')
      .send({ endpoints: [subscriber.url] });
    await restart({});
    expect(await status()).toMatchObject({ cursor: 5, lag: { events: 0, seconds: 0 } });
    for (const id of ['e', 'f', 'g']) await publish(id);
    await subscriber.until(() => subscriber.handledEvents.length === 2);
    expect(sequences()).toEqual([6, 7]);
  });

  it('has passed what came before, for those who wait or look', async () => {
    bus = await runBus(folder(), settings({ from: 100 }));
    expect((await at().post('/events?wait=g&timeout=60000').send({ type: 'T', id: 'a', data: {} })).status).toBe(200);
    expect((await at().get('/events/a')).body.groups).toMatchObject([{ group: 'g', state: 'passed', attempts: [] }]);
    expect((await at().get('/metrics')).text).toMatch(/bus_lag_events\{.*group="g".*\} 0\n/);
  });

  it('can be replayed: what was asked for comes, and nothing else before its beginning', async () => {
    bus = await runBus(folder(), settings({ from: 6 }));
    for (const id of ['a', 'b', 'c']) await at().post('/events').send({ type: 'T', id, partitionkey: id, data: {} });
    const replay = (body: object, query = '') => at().post(`/subscriptions/g/replay${query}`).send(body);
    expect((await replay({ from: 'beginning' }, '?dryRun')).body).toMatchObject({ from: 1, events: 3 });
    expect((await replay({ key: 'b', from: 2 })).body).toMatchObject({ events: 1 });
    await subscriber.until(() => subscriber.handledEvents.length === 1);
    while ((await status()).parked.keys > 0);
    await at().post('/events').send({ type: 'T', id: 'd', partitionkey: 'b', data: {} });
    await at()
      .post('/events')
      .send([1, 2].map((n) => ({ type: 'T', id: `e${n}`, partitionkey: 'b', data: {} })));
    await subscriber.until(() => subscriber.handledEvents.length === 2);
    expect(sequences()).toEqual([2, 6]);
    expect((await replay({ from: 3 })).body).toMatchObject({ from: 3, events: 4 });
    await subscriber.until(() => subscriber.handledEvents.length === 6);
    expect(sequences()).toEqual([2, 6, 3, 4, 5, 6]);
  });
});
