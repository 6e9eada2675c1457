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
} from '../src';
import { eventReceiver, type ReceivedEvent } from '../src/state';

const schemas = { ThingMade: z.object({ id: z.string(), content: z.string('must be a string') }) };

function aReceiver(options: { fail?: Error; secret?: string } = {}) {
  const applied: ReceivedEvent<typeof schemas>[][] = [];
  const app = createServiceApp({ logger: silentLogger, metrics: createMetrics('test'), isReady: () => true });
  mountRoutes(app, {
    '/events': {
      post: eventReceiver({
        schemas,
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
  return { app, push, applied };
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

  it('is a 500 where applying fails, so that the bus sends it again', async () => {
    const { push } = aReceiver({ fail: new Error('no such table') });
    expect((await push(made('a'))).status).toBe(500);
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
