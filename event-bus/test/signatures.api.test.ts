import { createSigner } from '@blog/kit';
import { Webhook } from 'standardwebhooks';
import request from 'supertest';
import { type RunningBus, runBus } from './running-bus';
import { runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;
const folder = useFolder();
let bus: RunningBus;
let subscriber: SubscriberServer;
beforeEach(async () => {
  subscriber = await runSubscriber();
  bus = await runBus(folder(), { g: { endpoints: [subscriber.url] } }, { secret });
});
afterEach(async () => {
  await bus.stop();
  await subscriber.stop();
});

const body = JSON.stringify({ type: 'T', id: 'e1', data: { n: 1 } });
const publish = (headers: object, bytes = body) =>
  request(bus.server.url)
    .post('/events')
    .set({ 'Content-Type': 'application/json', ...headers })
    .send(bytes);
const signed = (now = new Date()) => createSigner([secret]).sign({ id: 'e1', body, now });

describe('where a secret is set', () => {
  it('a publish that is signed is stored, and pushed with a signature that the standardwebhooks library accepts', async () => {
    expect((await publish(signed())).status).toBe(200);
    await subscriber.until(() => subscriber.pushes.length > 0);
    const push = subscriber.pushes[0];
    expect(push?.headers['webhook-id']).toBe('e1');
    const headers = Object.fromEntries(
      Object.entries(push?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(new Webhook(secret).verify(JSON.stringify(push?.body), headers)).toEqual(push?.body);
  });

  it.each(['Grüße 😀', '100% "sure"', ' '])(
    'an event with the id %j, which fits in no header, is pushed all the same, and its signature holds',
    async (id) => {
      const bytes = JSON.stringify({ type: 'T', id, data: { n: 1 } });
      const headers = createSigner([secret]).sign({ id: 'message', body: bytes, now: new Date() });
      expect((await publish({ ...headers }, bytes)).status).toBe(200);
      await subscriber.until(() => subscriber.pushes.length > 0);
      const [push] = subscriber.pushes;
      expect(push?.body).toMatchObject({ id });
      expect(push?.headers['webhook-id']).toBe(encodeURIComponent(id));
      const given = Object.fromEntries(
        Object.entries(push?.headers ?? {}).map(([name, value]) => [name, String(value)]),
      );
      expect(new Webhook(secret).verify(JSON.stringify(push?.body), given)).toEqual(push?.body);
    },
  );

  it('a publish in binary mode is refused, since nothing would vouch for its headers', async () => {
    const attributes = { 'ce-specversion': '1.0', 'ce-id': 'e1', 'ce-source': '/s', 'ce-type': 'T' };
    const answer = await publish({ ...signed(), ...attributes });
    expect([answer.status, answer.body.detail]).toEqual([401, expect.stringContaining('ce- headers')]);
    expect((await request(bus.server.url).get('/events')).body).toEqual([]);
  });

  it('what is signed by the standardwebhooks library is stored', async () => {
    const now = new Date();
    const headers = {
      'webhook-id': 'message-1',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('message-1', now, body),
    };
    expect((await publish(headers)).status).toBe(200);
  });

  it.each([
    ['without a signature', () => publish({})],
    ['that was changed on its way', () => publish(signed(), body.replace('1}', '2}'))],
    ['signed too long ago', () => publish(signed(new Date(Date.now() - 600_000)))],
  ])('a publish %s is refused with 401, and nothing is stored', async (_how, send) => {
    const answer = await send();
    expect([answer.status, answer.type]).toEqual([401, 'application/problem+json']);
    expect((await request(bus.server.url).get('/events')).body).toEqual([]);
  });
});
