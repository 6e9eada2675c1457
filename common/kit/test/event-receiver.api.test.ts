import request from 'supertest';
import { z } from 'zod';
import {
  createMetrics,
  createServiceApp,
  createSigner,
  createVerifier,
  finishApp,
  mountRoutes,
  silentLogger,
  Unavailable,
} from '../src';
import { createRefusedEvents, eventReceiver, type ReceivedEvent, skippedRoute } from '../src/state';

const schemas = { ThingMade: z.object({ id: z.string(), content: z.string('must be a string') }) };

function aReceiver(options: { fail?: Error | undefined; secret?: string } = {}) {
  const applied: ReceivedEvent<typeof schemas>[][] = [];
  const metrics = createMetrics('test');
  const app = createServiceApp({ logger: silentLogger, metrics, isReady: () => true });
  const refused = createRefusedEvents({ now: () => new Date(), metrics });
  mountRoutes(app, {
    '/skipped': { get: skippedRoute(refused.read) },
    '/events': {
      post: eventReceiver({
        schemas,
        refused,
        verifier: options.secret === undefined ? undefined : createVerifier([options.secret]),
        apply: async (events) => {
          if (options.fail) throw options.fail;
          applied.push(events);
        },
      }),
    },
  });
  finishApp(app, silentLogger);
  const push = (body: unknown, type = 'application/json') =>
    request(app).post('/events').set('Content-Type', type).send(JSON.stringify(body));
  return { app, push, applied, refused };
}

const made = (id: string) => ({ type: 'ThingMade', data: { id, content: 'x' } });

