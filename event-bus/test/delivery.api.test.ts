import request from 'supertest';
import { type RunningBus, runBus, type Subscriptions } from './running-bus';
import { runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const folder = useFolder();
const buses: RunningBus[] = [];
const subscribers: SubscriberServer[] = [];
afterEach(async () => {
  for (const bus of buses.splice(0)) await bus.stop();
  for (const subscriber of subscribers.splice(0)) await subscriber.stop();
});

async function bus(subscriptions: Subscriptions): Promise<RunningBus> {
  const running = await runBus(folder(), subscriptions);
  buses.push(running);
  return running;
}

async function subscriber(): Promise<SubscriberServer> {
  const running = await runSubscriber();
  subscribers.push(running);
  return running;
}

let made = 0;
/** Publishes events with these keys in one request; `n` counts on through the test file. */
async function publish(to: RunningBus, ...keys: string[]): Promise<number[]> {
  const events = keys.map((partitionkey) => ({ type: 'T', partitionkey, data: { n: (made += 1) } }));
  expect((await request(to.server.url).post('/events').send(events)).status).toBe(200);
  return events.map(({ data }) => data.n);
}

const status = async (of: RunningBus, group: string) =>
  (await request(of.server.url).get(`/subscriptions/${group}`)).body;

describe('delivery', () => {
  it('brings an event as it is stored, in the form that any small service understands', async () => {
    const to = await subscriber();
    const on = await bus({ g: { endpoints: [to.url] } });
    await request(on.server.url)
      .post('/events')
      .send({ type: 'PostCreated', data: { id: 'p1', title: 'Grüße 👋' } });
    await to.until(() => to.pushes.length === 1);
    const [push] = to.pushes;
    expect(push?.headers).toMatchObject({ 'content-type': 'application/json', 'delivery-attempt': '1' });
    expect([push?.body]).toEqual((await request(on.server.url).get('/events')).body);
    expect(push?.body).toMatchObject({ type: 'PostCreated', data: { id: 'p1', title: 'Grüße 👋' } });
  });

  it('tries again after a 500 and holds back later events of the key, and only those', async () => {
    const to = await subscriber();
    to.answer = ({ events, headers }) =>
      events[0]?.partitionkey === 'bad' && Number(headers['delivery-attempt']) < 4 ? 500 : 200;
    const on = await bus({ g: { endpoints: [to.url] } });
    const [first, other, second, third, last] = await publish(on, 'bad', 'good', 'bad', 'bad', 'good');
    await to.until(() => to.handled().length === 5);
    expect(to.handled().filter((n) => n === first || n === second || n === third)).toEqual([first, second, third]);
    expect(to.handled().slice(0, 2)).toEqual([other, last]);
  });

  it.each([302, 404, 408, 429, 503])('tries again after %i', async (code) => {
    const to = await subscriber();
    to.answer = ({ headers }) => (headers['delivery-attempt'] === '1' ? code : 200);
    const on = await bus({ g: { endpoints: [to.url] } });
    await publish(on, 'k');
    await to.until(() => to.handled().length === 1);
    expect(to.pushes).toHaveLength(2);
  });

  it('tries again after silence and after a broken connection', async () => {
    const to = await subscriber();
    const on = await bus({ g: { endpoints: [to.url], timeoutMs: 50 } });
    to.answer = ({ headers }) => (headers['delivery-attempt'] === '1' ? undefined : 200);
    await publish(on, 'k');
    await to.until(() => to.handled().length === 1);
  });

  it('gives an event up after it was refused as often as allowed, and its key goes on', async () => {
    const to = await subscriber();
    const on = await bus({ g: { endpoints: [to.url], maxAttempts: 3 } });
    const [bad, next] = await publish(on, 'k', 'k');
    to.answer = ({ events }) => (events[0]?.data['n'] === bad ? 422 : 200);
    await to.until(() => to.handled().includes(next));
    expect(to.pushes.filter(({ events }) => events[0]?.data['n'] === bad)).toHaveLength(3);
  });

  it('sends arrays to a group that asked for them, in the order of the log', async () => {
    const to = await subscriber();
    const on = await bus({ g: { endpoints: [to.url], batch: 50 } });
    const sent = await publish(on, ...Array.from({ length: 120 }, (_, n) => `k${n % 7}`));
    await to.until(() => to.handled().length === 120);
    expect(to.pushes[0]?.headers['content-type']).toBe('application/cloudevents-batch+json');
    expect(to.pushes.every(({ body, events }) => Array.isArray(body) && events.length <= 50)).toBe(true);
    expect([...to.handled()].sort((a, b) => Number(a) - Number(b))).toEqual(sent);
    expect(to.pushes.length).toBeLessThan(10);
  });

  it('lets a subscriber publish from inside its handler, while the bus waits for its answer', async () => {
    const to = await subscriber();
    const on = await bus({ g: { endpoints: [to.url] } });
    const follow: Promise<number[]>[] = [];
    to.answer = ({ events }) => {
      if (events[0]?.partitionkey === 'question') follow.push(publish(on, 'answer'));
      return 200;
    };
    await publish(on, 'question');
    await to.until(() => to.handled().length === 2);
    await Promise.all(follow);
  });
});

describe('groups', () => {
  it('do not wait for each other: one is away, one is silent, one gets everything', async () => {
    const [silent, well] = [await subscriber(), await subscriber()];
    silent.answer = () => undefined;
    const on = await bus({
      ...{ away: { endpoints: ['http://127.0.0.1:1/events'] }, silent: { endpoints: [silent.url] } },
      well: { endpoints: [well.url] },
    });
    for (let n = 0; n < 10; n += 1) await publish(on, ...Array.from({ length: 50 }, (_, k) => `k${k}`));
    await well.until(() => well.handled().length === 500);
    expect(await status(on, 'away')).toMatchObject({ state: 'down', cursor: 0, lag: { events: 500 } });
    // What is in flight for long may have left the window; nothing is done.
    expect((await status(on, 'silent')).lag.events).toBeGreaterThan(400);
  });

  it('share their load between endpoints, and go on when one of them dies', async () => {
    const three = [await subscriber(), await subscriber(), await subscriber()];
    const [first] = three;
    const on = await bus({ g: { endpoints: three.map(({ url }) => url) } });
    const handled = (): number => three.reduce((sum, one) => sum + one.handled().length, 0);
    const all = (count: number) => Promise.race(three.map((one) => one.until(() => handled() >= count)));
    await publish(on, ...Array.from({ length: 60 }, (_, n) => `k${n}`));
    await all(60);
    expect(Math.min(...three.map((one) => one.handled().length))).toBeGreaterThan(10);
    await first?.stop();
    await publish(on, ...Array.from({ length: 60 }, (_, n) => `k${n}`));
    await all(120);
  });

  it('get what they missed when their subscriber comes back, in order', async () => {
    const to = await subscriber();
    const on = await bus({ g: { endpoints: [to.url] } });
    await to.stop();
    const sent = [...(await publish(on, 'k', 'k')), ...(await publish(on, 'k'))];
    await to.start();
    await to.until(() => to.handled().length === 3);
    expect(to.handled()).toEqual(sent);
  });
});

describe('a restart', () => {
  it('goes on from the cursor: nothing is sent again, nothing is left out', async () => {
    const to = await subscriber();
    const first = await bus({ g: { endpoints: [to.url] } });
    const before = await publish(first, 'a', 'b', 'c');
    await to.until(() => to.handled().length === 3);
    await first.stop();
    buses.length = 0;
    const second = await bus({ g: { endpoints: [to.url] } });
    const after = await publish(second, 'a');
    await to.until(() => to.handled().includes(after[0]));
    expect([...to.handled()].sort((a, b) => Number(a) - Number(b))).toEqual([...before, ...after]);
    expect(await status(second, 'g')).toMatchObject({ cursor: 4 });
  });

  it('keeps parked keys apart: the failed event comes first, then the later ones of its key', async () => {
    const to = await subscriber();
    to.answer = ({ events }) => (events[0]?.partitionkey === 'bad' ? 500 : 200);
    const first = await bus({ g: { endpoints: [to.url] } });
    const [bad, good, later] = await publish(first, 'bad', 'good', 'bad');
    await to.until(() => to.handled().includes(good) && to.pushes.length > 3);
    await first.stop();
    buses.length = 0;
    to.answer = () => 200;
    await bus({ g: { endpoints: [to.url] } });
    await to.until(() => to.handled().length === 3);
    expect(to.handled()).toEqual([good, bad, later]);
  });

  it('does not wait for a subscriber that never answers', async () => {
    const to = await subscriber();
    to.answer = () => undefined;
    const on = await bus({ g: { endpoints: [to.url] } });
    await publish(on, 'k');
    await to.until(() => to.pushes.length === 1);
    await on.stop();
    buses.length = 0;
    to.answer = () => 200;
    await bus({ g: { endpoints: [to.url] } });
    await to.until(() => to.handled().length === 1);
  });

  it('applies settings that changed, and leaves alone what was changed by request', async () => {
    const [old, now, asked] = [await subscriber(), await subscriber(), await subscriber()];
    const first = await bus({ g: { endpoints: [old.url] } });
    await request(first.server.url)
      .put('/subscriptions/g')
      .send({ endpoints: [asked.url] });
    await first.stop();
    const second = await bus({ g: { endpoints: [old.url] } });
    expect((await status(second, 'g')).endpoints).toEqual([asked.url]);
    await second.stop();
    const third = await bus({ g: { endpoints: [now.url] } });
    expect((await status(third, 'g')).endpoints).toEqual([now.url]);
    buses.splice(0, 2);
  });
});
