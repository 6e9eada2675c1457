import request from 'supertest';
import { type RunningBus, runBus } from './running-bus';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
beforeEach(async () => {
  bus = await runBus(folder());
});
afterEach(() => bus.stop());

const attributes = { 'ce-specversion': '1.0', 'ce-id': 'e1', 'ce-source': '/shop', 'ce-type': 'Sold' };

/** Sends bytes as they are, with exactly these headers. */
function publish(headers: Record<string, string>, body: string | Buffer = '') {
  const call = request(bus.server.url).post('/events').set(headers);
  if (body.length > 0) call.write(Buffer.from(body));
  return call;
}
const all = async () => (await request(bus.server.url).get('/events')).body;

describe('a publish in binary mode', () => {
  it('is stored as the event that its headers and its body make', async () => {
    const { status, body } = await publish(
      { ...attributes, 'ce-time': '2026-01-01T00:00:00Z', 'ce-mine': 'x', 'Content-Type': 'application/json' },
      '{"id":"p1"}',
    );
    expect([status, body]).toEqual([200, { status: 'OK', events: [{ id: 'e1', sequence: 1 }], durable: 'fsynced' }]);
    expect(await all()).toEqual([
      {
        ...{ specversion: '1.0', id: 'e1', source: '/shop', type: 'Sold', time: '2026-01-01T00:00:00Z', mine: 'x' },
        ...{ datacontenttype: 'application/json', data: { id: 'p1' }, partitionkey: 'p1', sequence: 1 },
      },
    ]);
  });

  it.each<[string, string | Buffer, object]>([
    ['application/json; charset=utf-8', '{"a":[1,null]}', { data: { a: [1, null] } }],
    ['application/vnd.shop+json', '5', { data: 5 }],
    ['application/json', 'null', { data: null }],
    ['text/plain', 'Grüße 👩‍🚀', { data: 'Grüße 👩‍🚀' }],
    ['text/plain; charset="UTF-8"', '{"a":1}', { data: '{"a":1}' }],
    ['text/plain; charset=iso-8859-1', Buffer.from([0xe9]), { data_base64: '6Q==' }],
    ['application/octet-stream', Buffer.from([0, 255]), { data_base64: 'AP8=' }],
    ['image/png', Buffer.from('png'), { data_base64: 'cG5n' }],
    ['application/x-www-form-urlencoded', 'a=b', { data_base64: 'YT1i' }],
  ])('keeps a body of %s', async (type, body, data) => {
    expect((await publish({ ...attributes, 'Content-Type': type }, body)).status).toBe(200);
    const [event] = await all();
    expect(event).toMatchObject({ datacontenttype: type, ...data });
    expect('data' in event && 'data_base64' in event).toBe(false);
  });

  it('may have no body: then the event has no data', async () => {
    expect((await publish(attributes)).status).toBe(200);
    const [event] = await all();
    expect(Object.keys(event).sort()).toEqual(
      ['id', 'partitionkey', 'sequence', 'source', 'specversion', 'time', 'type'].sort(),
    );
  });

  it.each([
    ['Euro%20%E2%82%AC%20%F0%9F%98%80', 'Euro € 😀'],
    ['%41%62', 'Ab'],
    ['%e2%82%ac', '€'],
    ['with a space', 'with a space'],
    ['"quoted \\"text\\" and \\\\"', 'quoted "text" and \\'],
    ['"%20"', ' '],
    ['100%25', '100%'],
    ['%2520', '%20'],
  ])('decodes the header %s once', async (header, subject) => {
    expect((await publish({ ...attributes, 'ce-subject': header })).status).toBe(200);
    expect(await all()).toMatchObject([{ subject }]);
  });

  it.each([
    ['%C0%A0', 'an overlong encoding'],
    ['%ED%A0%80', 'half of a surrogate pair'],
    ['%E2%82', 'a character cut short'],
    ['100%', 'a bare percent sign'],
    ['é', 'not ASCII'],
  ])('refuses the header %s: %s', async (header) => {
    const { status, body } = await publish({ ...attributes, 'ce-subject': header });
    expect([status, body.errors]).toEqual([422, [{ path: 'ce-subject', message: 'must be percent-encoded UTF-8' }]]);
    expect(await all()).toEqual([]);
  });

  it.each<[string, Record<string, string | undefined>]>([
    ['ce-id', { 'ce-id': undefined }],
    ['ce-source', { 'ce-source': undefined }],
    ['ce-type', { 'ce-type': undefined }],
    ['ce-specversion', { 'ce-specversion': undefined }],
    ['ce-specversion', { 'ce-specversion': '0.3' }],
    ['ce-time', { 'ce-time': 'yesterday' }],
    ['ce-source', { 'ce-source': '%20' }],
    ['ce-some_name', { 'ce-some_name': 'x' }],
    ['ce-subject', { 'ce-subject': '%00' }],
    ['ce-datacontenttype', { 'ce-datacontenttype': 'text/plain' }],
    ['ce-data', { 'ce-data': 'x' }],
    ['ce-data_base64', { 'ce-data_base64': 'AAAA' }],
    ['content-type', { 'Content-Type': 'nonsense' }],
  ])('names the header at fault: %s in %j', async (path, given) => {
    const headers = Object.entries({ ...attributes, ...given }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const { status, body } = await publish(Object.fromEntries(headers), 'x');
    expect([status, body.errors]).toEqual([422, [{ path, message: expect.any(String) }]]);
    expect(await all()).toEqual([]);
  });

  it.each<[string, string, string | Buffer, number]>([
    ['JSON that is none', 'application/json', '{"a":', 400],
    ['text that is not UTF-8', 'text/plain', Buffer.from([0xe9]), 400],
    ['JSON that is not UTF-8', 'application/json', Buffer.from([0x22, 0xe9, 0x22]), 400],
    ['JSON that is nested too deep', 'application/json', '['.repeat(32) + ']'.repeat(32), 400],
    ['an event of more than 1 MiB', 'application/octet-stream', Buffer.alloc(1024 * 1024), 413],
    ['a body of more than 8 MiB', 'application/octet-stream', Buffer.alloc(8 * 1024 * 1024 + 1), 413],
  ])('refuses %s', async (_what, type, body, status) => {
    expect((await publish({ ...attributes, 'Content-Type': type }, body)).status).toBe(status);
    expect(await all()).toEqual([]);
  });

  it('is refused with 409, naming ce-id, where its id is that of another event', async () => {
    expect((await publish({ ...attributes, 'Content-Type': 'text/plain' }, 'a')).status).toBe(200);
    expect((await publish({ ...attributes, 'Content-Type': 'text/plain' }, 'a')).status).toBe(200);
    const { status, body } = await publish({ ...attributes, 'Content-Type': 'text/plain' }, 'b');
    expect([status, body.errors]).toEqual([409, [{ path: 'ce-id', message: expect.any(String) }]]);
  });

  it('is not one where the type of the body says CloudEvents: then the body has the attributes', async () => {
    const event = { specversion: '1.0', id: 'inside', source: '/s', type: 'T' };
    const headers = { ...attributes, 'Content-Type': 'application/cloudevents+json' };
    expect((await publish(headers, JSON.stringify(event))).status).toBe(200);
    expect(await all()).toMatchObject([event]);
  });
});

describe('a page in a browser', () => {
  it.each(['ce-id', 'ce-specversion,ce-id,ce-type,ce-source', 'content-type'])(
    'may not send %s from another origin: its preflight is answered without leave',
    async (headers) => {
      const preflight = await request(bus.server.url).options('/events').set({
        Origin: 'http://evil.example',
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': headers,
      });
      const allowed = Object.keys(preflight.headers).filter((name) => name.startsWith('access-control-'));
      expect(allowed).toEqual([]);
    },
  );

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'gets nowhere with what needs no preflight: a body of the type "%s" and no ce- headers',
    async (type) => {
      const headers: Record<string, string> = type ? { 'Content-Type': type } : {};
      const body = '{"type":"T","data":{}}';
      expect((await publish({ Origin: 'http://evil.example', ...headers }, body)).status).toBe(403);
      // Even if a browser left its Origin out.
      expect((await publish(headers, body)).status).toBe(415);
      expect(await all()).toEqual([]);
    },
  );
});
