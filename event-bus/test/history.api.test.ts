import { get } from 'node:http';
import request from 'supertest';
import { type RunningBus, runBus } from './running-bus';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
beforeEach(async () => {
  bus = await runBus(folder());
});
afterEach(() => bus.stop());

async function publish(count: number, padding = 0): Promise<void> {
  const events = Array.from({ length: count }, (_, n) => ({
    type: ['A', 'B', 'C'][n % 3],
    partitionkey: `k${n % 5}`,
    data: { n, padding: 'x'.repeat(padding) },
  }));
  expect((await request(bus.server.url).post('/events').send(events)).status).toBe(200);
}

const page = (query: string) => request(bus.server.url).get(`/events?${query}`);
const sequences = ({ body }: { body: { sequence: number }[] }): number[] => body.map(({ sequence }) => sequence);

describe('GET /events', () => {
  it('is an empty array at first', async () => {
    const { status, text, type } = await request(bus.server.url).get('/events');
    expect([status, text, type]).toEqual([200, '[]', 'application/json']);
  });

  it('is a bare array of all events, oldest first, whatever their number', async () => {
    await publish(3_000);
    const { body, headers } = await request(bus.server.url).get('/events');
    expect(body).toHaveLength(3_000);
    expect(body.map((event: { data: { n: number } }) => event.data.n)).toEqual(
      Array.from({ length: 3_000 }, (_, n) => n),
    );
    expect(headers['link']).toBeUndefined();
  });

  it('waits for a slow reader, and lets go of one that leaves', async () => {
    for (let n = 0; n < 6; n += 1) await publish(100, 60_000);
    const before = process.memoryUsage();
    await new Promise<void>((resolve, reject) => {
      const reading = get(`${bus.server.url}/events`, (response) => {
        response.once('readable', () => {
          response.read(1);
          resolve();
        });
      });
      reading.once('error', reject);
      reading.once('response', (response) => response.once('readable', () => setImmediate(() => reading.destroy())));
    });
    // The bus holds a piece of the log for this reader, not the 36 MB of it.
    const after = process.memoryUsage();
    expect(after.external + after.arrayBuffers - before.external - before.arrayBuffers).toBeLessThan(20_000_000);
    expect((await page('limit=1')).status).toBe(200);
  });
});

describe('a page of GET /events', () => {
  beforeEach(() => publish(30));

  it('goes on where its Link leads, until everything was read', async () => {
    const read: number[] = [];
    let url: string | undefined = '/events?limit=7';
    while (url !== undefined) {
      const answer: request.Response = await request(bus.server.url).get(url);
      read.push(...sequences(answer));
      url = /^<([^>]+)>; rel="next"$/.exec(answer.headers['link'] ?? '')?.[1];
    }
    expect(read).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
  });

  it('begins after a sequence, with a thousand events at most', async () => {
    expect(sequences(await page('after=27'))).toEqual([28, 29, 30]);
    expect(sequences(await page('after=30'))).toEqual([]);
    await publish(1_200);
    const answer = await page('after=0');
    expect(answer.body).toHaveLength(1_000);
    expect(answer.headers['link']).toBe('</events?after=1000>; rel="next"');
  });

  it('holds one key, one type or several, and keeps them in its Link', async () => {
    expect(sequences(await page('key=k4'))).toEqual([5, 10, 15, 20, 25, 30]);
    expect(sequences(await page('type=A&key=k0'))).toEqual([1, 16]);
    const answer = await page('type=A&type=B&limit=3');
    expect(sequences(answer)).toEqual([1, 2, 4]);
    expect(answer.headers['link']).toBe('</events?type=A&type=B&limit=3&after=4>; rel="next"');
    expect((await page('type=none')).headers['link']).toBeUndefined();
  });

  it('begins with what was stored at a time or later, whatever its offset, and goes on from there', async () => {
    const past = await page('since=2020-01-01T00:00:00Z&limit=2');
    expect(sequences(past)).toEqual([1, 2]);
    expect(past.headers['link']).toBe('</events?since=2020-01-01T00%3A00%3A00Z&limit=2&after=2>; rel="next"');
    const next = await page('since=2020-01-01T00:00:00%2B02:00&limit=2&after=2');
    expect(sequences(next)).toEqual([3, 4]);
    expect(sequences(await page('since=2999-01-01T00:00:00Z'))).toEqual([]);
  });

  it('ends early, with a Link, where events are large', async () => {
    await request(bus.server.url).post('/events').send([]);
    for (let n = 0; n < 2; n += 1) await publish(7, 1_000_000);
    const answer = await page('after=30');
    expect(answer.body.length).toBeLessThan(14);
    expect(answer.headers['link']).toMatch(/after=(3\d|4[0-3])>/);
  });

  it.each([
    'limit=0',
    'limit=1001',
    'limit=x',
    'after=-1',
    'after=1.5',
    'after=1&after=2',
    'key=',
    'since=yesterday',
    'since=2026-02-30T00:00:00Z',
  ])('refuses %s', async (query) => {
    const { status, body } = await page(query);
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ path: query.split('=')[0] }]);
  });
});
