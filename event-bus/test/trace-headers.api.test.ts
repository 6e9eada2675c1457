import request from 'supertest';
import { type RunningBus, runBus } from './running-bus';
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

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** Publishes events, and gives the trace headers of the pushes that come of them. */
async function traced(events: object[], batch = 1, pushes = events.length): Promise<object[]> {
  bus = await runBus(folder(), { g: { endpoints: [subscriber.url], batch } });
  const whole = events.map((event, index) => ({
    specversion: '1.0',
    source: '/s',
    type: 'T',
    id: `e${index}`,
    data: {},
    ...event,
  }));
  expect((await request(bus.server.url).post('/events').send(whole)).status).toBe(200);
  await subscriber.until(() => subscriber.pushes.length === pushes);
  return subscriber.pushes.map(({ headers }) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('trace') || name.startsWith('x-'))),
  );
}

describe('the trace of an event', () => {
  it('goes on in the headers of its push', async () => {
    expect(await traced([{ traceparent, tracestate: 'a=1, b=2' }])).toEqual([{ traceparent, tracestate: 'a=1, b=2' }]);
  });

  it('goes on in the headers of a batch that holds this event alone', async () => {
    expect(await traced([{ traceparent }], 10)).toEqual([{ traceparent }]);
  });

  it('is not in the headers of a batch of several events, of which each has its own', async () => {
    expect(await traced([{ traceparent }, { traceparent }], 10, 1)).toEqual([{}]);
  });

  it.each([
    ['of another form', { traceparent: '00-abc-def-01' }],
    ['of a trace that is none', { traceparent: traceparent.replace(/4b\w+/, '0'.repeat(32)) }],
    ['of a version that is none', { traceparent: traceparent.replace(/^00/, 'ff') }],
    ['with something behind it', { traceparent: `${traceparent} x` }],
    ['that is a number', { traceparent: 7 }],
    ['that stands in the data', { data: { traceparent } }],
    ['without a traceparent', { tracestate: 'a=1' }],
  ])('is left out if it is one %s', async (_what, event) => {
    expect(await traced([event])).toEqual([{}]);
  });

  it.each(['ü=1', `a=${'1'.repeat(600)}`, ' a=1', 'a=1 '])(
    'goes on without a state that fits in no header: %j',
    async (tracestate) => {
      expect(await traced([{ traceparent, tracestate }])).toEqual([{ traceparent }]);
    },
  );

  it.each([
    ['traceparent', `${traceparent}\r\nx-injected: 1`],
    ['tracestate', 'a=1\r\nx-injected: 1'],
    ['tracestate', 'a=1\nx-injected: 1'],
    ['tracestate', 'a=1\u0000'],
  ])('can bring no header of its own by %s', async (name, value) => {
    bus = await runBus(folder(), { g: { endpoints: [subscriber.url] } });
    const event = { specversion: '1.0', source: '/s', type: 'T', id: 'e', data: {}, traceparent, [name]: value };
    expect((await request(bus.server.url).post('/events').send(event)).status).toBe(422);
  });
});