describe('POST /events', () => {
  it('applies a classic event, which is only type and data', async () => {
    const { push, applied } = aReceiver();
    const { status, body } = await push(made('a'));
    expect({ status, body }).toEqual({ status: 200, body: { status: 'OK' } });
    expect(applied).toEqual([[made('a')]]);
  });

  it('applies a CloudEvent, with what tells of its origin', async () => {
    const { push, applied } = aReceiver();
    const kept = { ...made('a'), id: 'e1', source: '/things', sequence: 7, correlationid: 'c', traceparent: '00-x' };
    await push({ ...kept, specversion: '1.0', unheard: 1 }, 'application/cloudevents+json');
    expect(applied).toEqual([[kept]]);
  });

  it('applies a batch at once and in its order', async () => {
    const { push, applied } = aReceiver();
    await push([made('a'), made('b'), made('a')], 'application/cloudevents-batch+json; charset=utf-8');
    expect(applied).toEqual([[made('a'), made('b'), made('a')]]);
  });

  it('takes an event as deep as any JSON alone and in a batch: one that the bus took is never refused for that', async () => {
    const { push, applied } = aReceiver();
    const deep: unknown = JSON.parse('['.repeat(31) + ']'.repeat(31));
    const event = { ...made('a'), extra: deep };
    expect((await push(event)).status).toBe(200);
    expect((await push([event])).status).toBe(200);
    expect(applied).toHaveLength(2);
    expect((await push([{ ...event, extra: [deep] }])).status).toBe(400);
  });

  it('accepts an empty batch', async () => {
    const { push, applied } = aReceiver();
    expect((await push([])).status).toBe(200);
    expect(applied).toEqual([]);
  });

  it.each(['Unheard', 'constructor', '__proto__', 'toString'])('accepts and ignores the type %s', async (type) => {
    const { push, applied } = aReceiver();
    expect((await push({ type, data: { whatever: [1] } })).status).toBe(200);
    expect((await push([{ type }, made('a')])).status).toBe(200);
    expect(applied).toEqual([[made('a')]]);
  });

  it('names each event and field at fault in a batch, and applies none of it', async () => {
    const { push, applied } = aReceiver();
    const { status, body } = await push([
      made('a'),
      { type: 'ThingMade', data: { id: 'b', content: 5 } },
      { data: {} },
      { ...made('d'), sequence: 'first' },
      { type: 'ThingMade' },
    ]);
    expect(status).toBe(400);
    expect(body).toMatchObject({ title: 'Bad Request', detail: 'An event is not valid.' });
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      '[1].data.content',
      '[2].type',
      '[3].sequence',
      '[4].data',
    ]);
    expect(applied).toEqual([]);
  });

  it('names the field at fault in a single event', async () => {
    const { push } = aReceiver();
    const { body } = await push({ type: 'ThingMade', data: { id: 'b', content: 5 } });
    expect(body.errors).toEqual([{ path: 'data.content', message: 'must be a string' }]);
  });

  it.each([
    [[['nested']], '[0]'],
    [[null], '[0]'],
    [{ type: '' }, 'type'],
    [{ type: 5 }, 'type'],
  ])('refuses %j', async (body, path) => {
    const { push, applied } = aReceiver();
    const answer = await push(body);
    expect({ status: answer.status, path: answer.body.errors[0].path }).toEqual({ status: 400, path });
    expect(applied).toEqual([]);
  });

  it('refuses what is not JSON, other media types and other charsets', async () => {
    const { app, push, applied } = aReceiver();
    expect((await request(app).post('/events').set('Content-Type', 'application/json').send('{')).status).toBe(400);
    expect((await push(made('a'), 'text/plain')).status).toBe(415);
    expect((await push(made('a'), 'application/json; charset=iso-8859-1')).status).toBe(415);
    expect((await request(app).post('/events')).status).toBe(400);
    expect(applied).toEqual([]);
  });

  it('is a 500 if something is wrong here, so that the bus sends it again', async () => {
    for (const code of ['SQLITE_ERROR', 'SQLITE_IOERR', 'ECONNREFUSED', '57P01']) {
      const { push, refused } = aReceiver({ fail: Object.assign(new Error('no such table'), { code }) });
      expect((await push(made('a'))).status).toBe(500);
      expect(refused.read().count).toBe(0);
    }
    expect((await aReceiver({ fail: new Unavailable('no room') }).push(made('a'))).status).toBe(503);
  });

  it('is a 422 without the text if an event can not be applied, so that the bus keeps it, and is shown until it can', async () => {
    const options = { fail: new TypeError('reading a secret text') as Error | undefined };
    const { push, refused, app } = aReceiver(options);
    const event = { ...made('a'), id: 'e1', sequence: 7, partitionkey: 'k' };
    expect((await push([event, made('b')])).status).toBe(422);
    expect(refused.read().count).toBe(0);
    const { status, body } = await push(event);
    expect({ status, body }).toMatchObject({
      status: 422,
      body: { errors: [{ path: '', message: 'can not be applied: failed with TypeError' }] },
    });
    const { body: shown } = await request(app).get('/skipped').expect(200);
    expect(shown).toMatchObject({
      count: 1,
      events: [{ id: 'e1', sequence: 7, type: 'ThingMade', key: 'k', reason: 'failed with TypeError' }],
    });
    expect(JSON.stringify([body, shown])).not.toContain('secret');
    await request(app).get('/skipped').set('Origin', 'https://evil.example').expect(403);
    expect((await request(app).get('/metrics')).text).toMatch(/^skipped_events\S* 1$/m);
    options.fail = undefined;
    await push(event);
    expect(refused.read()).toEqual({ count: 0, events: [] });
  });

  it('takes what the bus has signed and nothing else, where a secret is set', async () => {
    const secret = 'a secret of enough length';
    const { app, push, applied } = aReceiver({ secret });
    const body = JSON.stringify(made('a'));
    const headers = createSigner([secret]).sign({ id: 'e1', body, now: new Date() });
    const send = (text: string) =>
      request(app)
        .post('/events')
        .set({ 'Content-Type': 'application/json', ...headers })
        .send(text);
    expect((await push(made('a'))).status).toBe(401);
    expect((await send(body.replace('"x"', '"y"'))).status).toBe(401);
    expect(applied).toEqual([]);
    expect((await send(body)).status).toBe(200);
    expect(applied).toHaveLength(1);
  });
});
