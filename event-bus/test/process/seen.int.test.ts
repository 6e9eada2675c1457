import request from 'supertest';
import { openStream } from '../stream-client';
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
  it('shows a fault on purpose live, tells what became of an event, and is not held up by who looks on', async () => {
    const subscriptions = { g: { endpoints: [subscriber.url] } };
    const bus = await startRealBus({ folder: folder(), subscriptions, env: { FAULTS: 'on' } });
    const client = await openStream(`${bus.url}/stream?follow=e`);
    expect((await request(bus.url).put('/faults/g').send({ stop: true, seconds: 1 })).status).toBe(200);
    await request(bus.url).post('/events').send({ specversion: '1.0', id: 'e', source: '/test', type: 'T' });
    await client.until(() => client.totals()['g done'] === 1);
    expect(client.totals()).toMatchObject({ '/test T': 1, 'g unreachable': expect.any(Number) });
    await client.until(() =>
      client.all('follow').some(({ events }) => events.some(({ kind }) => kind === 'delivered')),
    );
    const { groups } = (await request(bus.url).get('/events/e')).body;
    expect(groups).toMatchObject([{ group: 'g', state: 'done', waitsFor: [] }]);
    expect(groups[0].attempts.at(0)).toMatchObject({ outcome: 'unreachable', reason: 'stopped on purpose' });
    bus.signal('SIGTERM');
    expect(await bus.exited).toBe(0);
    await client.ended;
    // Ended, and not cut off after the time that is given to requests.
    expect(client.res.complete).toBe(true);
  }, 60_000);

  it('makes nothing go wrong unless it is told to when it starts', async () => {
    const bus = await startRealBus({ folder: folder(), subscriptions: { g: { endpoints: [subscriber.url] } } });
    expect((await request(bus.url).put('/faults/g').send({ stop: true })).status).toBe(403);
  }, 60_000);
});
