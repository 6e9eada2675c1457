import request from 'supertest';
import { runSubscriber, type SubscriberServer } from '../subscriber-server';
import { useFolder } from '../use-folder';
import { endBuses, startRealBus } from './real-bus';

const folder = useFolder();
let subscriber: SubscriberServer;
beforeEach(async () => {
  subscriber = await runSubscriber();
});
afterEach(async () => {
  await endBuses();
  await subscriber.stop();
});

describe('the process', () => {
  it('ends with 0 when it is asked to stop', async () => {
    const bus = await startRealBus({ folder: folder(), subscriptions: { g: { endpoints: [subscriber.url] } } });
    await request(bus.url)
      .post('/events')
      .send({ type: 'T', data: { n: 1 } });
    await subscriber.until(() => subscriber.handled().length === 1);
    bus.signal('SIGTERM');
    expect(await bus.exited).toBe(0);
  }, 30_000);

  it('refuses publishes while a group is too far behind, where that is asked for, and takes them again by itself', async () => {
    const subscriptions = { g: { endpoints: [subscriber.url] } };
    const bus = await startRealBus({ folder: folder(), subscriptions, env: { BACKLOG_LIMIT: '10' } });
    const publish = () =>
      request(bus.url)
        .post('/events')
        .send({ type: 'T', data: { n: 1 } });
    await subscriber.stop();
    for (let n = 0; n < 10; n += 1) await publish().expect(200);
    const refused = await publish().expect(503);
    expect(refused.headers['retry-after']).toBe('5');
    await subscriber.start();
    await subscriber.until(() => subscriber.handled().length === 10);
    while ((await publish()).status !== 200);
  }, 30_000);

  it.each([
    ['SUBSCRIPTIONS', '{"g":{"endpoints":[]}}', 'g.endpoints'],
    ['SUBSCRIPTIONS', '/nowhere/groups.json', 'ENOENT'],
    ['PORT', 'many', 'PORT'],
    ['PUBLISHERS', '{"posts":{"secret":["short"],"types":[]}}', 'posts.secret[0] must have at least 16 characters'],
    ['PUBLISHERS', '{"posts":{"secret":["whsec_', 'PUBLISHERS: is not valid JSON'],
    ['FAULTS', 'sometimes', 'FAULTS'],
  ])(
    'does not start with %s=%s, and says why',
    async (name, value, why) => {
      await expect(startRealBus({ folder: folder(), env: { [name]: value } })).rejects.toThrow(why);
    },
    30_000,
  );
});
