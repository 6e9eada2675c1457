import request from 'supertest';
import { type RunningBus, runBus } from './running-bus';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
beforeEach(async () => {
  bus = await runBus(folder());
});
afterEach(() => bus.stop());

const post = (body: unknown, type = 'application/json') =>
  request(bus.server.url)
    .post('/events')
    .set('Content-Type', type)
    .send(typeof body === 'string' ? body : JSON.stringify(body));
const all = async () => (await request(bus.server.url).get('/events')).body;

describe('POST /events', () => {
  it('stores a classic event, completed to a CloudEvent, and says where it is', async () => {
    const { status, body } = await post({ type: 'PostCreated', data: { id: 'p1', title: 'Hi' } });
    expect([status, body]).toEqual([
      200,
      { status: 'OK', events: [{ id: expect.any(String), sequence: 1 }], durable: 'fsynced' },
    ]);
    expect(await all()).toEqual([
      {
        ...{ specversion: '1.0', id: body.events[0].id, source: '/unknown', type: 'PostCreated', partitionkey: 'p1' },
        ...{ time: expect.stringMatching(/^\d{4}-.*Z$/), data: { id: 'p1', title: 'Hi' }, sequence: 1 },
      },
    ]);
  });

  it.each([
    [{ postId: 'p', id: 'c' }, 'p'],
    [{ id: 'c' }, 'c'],
    [{ id: 7 }, '7'],
    [{ postId: '', id: 'c' }, 'c'],
    [{ postId: { a: 1 }, id: 'c' }, 'c'],
  ])('takes the key of a bare event from its data: %j', async (data, key) => {
    await post({ type: 'T', data });
    expect(await all()).toMatchObject([{ partitionkey: key }]);
  });

  it.each([[{}], ['text'], [null], [[1, 2]], [{ id: 'x'.repeat(500) }]])(
    'gives an event without a usable key its own: %j',
    async (data) => {
      await post({ type: 'T', data });
      const [event] = await all();
      expect(event.partitionkey).toBe(event.id);
      expect(event.data).toEqual(data);
    },
  );

  it('keeps what a CloudEvent says, except for a sequence', async () => {
    const event = {
      ...{ specversion: '1.0', id: 'e1', source: '/shop', type: 'Sold', subject: 's', partitionkey: 'k' },
      ...{
        time: '2026-01-01T00:00:00Z',
        causationid: 'c',
        correlationid: 'r',
        traceparent: 't',
        mine: true,
        number: 3,
      },
      data: { ['__proto__']: { a: 1 }, text: '\u0000 \ud800 👩‍🚀' },
    };
    await post({ ...event, sequence: 99, other: null }, 'application/cloudevents+json');
    expect(await all()).toEqual([{ ...event, sequence: 1 }]);
  });

  it('takes arrays, also empty ones', async () => {
    const { body } = await post([
      { type: 'A', data: {} },
      { type: 'B', data: {} },
    ]);
    expect(body.events.map(({ sequence }: { sequence: number }) => sequence)).toEqual([1, 2]);
    expect((await post([])).body).toEqual({ status: 'OK', events: [], durable: 'fsynced' });
  });

  it('stores an event once, however often it is sent, and answers with its first sequence', async () => {
    const event = { id: 'same', source: '/s', type: 'T', data: {} };
    await post({ type: 'Other', data: {} });
    for (let n = 0; n < 3; n += 1) expect((await post(event)).body.events).toEqual([{ id: 'same', sequence: 2 }]);
    expect((await post([event, event])).body.events).toEqual([
      { id: 'same', sequence: 2 },
      { id: 'same', sequence: 2 },
    ]);
    expect(await all()).toHaveLength(2);
  });

  it('knows an event again in which it had filled in the time and the key', async () => {
    const event = { id: 'same', type: 'T', data: { id: 'p1', n: 1 } };
    expect((await post(event)).body.events).toEqual([{ id: 'same', sequence: 1 }]);
    expect((await post({ data: { n: 1, id: 'p1' }, type: 'T', id: 'same' })).body.events).toEqual([
      { id: 'same', sequence: 1 },
    ]);
    const [{ time, partitionkey }] = await all();
    expect((await post({ ...event, time, partitionkey })).status).toBe(200);
    expect((await post({ ...event, partitionkey: 'p2' })).status).toBe(409);
  });

  it.each<[string, unknown, string[]]>([
    ['one event', { id: 'same', type: 'T', data: 2 }, ['id']],
    ['several', [0, 1, 2, 3].map((n) => ({ type: 'T', data: n, ...(n === 3 ? { id: 'same' } : {}) })), ['[3].id']],
    ['two of its own', ['x', 'same', 'x'].map((id, n) => ({ id, type: 'T', data: n })), ['[1].id', '[2].id']],
  ])('refuses another event under an id that is there, names it and stores nothing: %s', async (_what, body, paths) => {
    await post({ id: 'same', type: 'T', data: 0 });
    const { status, type, body: told } = await post(body);
    expect([status, type]).toEqual([409, 'application/problem+json']);
    expect(told.errors).toEqual(paths.map((path) => ({ path, message: expect.stringContaining('another event') })));
    expect(await all()).toHaveLength(1);
  });

  it('refuses only the publisher that reused an id, whoever publishes at the same time', async () => {
    await post({ id: 'same', type: 'T', data: 0 });
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        post([{ id: `e${n}`, type: 'T', data: n }, ...(n % 3 === 0 ? [{ id: 'same', type: 'T', data: n + 1 }] : [])]),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map((_, n) => (n % 3 === 0 ? 409 : 200)));
    const stored: { id: string; sequence: number }[] = await all();
    expect(stored.map(({ sequence }) => sequence)).toEqual(stored.map((_, index) => index + 1));
    const acknowledged = answers.flatMap(({ status, body }) => (status === 200 ? body.events : []));
    expect(stored.slice(1).map(({ id, sequence }) => ({ id, sequence }))).toEqual(
      acknowledged.sort((a: { sequence: number }, b: { sequence: number }) => a.sequence - b.sequence),
    );
  });

  it.each([
    [{ data: {} }, 'type'],
    [{ type: '', data: {} }, 'type'],
    [{ type: 5, data: {} }, 'type'],
    [{ type: 'T' }, 'data'],
    [{ type: 'T', data: {}, id: '' }, 'id'],
    [{ type: 'T', data: {}, id: 'half \ud800' }, 'id'],
    [{ type: 'T', data: {}, time: 'yesterday' }, 'time'],
    [{ type: 'T', data: {}, id: 'i', source: '/s', specversion: '0.3' }, 'specversion'],
    [{ type: 'T', data: {}, some_name: 'x' }, 'some_name'],
    [{ type: 'T', data: {}, extension: { a: 1 } }, 'extension'],
    [{ type: 'T', data: {}, extension: 1.5 }, 'extension'],
    [{ type: 'T', data: {}, data_base64: 'AAAA' }, 'data_base64'],
    [{ type: 'T', data_base64: 'not base64' }, 'data_base64'],
    [{ type: 'T', data: {}, partitionkey: 7 }, 'partitionkey'],
  ])('refuses %j, naming %s', async (event, path) => {
    const { status, body, type } = await post(JSON.stringify(event));
    expect([status, type]).toEqual([422, 'application/problem+json']);
    expect(body.errors).toMatchObject([{ path }]);
    expect(await all()).toEqual([]);
  });

  it('stores all events of a request or none, and names each that is at fault', async () => {
    const { status, body } = await post([{ type: 'A', data: {} }, { data: {} }, 5, { type: 'D', data: {}, id: 1 }]);
    expect(status).toBe(422);
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(['[1].type', '[2]', '[3].id']);
    expect(await all()).toEqual([]);
  });

  it('refuses what is no JSON, no text in UTF-8, or nothing at all', async () => {
    expect((await post('{"type":')).status).toBe(400);
    expect((await post('5')).status).toBe(400);
    expect((await request(bus.server.url).post('/events')).status).toBe(400);
    const invalid = request(bus.server.url).post('/events').set('Content-Type', 'application/json');
    invalid.write(Buffer.from([0x22, 0xff, 0x22]));
    expect((await invalid).status).toBe(400);
    expect(await all()).toEqual([]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/html'])(
    'refuses %s, so that no web page can publish',
    async (type) => {
      expect((await post('{"type":"T","data":{}}', type)).status).toBe(415);
      const preflight = await request(bus.server.url).options('/events').set('Origin', 'http://evil.example');
      expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
      expect(await all()).toEqual([]);
    },
  );

  it('refuses an event of more than 1 MiB and a request of more than 8 MiB, and takes what is just smaller', async () => {
    const ofSize = (size: number) => ({ type: 'T', data: 'x'.repeat(size) });
    expect((await post(ofSize(1024 * 1024))).status).toBe(413);
    expect((await post([ofSize(10), ofSize(1024 * 1024 + 1)])).status).toBe(413);
    expect((await post(Array.from({ length: 9 }, () => ofSize(1024 * 1024 - 1000)))).status).toBe(413);
    expect(await all()).toEqual([]);
    expect((await post(Array.from({ length: 7 }, () => ofSize(1024 * 1024 - 1000)))).status).toBe(200);
    expect(await all()).toHaveLength(7);
  });

  it('refuses other methods, naming those there are', async () => {
    const { status, headers } = await request(bus.server.url).delete('/events');
    expect([status, headers['allow']]).toEqual([405, 'GET, POST, HEAD, OPTIONS']);
  });
});

describe('the door for operators', () => {
  it('tells the durability in force', async () => {
    await post({ type: 'T', data: {} });
    const { body } = await request(bus.server.url).get('/healthz');
    expect(body).toMatchObject({
      status: 'ok',
      head: 1,
      durability: { synchronous: 'full', journal: 'wal', lastFsyncAt: expect.any(String) },
    });
  });

  it('counts commits and shows each group', async () => {
    await post({ type: 'T', data: {} });
    await request(bus.server.url)
      .put('/subscriptions/g')
      .send({ endpoints: ['http://127.0.0.1:1/events'] });
    const { text } = await request(bus.server.url).get('/metrics');
    expect(text).toMatch(/bus_commit_events_count\{.*\} 1/);
    expect(text).toMatch(/bus_lag_events\{group="g".*\} 1/);
  });
});
