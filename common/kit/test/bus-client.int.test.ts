import type { ServerResponse } from 'node:http';
import { type Envelope, newEvent, newId, startServer } from '../src';
import { BusAway, createBusClient, createOutbox, createRelay, EventsRefused } from '../src/state';
import { silentLogger } from '../src';
import { answerJson, type ReceivedRequest, startStubBus } from './stub-bus';
import { useTestLife } from './test-life';
import { openThings, thingMade } from './thing-database';

const life = useTestLife();

const anEvent = (id = newId()): Envelope =>
  newEvent(thingMade('a'), { id, source: '/things', time: '2026-11-24T12:00:00.000Z' });

type Answer = (request: ReceivedRequest, res: ServerResponse) => void;

async function aClient(answer: Answer, timeoutMs?: number) {
  const bus = life.closing(await startStubBus(answer));
  const client = life.closing(createBusClient({ url: bus.url, timeoutMs }));
  return { bus, client };
}

const takesArrays: Answer = ({ body }, res) =>
  answerJson(res, 200, { status: 'OK', events: [body].flat().map((_, index) => ({ sequence: index })) });
const classic: Answer = (_request, res) => answerJson(res, 200, { status: 'OK' });

describe('publish', () => {
  it('sends one event as itself, and several as an array', async () => {
    const { bus, client } = await aClient(takesArrays);
    const [first, second] = [anEvent(), anEvent()];
    await client.publish([first]);
    await client.publish([first, second]);
    expect(bus.requests.map(({ method, url, body }) => ({ method, url, body }))).toEqual([
      { method: 'POST', url: '/events', body: first },
      { method: 'POST', url: '/events', body: [first, second] },
    ]);
    expect(bus.requests[0]?.headers['content-type']).toBe('application/json');
  });

  it.each([500, 502, 503, 404, 408, 425, 429, 302])('takes a %i for a bus that is away', async (status) => {
    const { client } = await aClient((_request, res) => answerJson(res, status, {}, { Location: '/elsewhere' }));
    await expect(client.publish([anEvent()])).rejects.toThrow(BusAway);
  });

  it.each([400, 409, 413, 415, 422])('takes a %i for a refusal, with its reasons', async (status) => {
    const errors = [{ path: '[1].type', message: 'is required' }];
    const { client } = await aClient((_request, res) => answerJson(res, status, { detail: 'Bad.', errors }));
    const refused = client.publish([anEvent()]);
    await expect(refused).rejects.toThrow(EventsRefused);
    await expect(refused).rejects.toThrow(`the bus answered ${status}: Bad.: [1].type is required`);
  });

  it.each([401, 403, 405])('does not blame the events for a %i: a wrong secret or address', async (status) => {
    const { client } = await aClient((_request, res) => answerJson(res, status, {}));
    await expect(client.publish([anEvent()])).rejects.toThrow(BusAway);
  });

  it('gives up on a bus that never answers, or never ends its answer', async () => {
    const silent = await aClient(() => undefined, 50);
    await expect(silent.client.publish([anEvent()])).rejects.toThrow(BusAway);
    const dripping = await aClient((_request, res) => {
      const drip = setInterval(() => res.write(' '), 10);
      res.on('close', () => clearInterval(drip));
    }, 50);
    await expect(dripping.client.publish([anEvent()])).rejects.toThrow(BusAway);
  });

  it('takes a cut connection, or none, for a bus that is away', async () => {
    const { bus, client } = await aClient((_request, res) => res.destroy());
    await expect(client.publish([anEvent()])).rejects.toThrow(BusAway);
    await bus.close();
    await expect(client.publish([anEvent()])).rejects.toThrow(BusAway);
  });

  it('counts only the status: an answer that is no JSON is one too', async () => {
    const { client } = await aClient((_request, res) => res.writeHead(200).end('OK'));
    await client.publish([anEvent()]);
    expect(client.batchLimit()).toBe(1);
  });
});

describe('batchLimit', () => {
  it('is one until the bus has shown that it takes arrays', async () => {
    const { client } = await aClient(takesArrays);
    expect(client.batchLimit()).toBe(1);
    await client.publish([anEvent()]);
    expect(client.batchLimit()).toBe(100);
  });

  it('is one again when the connection was lost: another bus may come up', async () => {
    let answer = takesArrays;
    const { client } = await aClient((request, res) => answer(request, res));
    await client.publish([anEvent()]);
    answer = (_request, res) => res.destroy();
    await expect(client.publish([anEvent()])).rejects.toThrow(BusAway);
    expect(client.batchLimit()).toBe(1);
  });

  it('a batch that a classic bus took for one event counts as not published', async () => {
    let answer = takesArrays;
    const { client } = await aClient((request, res) => answer(request, res));
    await client.publish([anEvent()]);
    answer = classic;
    await expect(client.publish([anEvent(), anEvent()])).rejects.toThrow(BusAway);
    expect(client.batchLimit()).toBe(1);
  });

  it('rules the relay: a classic bus gets single events, and ours batches after the first', async () => {
    const { db, transaction } = life.closing(openThings(life.file('things.db')));
    const outbox = createOutbox(db, { source: '/things', now: () => new Date() });
    for (const answer of [classic, takesArrays]) {
      await transaction((tx) =>
        outbox.append(
          tx,
          ['a', 'b', 'c'].map((id) => thingMade(id)),
        ),
      );
      const { bus, client } = await aClient(answer);
      const relay = createRelay({ outbox, bus: client, logger: silentLogger });
      life.closing({ close: relay.stop });
      await relay.drained();
      const sizes = bus.requests.map(({ body }) => (Array.isArray(body) ? body.length : 'single'));
      expect(sizes).toEqual(answer === classic ? ['single', 'single', 'single'] : ['single', 2]);
    }
  });
});

describe('history', () => {
  it('reads a page after a sequence, and sees by the Link that there is more', async () => {
    const { bus, client } = await aClient((_request, res) =>
      answerJson(res, 200, [{ type: 'A', data: {} }], { Link: '</events?after=8>; rel="next"' }),
    );
    expect(await client.history(7)).toEqual({ events: [{ type: 'A', data: {} }], more: true });
    expect(bus.requests[0]?.url).toBe('/events?after=7&limit=1000');
  });

  it('takes all that a classic bus has', async () => {
    const { client } = await aClient((_request, res) => answerJson(res, 200, [{ type: 'A' }, { type: 'B' }]));
    expect(await client.history(0)).toEqual({ events: [{ type: 'A' }, { type: 'B' }], more: false });
  });

  it.each([
    ['an error', 500, []],
    ['no list', 200, { events: [] }],
    ['no such route', 404, {}],
  ])('takes %s for a bus that is away', async (_what, status, body) => {
    const { client } = await aClient((_request, res) => answerJson(res, status, body));
    await expect(client.history(0)).rejects.toThrow(BusAway);
  });
});

it('lets no connection stay open after its close', async () => {
  const server = await startServer((_req, res) => void res.end('[]'), { host: '127.0.0.1', port: 0 });
  const client = createBusClient({ url: server.url });
  await client.history(0).catch(() => undefined);
  client.close();
  await server.close();
});
