import request from 'supertest';
import { type RunningBus, runBus, type Subscriptions } from './running-bus';
import { openStream, type StreamClient } from './stream-client';
import { runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const folder = useFolder();
const clients: StreamClient[] = [];
let bus: RunningBus | undefined;
let subscriber: SubscriberServer;
beforeEach(async () => {
  subscriber = await runSubscriber();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await bus?.stop();
  bus = undefined;
  await subscriber.stop();
});

async function run(subscriptions: Subscriptions = {}): Promise<string> {
  bus = await runBus(folder(), subscriptions);
  return bus.server.url;
}

async function read(url: string, headers: Record<string, string> = {}): Promise<StreamClient> {
  const client = await openStream(url, headers);
  clients.push(client);
  return client;
}

interface Given {
  id?: string;
  source?: string;
  type?: string;
  partitionkey?: string;
  causationid?: string;
  correlationid?: string;
}

let made = 0;
async function publish(url: string, events: Given[]): Promise<void> {
  const common = { specversion: '1.0', source: '/a', type: 'A', data: { n: 1 } };
  const whole = events.map((event) => ({ ...common, id: `made-${(made += 1)}`, ...event }));
  expect((await request(url).post('/events').send(whole)).status).toBe(200);
}

const sum = (totals: Record<string, number>, names: string[]): number =>
  names.reduce((total, name) => total + (totals[name] ?? 0), 0);

describe('GET /stream', () => {
  it('counts exactly what was published, and what became of it, by each edge', async () => {
    const url = await run({ g: { endpoints: [subscriber.url] }, only: { endpoints: [subscriber.url], types: ['B'] } });
    await publish(url, [{ id: 'before' }]);
    await subscriber.until(() => subscriber.pushes.length === 1);
    const client = await read(`${url}/stream`);
    expect(client.all('start')).toMatchObject([{ upTo: 1, since: expect.stringMatching(/Z$/) }]);
    subscriber.answer = ({ headers }) =>
      headers['delivery-attempt'] === '1' && subscriber.pushes.length % 7 === 0 ? 500 : 200;
    for (let n = 0; n < 20; n += 1) {
      const many = Array.from({ length: 50 }, (_, k) => ({
        id: `e${n}-${k}`,
        type: k % 5 === 0 ? 'B' : 'A',
        partitionkey: `k${k}`,
      }));
      // Those that are stored already count for nothing.
      await publish(url, [...many, { id: 'before' }, ...many.slice(0, 10), { id: `x${n}`, source: '/x' }]);
    }
    await client.until(() => sum(client.totals(), ['g done', 'only done']) === 1_020 + 200);
    await client.until(() => sum(client.totals(), ['/a A', '/a B', '/x A']) === 1_020);
    const failures = subscriber.pushes.length - 1 - 1_220;
    expect(client.totals()).toMatchObject({ '/a A': 800, '/a B': 200, '/x A': 20, 'g done': 1_020, 'only done': 200 });
    expect(sum(client.totals(), ['g retry', 'only retry'])).toBe(failures);
    expect(client.all('counts').at(-1)?.upTo).toBe(1_021);
    const metrics = (await request(url).get('/metrics')).text;
    expect(metrics).toMatch(/bus_push_seconds_count\{[^}]*group="only",outcome="done"[^}]*\} 200\n/);
  });

  it('shows failures first, a few at a time, and of how many', async () => {
    const url = await run({ g: { endpoints: [subscriber.url], maxAttempts: 2 } });
    const client = await read(`${url}/stream`);
    subscriber.answer = ({ events }) => (events[0]?.id === 'bad' ? 422 : 200);
    await publish(url, [
      { id: 'bad' },
      ...Array.from({ length: 300 }, (_, n) => ({ id: `e${n}`, partitionkey: `k${n}` })),
    ]);
    const of = (name: 'published' | 'delivered' | 'failed') =>
      client.all('sample').reduce((total, one) => total + one.of[name], 0);
    await client.until(() => of('published') === 301 && of('delivered') === 300 && of('failed') === 3);
    for (const { events } of client.all('sample')) {
      expect(events.length).toBeLessThanOrEqual(5);
      const kinds = events.map(({ kind }) => kind === 'failed' || kind === 'given-up');
      expect(kinds).toEqual([...kinds].sort((a, b) => Number(b) - Number(a)));
    }
    const shown = client.all('sample').flatMap(({ events }) => events);
    expect(shown.filter(({ id }) => id === 'bad').map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['failed', 'given-up']),
    );
    expect(shown).toContainEqual(
      expect.objectContaining({ kind: 'delivered', group: 'g', status: 200, outcome: 'done' }),
    );
  });

  it('tells everything of a chain that is followed, and nothing else', async () => {
    const url = await run({ g: { endpoints: [subscriber.url], maxAttempts: 2 } });
    const client = await read(`${url}/stream?follow=first`);
    subscriber.answer = ({ events }) => (events[0]?.id === 'third' ? 422 : 200);
    await publish(url, [{ id: 'other', correlationid: 'fir' }, { id: 'first' }, { id: 'about', type: 'first' }]);
    await publish(url, [
      { id: 'second', causationid: 'first', correlationid: 'first' },
      { id: 'third', causationid: 'first', correlationid: 'first', partitionkey: 'k3' },
    ]);
    const told = () => client.all('follow').flatMap(({ events }) => events);
    await client.until(() => told().length === 8);
    expect(
      told()
        .filter(({ kind }) => kind === 'published')
        .map(({ id }) => id),
    ).toEqual(['first', 'second', 'third']);
    expect(
      told()
        .filter(({ kind }) => kind === 'delivered')
        .map(({ id }) => id),
    ).toEqual(['first', 'second']);
    expect(
      told()
        .filter(({ id }) => id === 'third')
        .map(({ kind }) => kind),
    ).toEqual(expect.arrayContaining(['published', 'failed', 'failed', 'given-up']));
  });

  it('tells how the groups are', async () => {
    const url = await run({ g: { endpoints: [subscriber.url] }, away: { endpoints: ['http://127.0.0.1:1/events'] } });
    const client = await read(`${url}/stream`);
    await publish(url, [{}]);
    const state = () =>
      client
        .all('groups')
        .at(-1)
        ?.groups.map(({ group, state, lag }) => [group, state, lag.events]);
    await client.until(() => JSON.stringify(state()) === '[["away","down",1],["g","flowing",0]]');
    const [away, g] = client.all('groups').at(-1)?.groups ?? [];
    expect(away).toMatchObject({ allowedInFlight: 1 });
    expect(g).toMatchObject({ latencyMs: { p50: expect.any(Number), p95: expect.any(Number) }, allowedInFlight: 32 });
  });

  it('gives a second reader the same totals', async () => {
    const url = await run({ g: { endpoints: [subscriber.url] } });
    const first = await read(`${url}/stream`);
    await publish(url, [{}, {}]);
    await first.until(() => sum(first.totals(), ['/a A', 'g done']) === 4);
    const second = await read(`${url}/stream`);
    expect(second.all('start')[0]?.since).toBe(first.all('start')[0]?.since);
    await second.until(() => second.all('counts').length > 0);
    expect(second.totals()).toEqual(first.totals());
  });

  it('takes a bounded number of readers, and others again when they leave', async () => {
    const url = await run();
    for (let n = 0; n < 16; n += 1) await read(`${url}/stream`);
    const refused = await request(url).get('/stream');
    expect([refused.status, refused.headers['retry-after'], refused.type]).toEqual([
      503,
      '5',
      'application/problem+json',
    ]);
    clients.pop()?.close();
    let client = await read(`${url}/stream`);
    while (client.res.statusCode === 503) client = await read(`${url}/stream`);
    expect(client.res.headers['content-type']).toBe('text/event-stream');
  });

  it('ends when the bus stops, and does not hold it up', async () => {
    const url = await run();
    const client = await read(`${url}/stream`);
    await bus?.stop();
    bus = undefined;
    await client.ended;
    expect(client.res.complete).toBe(true);
  });

  it('is not for pages of other sites', async () => {
    const url = await run();
    for (const headers of [
      { Origin: 'http://evil.example' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]) {
      const { status, headers: answered } = await request(url).get('/stream').set(headers);
      expect([status, answered['access-control-allow-origin']]).toEqual([403, undefined]);
    }
    const client = await read(`${url}/stream`, { 'Sec-Fetch-Site': 'same-origin' });
    expect(client.res.headers['access-control-allow-origin']).toBeUndefined();
  });

  it.each(['follow=', 'follow=a&follow=b'])('refuses ?%s', async (query) => {
    const { status, body } = await request(await run()).get(`/stream?${query}`);
    expect([status, body.errors[0].path]).toEqual([400, 'follow']);
  });

  it('answers HEAD with its headers alone', async () => {
    const { status, headers } = await request(await run()).head('/stream');
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream']);
  });
});
