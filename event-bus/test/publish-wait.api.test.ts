import { request as httpRequest } from 'node:http';
import request from 'supertest';
import { type RunningBus, runBus, type Subscriptions } from './running-bus';
import { runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
let subscriber: SubscriberServer;
const start = async (subscription: Partial<Subscriptions[string]> = {}) => {
  const g = { endpoints: [subscriber.url], ...subscription };
  bus = await runBus(folder(), { g, other: { endpoints: ['http://127.0.0.1:9/events'] } });
};
beforeEach(async () => {
  subscriber = await runSubscriber();
});
afterEach(async () => {
  await bus.stop();
  await subscriber.stop();
});

const publish = (query: string, body: unknown) =>
  request(bus.server.url)
    .post(`/events?${query}`)
    .send(body as object);
const event = (n: number, more: object = {}) => ({ id: `e${n}`, type: 'T', data: { n }, ...more });
const head = async () => (await request(bus.server.url).get('/healthz')).body.head;

describe('POST /events?wait=<group>', () => {
  it('answers when the group is done with all events of the request: its read model shows them', async () => {
    await start();
    for (let n = 0; n < 50; n += 3) {
      const { status, body } = await publish('wait=g', [event(n), event(n + 1), event(n + 2)]);
      expect([status, body]).toEqual([
        200,
        { status: 'OK', durable: 'fsynced', events: [0, 1, 2].map((i) => ({ id: `e${n + i}`, sequence: n + i + 1 })) },
      ]);
      expect(subscriber.handled()).toEqual(expect.arrayContaining([n, n + 1, n + 2]));
    }
  });

  it('does so for many publishers at once, in batches', async () => {
    await start({ batch: 10 });
    const answers = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const { status } = await publish('wait=g', event(n));
        return { status, handled: subscriber.handled().includes(n) };
      }),
    );
    expect(answers).toEqual(answers.map(() => ({ status: 200, handled: true })));
  });

  it('answers with 202 and the same body when the time is over, and the events are stored', async () => {
    await start();
    const { status, body } = await publish('wait=other&timeout=30', event(1));
    expect([status, body]).toEqual([202, { status: 'OK', durable: 'fsynced', events: [{ id: 'e1', sequence: 1 }] }]);
  });

  it('counts an event as done that became a dead letter', async () => {
    await start({ maxAttempts: 2 });
    subscriber.answer = () => 422;
    expect((await publish('wait=g', event(1))).status).toBe(200);
    const { body } = await request(bus.server.url).get('/dead-letters?group=g');
    expect(JSON.stringify(body)).toContain('"e1"');
  });

  it('waits for an event that is tried again', async () => {
    await start();
    subscriber.answer = ({ headers }) => (headers['delivery-attempt'] === '3' ? 200 : 500);
    expect((await publish('wait=g', event(1))).status).toBe(200);
    expect(subscriber.handled()).toEqual([1]);
  });

  it('waits for nothing that is not of its types', async () => {
    await start({ types: ['Wanted'] });
    subscriber.answer = () => undefined;
    expect((await publish('wait=g', [event(1), event(2)])).status).toBe(200);
    expect((await publish('wait=g&timeout=30', [event(3), event(4, { type: 'Wanted' })])).status).toBe(202);
  });

  it('answers at once where the event is done already, and for no events', async () => {
    await start();
    await publish('wait=g', event(1));
    subscriber.answer = () => undefined;
    const { status, body } = await publish('wait=g', event(1));
    expect([status, body.events]).toEqual([200, [{ id: 'e1', sequence: 1 }]]);
    expect((await publish('wait=g', [])).status).toBe(200);
  });

  it('waits for an event that was published before and is not done yet', async () => {
    await start();
    await subscriber.stop();
    await publish('', event(1));
    const again = publish('wait=g', event(1)).then(({ status }) => [status, subscriber.handled()]);
    await subscriber.start();
    expect(await again).toEqual([200, [1]]);
  });

  it.each<[string, number, string]>([
    ['wait=nobody', 404, ''],
    ['wait=', 400, 'wait'],
    ['wait=g&wait=other', 400, 'wait'],
    ['wait=g&timeout=60001', 400, 'timeout'],
    ['wait=g&timeout=-1', 400, 'timeout'],
    ['wait=g&timeout=soon', 400, 'timeout'],
  ])('refuses ?%s with %i before anything is stored', async (query, expected, path) => {
    await start();
    const { status, body } = await publish(query, event(1));
    expect([status, body.errors?.[0]?.path ?? '']).toEqual([expected, path]);
    expect(await head()).toBe(0);
  });

  it('is let go when its publisher goes away, and when the bus stops', async () => {
    await start();
    subscriber.answer = () => undefined;
    const wait = (n: number) => {
      const call = httpRequest(`${bus.server.url}/events?wait=g&timeout=60000`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
      });
      const status = new Promise<number | undefined>((resolve) => {
        call.on('response', (res) => resolve(res.statusCode));
        call.on('error', () => resolve(undefined));
      });
      call.end(JSON.stringify(event(n)));
      return { call, status };
    };
    const [gone, stays] = [wait(1), wait(2)];
    await subscriber.until(() => subscriber.pushes.length === 2);
    gone.call.destroy();
    expect(await gone.status).toBeUndefined();
    await bus.stop();
    expect(await stays.status).toBe(202);
  });
});
