import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { request } from 'undici';
import supertest from 'supertest';
import { type RunningBus, runBus } from './running-bus';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
beforeEach(async () => {
  bus = await runBus(folder());
});
afterEach(() => bus.stop());

interface Publish {
  type?: string;
  headers?: Record<string, string>;
  body: string | Buffer;
}

/** The same publish, plain or by way of Express: in chunks, so that its length isn't said. */
async function publish({ type = 'application/json', headers = {}, body }: Publish, way: 'plain' | 'Express') {
  const bytes = Buffer.from(body);
  const answer = await request(`${bus.server.url}/events`, {
    method: 'POST',
    headers: { 'content-type': type, 'x-request-id': 'r-1', ...headers },
    body: way === 'plain' ? bytes : Readable.from([bytes]),
  });
  const { statusCode: status, headers: all } = answer;
  const shown = ['content-type', 'content-length', 'x-request-id', 'retry-after'].map((name) => [name, all[name]]);
  return { status, headers: Object.fromEntries(shown), body: await answer.body.json() };
}

const event = JSON.stringify({ type: 'T', id: 'e1', source: '/s', data: { a: 1 } });
const nested = (levels: number): string => `{"type":"T","data":${'['.repeat(levels)}${']'.repeat(levels)}}`;

describe('a plain publish', () => {
  it.each<[string, Publish, number]>([
    ['one event', { body: event }, 200],
    ['several', { body: `[${event},${event}]` }, 200],
    ['none', { type: 'application/cloudevents-batch+json', body: '[]' }, 200],
    [
      'an event in headers',
      { headers: { 'ce-specversion': '1.0', 'ce-id': 'b', 'ce-type': 'T', 'ce-source': '/s' }, body: '{}' },
      200,
    ],
    ['no JSON', { body: '{' }, 400],
    ['JSON that is nested too deep', { body: nested(40) }, 400],
    ['bytes that are no UTF-8', { body: Buffer.from([0x22, 0xff, 0x22]) }, 400],
    ['another charset', { type: 'application/json; charset=latin1', body: event }, 415],
    ['another media type', { type: 'text/plain', body: event }, 415],
    ['an event at fault', { body: '{"data":1}' }, 422],
    ['an event that is too large', { body: JSON.stringify({ type: 'T', data: 'x'.repeat(1024 * 1024) }) }, 413],
  ])('is answered like one by way of Express: %s', async (_what, what, status) => {
    const plain = await publish(what, 'plain');
    expect(plain.status).toBe(status);
    expect(plain.headers['x-request-id']).toBe('r-1');
    expect(await publish(what, 'Express')).toEqual(plain);
  });

  it('is answered alike without a body, and with one that is larger than a request may be', async () => {
    const empty = await publish({ body: '' }, 'plain');
    expect(empty).toMatchObject({ status: 400, body: { detail: 'The body is required.' } });
    expect(await publish({ body: '' }, 'Express')).toEqual(empty);
    const { status } = await publish({ body: ' '.repeat(9 * 1024 * 1024) }, 'plain');
    expect(status).toBe(413);
  });

  it('is refused where a page in a browser sends it', async () => {
    const fromPage = { headers: { origin: 'http://127.0.0.1:3000' }, body: event };
    expect((await publish(fromPage, 'plain')).status).toBe(403);
    const { body } = await supertest(bus.server.url).get('/events');
    expect(body).toEqual([]);
  });

  it('counts among the requests, as one by way of Express does', async () => {
    await publish({ body: event }, 'plain');
    await publish({ body: event }, 'Express');
    await publish({ body: '{' }, 'plain');
    const { text } = await supertest(bus.server.url).get('/metrics');
    const countOf = (status: number): string | undefined =>
      new RegExp(
        `^http_request_duration_seconds_count\\{(?=.*method="POST")(?=.*route="/events")(?=.*status="${status}").*\\} (\\d+)$`,
        'm',
      ).exec(text)?.[1];
    expect([countOf(200), countOf(400)]).toEqual(['2', '1']);
  });

  it('stores nothing of a body that was cut off, and goes on', async () => {
    const { hostname, port } = new URL(bus.server.url);
    const socket = connect(Number(port), hostname);
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    const whole = event.length;
    socket.write(
      `POST /events HTTP/1.1\r\nHost: bus\r\nContent-Type: application/json\r\nContent-Length: ${whole + 1}\r\n\r\n${event}`,
    );
    await new Promise<void>((resolve) => socket.end(resolve));
    await publish({ body: JSON.stringify({ type: 'T', id: 'e2', data: 1 }) }, 'plain');
    const { body } = await supertest(bus.server.url).get('/events');
    expect(body.map(({ id }: { id: string }) => id)).toEqual(['e2']);
  });
});
