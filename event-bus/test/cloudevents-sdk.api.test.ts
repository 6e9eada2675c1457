import { CloudEvent, HTTP, type Message } from 'cloudevents';
import fc from 'fast-check';
import request from 'supertest';
import { readEvents } from '../src/envelope';
import { type RunningBus, runBus } from './running-bus';
import { type ReceivedPush, runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
let single: SubscriberServer;
let batch: SubscriberServer;
beforeEach(async () => {
  [single, batch] = await Promise.all([runSubscriber(), runSubscriber()]);
  const groups = { single: { endpoints: [single.url] }, batch: { endpoints: [batch.url], batch: 10 } };
  bus = await runBus(folder(), groups);
});
afterEach(async () => {
  await bus.stop();
  await Promise.all([single.stop(), batch.stop()]);
});

const attributes = {
  ...{ source: '/shop', type: 'com.example.sold', subject: 'order 5', time: '2026-01-01T00:00:00.000Z' },
  ...{ partitionkey: 'k', traceparent: '00-a-b-01', mine: 'x' },
};
const kinds: [string, Partial<CloudEvent<unknown>>][] = [
  ['JSON', { datacontenttype: 'application/json', data: { n: 1, text: 'Grüße 😀' } }],
  ['text', { datacontenttype: 'text/plain', data: 'Grüße 😀' }],
  ['bytes', { datacontenttype: 'application/octet-stream', data: new Uint8Array([0, 1, 254, 255]) }],
  ['no data', {}],
];

/** Sends a message as the SDK made it. */
function publish({ headers, body }: Message) {
  const call = request(bus.server.url)
    .post('/events')
    .set(headers as Record<string, string>);
  const bytes =
    body instanceof Uint8Array ? Buffer.from(body) : typeof body === 'string' ? Buffer.from(body) : undefined;
  if (bytes) call.write(bytes);
  return call;
}

async function firstPush(subscriber: SubscriberServer): Promise<ReceivedPush> {
  await subscriber.until(() => subscriber.pushes.length > 0);
  const [push] = subscriber.pushes;
  if (!push) throw new Error('no push');
  return push;
}

/** What a subscriber's SDK makes of a push. */
function parse({ headers, body }: ReceivedPush): CloudEvent<unknown>[] {
  return [HTTP.toEvent({ headers, body: JSON.stringify(body) })].flat() as CloudEvent<unknown>[];
}

describe('the CloudEvents SDK as publisher and as subscriber', () => {
  it.each(
    kinds.flatMap(([kind, data]) => (['binary', 'structured'] as const).map((mode) => [mode, kind, data] as const)),
  )('publishes in %s mode with %s, and gets the same event in a batch', async (mode, _kind, data) => {
    const event = new CloudEvent<unknown>({ ...attributes, ...data });
    const { status, body } = await publish(HTTP[mode](event));
    expect([status, body.errors, body.events]).toEqual([200, undefined, [{ id: event.id, sequence: 1 }]]);
    const [received] = parse(await firstPush(batch));
    expect(received).toMatchObject({ ...attributes, id: event.id, sequence: 1 });
    const bytes = (given: CloudEvent<unknown> | undefined): unknown =>
      given?.data_base64 ?? (given?.data === undefined ? undefined : JSON.stringify(given.data));
    expect(bytes(received)).toEqual(bytes(event));
  });

  it('publishes a batch, and gets it in order', async () => {
    const events = [1, 2, 3].map((n) => new CloudEvent({ ...attributes, data: { n } }));
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    expect((await publish({ headers, body: JSON.stringify(events) })).status).toBe(200);
    await batch.until(() => batch.handled().length === 3);
    expect(batch.pushes.flatMap(parse).map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  });

  it('reads a single push in the classic form, which is the whole event, as a structured one', async () => {
    const event = new CloudEvent({ ...attributes, data: { n: 1 } });
    await publish(HTTP.structured(event));
    const push = await firstPush(single);
    expect(push.headers['content-type']).toBe('application/json');
    expect(new CloudEvent(push.body as object)).toMatchObject({ ...attributes, id: event.id, data: { n: 1 } });
    const headers = { ...push.headers, 'content-type': 'application/cloudevents+json' };
    expect(parse({ ...push, headers })).toMatchObject([{ ...attributes, id: event.id, data: { n: 1 } }]);
  });

  it('reads what became of a classic event', async () => {
    await request(bus.server.url)
      .post('/events')
      .send({ type: 'PostCreated', data: { id: 'p1', title: 'Hi' } });
    expect(parse(await firstPush(batch))).toMatchObject([{ type: 'PostCreated', source: '/unknown' }]);
  });
});

describe('whatever is accepted', () => {
  it('the SDK reads too', () => {
    const text = fc.oneof(...[fc.string({ minLength: 1 }), fc.webUrl(), fc.webPath(), fc.emailAddress(), fc.ipV6()], {
      weight: 1,
      arbitrary: fc.string({ unit: 'binary', maxLength: 6 }),
    });
    const uri = fc.string({ unit: fc.constantFrom(...'aZ0:/?#[]@%2F.+-&é ') });
    const arbitrary = fc.record(
      {
        ...{
          type: text,
          data: fc.json(),
          id: text,
          source: fc.oneof(text, uri),
          subject: text,
          ext: fc.oneof(text, fc.integer()),
        },
        ...{
          // The SDK refuses what is a URI without being a URL of the web, such as "a:".
          dataschema: fc.webUrl(),
          datacontenttype: fc.constantFrom('text/plain', 'a/b; c="d"', 'x'),
        },
        time: fc.oneof(
          text,
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
        ),
      },
      { requiredKeys: ['type', 'data'] },
    );
    const completion = { newId: () => 'made', now: () => new Date(0) };
    let accepted = 0;
    fc.assert(
      fc.property(arbitrary, (body) => {
        let stored;
        try {
          [stored] = readEvents({ body, text: JSON.stringify(body), areCloudEvents: false }, completion);
        } catch {
          return;
        }
        accepted += 1;
        expect(() => new CloudEvent(JSON.parse(stored?.text ?? ''))).not.toThrow();
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});
