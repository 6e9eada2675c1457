import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import request from 'supertest';
import { type RunningBus, runBus } from './running-bus';

/**
 * The cases of the CloudEvents specification 1.0.2, its JSON format and its HTTP binding.
 * What binary mode adds is in binary-mode.api.test.ts; the SDK as a peer in cloudevents-sdk.api.test.ts.
 */

// One bus for all cases: none of them stores anything that another would see.
const folder = mkdtempSync(join(tmpdir(), 'event-bus-'));
let bus: RunningBus;
beforeAll(async () => {
  bus = await runBus(folder);
});
afterAll(async () => {
  await bus.stop();
  rmSync(folder, { recursive: true });
});

const structured = 'application/cloudevents+json';
const batched = 'application/cloudevents-batch+json';

let made = 0;
const minimal = () => ({ specversion: '1.0', id: `e${(made += 1)}`, source: '/s', type: 'T' });
const send = (body: unknown, type = structured) =>
  request(bus.server.url).post('/events').set('Content-Type', type).send(JSON.stringify(body));
const head = async (): Promise<number> => (await request(bus.server.url).get('/healthz')).body.head;

/** The event as it is in the log, by the answer to its publish. */
async function stored(answer: { events: { sequence: number }[] }): Promise<Record<string, unknown>> {
  const [{ sequence = 0 } = {}] = answer.events;
  const page = await request(bus.server.url).get(`/events?after=${sequence - 1}&limit=1`);
  return page.body[0];
}

const valid: [string, Record<string, unknown>][] = [
  ['only what is required', {}],
  ['an id of any characters', { id: 'Grüße 👩‍🚀 %20 "x"' }],
  ['an id of 128 characters', { id: 'x'.repeat(128) }],
  ['a source that is a URI', { source: 'https://github.com/cloudevents/spec/pull?a=b&c#d' }],
  ['a source that is a mailto: URI', { source: 'mailto:cncf-wg-serverless@lists.cncf.io' }],
  ['a source that is a URN', { source: 'urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66' }],
  ['a source that is a path', { source: '/cloudevents/spec/pull/123' }],
  ['a source that is a word', { source: '1-555-123-4567' }],
  ['a source with a percent-encoded character', { source: '/caf%C3%A9' }],
  ['a source with an IPv6 address', { source: 'http://[::1]:8080/x' }],
  ['a type with its reversed domain', { type: 'com.github.pull_request.opened' }],
  ['a subject outside ASCII', { subject: 'Bestellung № 5 😀' }],
  ['a time in UTC', { time: '2018-04-05T17:31:00Z' }],
  ['a time with an offset and a fraction', { time: '2018-04-05T17:31:00.123456789+05:30' }],
  ['a time in small letters', { time: '2018-04-05t17:31:00z' }],
  ['a leap day', { time: '2024-02-29T00:00:00Z' }],
  ['a time of long ago', { time: '0001-01-01T00:00:00Z' }],
  ['a media type', { datacontenttype: 'text/xml', data: '<a/>' }],
  ['a media type with parameters', { datacontenttype: 'application/json; charset=utf-8; q="a;b"', data: 1 }],
  ['a media type with a suffix', { datacontenttype: 'application/vnd.shop+json', data: {} }],
  ['a schema', { dataschema: 'https://example.com/schema#1' }],
  ['data: an object', { data: { a: [1, { b: null }] } }],
  ['data: a list', { data: [1, 2] }],
  ['data: a text', { data: '\u0000 \ud800 \uffff' }],
  ['data: a number', { data: 1.5 }],
  ['data: a boolean', { data: false }],
  ['data: null', { data: null }],
  ['data in base64', { data_base64: 'AP8=' }],
  ['data in base64 that is empty', { data_base64: '' }],
  ['an extension: text', { comexampleextension1: 'value' }],
  ['an extension: text that is empty', { ext: '' }],
  ['an extension: text outside ASCII', { ext: 'é😀' }],
  ['an extension: a boolean', { ext: false }],
  ['an extension: 0', { ext: 0 }],
  ['an extension: the smallest number', { ext: -2_147_483_648 }],
  ['an extension: the largest number', { ext: 2_147_483_647 }],
  ['an extension with digits in its name', { ext3: 'x', '42': 'x' }],
  ['the extensions for tracing and causes', { traceparent: '00-a-b-01', causationid: 'c', correlationid: 'd' }],
  ['a key', { partitionkey: 'k' }],
];

/** In the JSON format, null says that an attribute isn't there. */
const nulls: [string, string][] = ['subject', 'time', 'datacontenttype', 'dataschema', 'partitionkey', 'ext'].map(
  (name) => [`${name}: null`, name],
);

const invalid: [string, Record<string, unknown>, string][] = [
  ...['specversion', 'id', 'source', 'type'].flatMap((name): [string, Record<string, unknown>, string][] => [
    [`no ${name}`, { [name]: undefined }, name],
    [`${name}: null`, { [name]: null }, name],
    [`${name}: empty`, { [name]: '' }, name],
    [`${name}: a number`, { [name]: 1 }, name],
  ]),
  ['an unknown version', { specversion: '0.3' }, 'specversion'],
  ['a version of the future', { specversion: '2.0' }, 'specversion'],
  ['a version with a patch', { specversion: '1.0.2' }, 'specversion'],
  ['an id that is too long', { id: 'x'.repeat(129) }, 'id'],
  ['an id with a control character', { id: 'a\nb' }, 'id'],
  ['an id with a C1 control character', { id: 'a\u0085b' }, 'id'],
  ['an id with a noncharacter', { id: 'a\ufdd0' }, 'id'],
  ['an id with a noncharacter beyond 16 bits', { id: 'a\u{1fffe}' }, 'id'],
  ['an id with half of a surrogate pair', { id: 'a\ud800' }, 'id'],
  ['a source with a space', { source: '/a b' }, 'source'],
  ['a source outside ASCII', { source: '/café' }, 'source'],
  ['a source with a bare percent sign', { source: '/100%' }, 'source'],
  ['a source that begins with a colon', { source: ':a' }, 'source'],
  ['a source with a quote', { source: '"' }, 'source'],
  ['an empty subject', { subject: '' }, 'subject'],
  ['a subject that is a number', { subject: 5 }, 'subject'],
  ['a subject with NUL', { subject: 'a\0' }, 'subject'],
  ['a time without a zone', { time: '2018-04-05T17:31:00' }, 'time'],
  ['a time without seconds', { time: '2018-04-05T17:31Z' }, 'time'],
  ['a date', { time: '2018-04-05' }, 'time'],
  ['a time with a space', { time: '2018-04-05 17:31:00Z' }, 'time'],
  ['the 30th of February', { time: '2018-02-30T00:00:00Z' }, 'time'],
  ['a leap day in a year that has none', { time: '2023-02-29T00:00:00Z' }, 'time'],
  ['month 13', { time: '2018-13-01T00:00:00Z' }, 'time'],
  ['hour 24', { time: '2018-04-05T24:00:00Z' }, 'time'],
  ['an offset of 99 hours', { time: '2018-04-05T17:31:00+99:00' }, 'time'],
  ['a leap second, which most programs can not read', { time: '2016-12-31T23:59:60Z' }, 'time'],
  ['a time that is a number', { time: 1_522_949_460 }, 'time'],
  ['a media type without a subtype', { datacontenttype: 'text' }, 'datacontenttype'],
  ['a media type that is empty', { datacontenttype: '' }, 'datacontenttype'],
  ['a media type with a parameter cut short', { datacontenttype: 'text/plain; charset' }, 'datacontenttype'],
  ['a schema that is no absolute URI', { dataschema: '/schema' }, 'dataschema'],
  ['a schema that is empty', { dataschema: '' }, 'dataschema'],
  ['data twice', { data: {}, data_base64: 'AAAA' }, 'data_base64'],
  ['data that is null and in base64', { data: null, data_base64: 'AAAA' }, 'data_base64'],
  ['base64 that is none', { data_base64: 'not base64' }, 'data_base64'],
  ['base64 without its padding', { data_base64: 'AAA' }, 'data_base64'],
  ['base64 of URLs', { data_base64: '-_8=' }, 'data_base64'],
  ['base64 that is a number', { data_base64: 5 }, 'data_base64'],
  ['a name with a capital letter', { comExample: 'x' }, 'comExample'],
  ['a name with an underscore', { com_example: 'x' }, 'com_example'],
  ['a name with a dash', { 'com-example': 'x' }, 'com-example'],
  ['a name outside ASCII', { é: 'x' }, 'é'],
  ['a name that is empty', { '': 'x' }, ''],
  ['a name that is special in JavaScript', JSON.parse('{"__proto__":"x"}'), '__proto__'],
  ['an extension: an object', { ext: {} }, 'ext'],
  ['an extension: a list', { ext: ['x'] }, 'ext'],
  ['an extension: a fraction', { ext: 1.5 }, 'ext'],
  ['an extension: a number of more than 32 bits', { ext: 2_147_483_648 }, 'ext'],
  ['an extension: a control character', { ext: 'a\u001b' }, 'ext'],
  ['an extension: a text that is too long', { ext: 'x'.repeat(2_049) }, 'ext'],
];

describe('a CloudEvent', () => {
  it.each(valid)('is taken with %s, and kept as it is', async (_what, given) => {
    const event = { ...minimal(), ...given };
    const { status, body } = await send(event);
    expect([status, body.errors]).toEqual([200, undefined]);
    expect(await stored(body)).toEqual({
      ...{ time: expect.any(String), partitionkey: expect.any(String), sequence: expect.any(Number) },
      ...event,
    });
  });

  it.each(nulls)('is taken with %s, as if that were not there', async (_what, name) => {
    const { status, body } = await send({ ...minimal(), [name]: null });
    expect(status).toBe(200);
    expect((await stored(body))[name]).not.toBeNull();
  });

  it.each(invalid)('is refused with %s, which is named', async (_what, given, path) => {
    const before = await head();
    const { status, body, type } = await send({ ...minimal(), ...given });
    expect([status, type, body.errors]).toEqual([
      422,
      'application/problem+json',
      [{ path, message: expect.stringMatching(/^(is|must)/) }],
    ]);
    expect(await head()).toBe(before);
  });
});

describe('a message', () => {
  it.each([
    structured,
    `${structured}; charset=utf-8`,
    `${structured};charset="UTF-8"`,
    'Application/CloudEvents+JSON',
  ])('holds one event as %s', async (type) => expect((await send(minimal(), type)).status).toBe(200));

  it.each([batched, `${batched}; charset=UTF-8`, 'application/json'])('holds several events as %s', async (type) => {
    const { status, body } = await send([minimal(), minimal(), { ...minimal(), source: '/other' }], type);
    expect([status, body.events.length]).toEqual([200, 3]);
  });

  it.each([batched, 'application/json'])('may hold no event as %s', async (type) => {
    const { status, body } = await send([], type);
    expect([status, body]).toEqual([200, { status: 'OK', events: [], durable: 'fsynced' }]);
  });

  it('stores nothing of a batch with one event that is not valid', async () => {
    const before = await head();
    const { status, body } = await send([minimal(), { ...minimal(), time: 'x' }, minimal(), []], batched);
    expect([status, body.errors]).toEqual([
      422,
      [
        { path: '[1].time', message: 'must be a time as in RFC 3339' },
        { path: '[3]', message: 'must be an object' },
      ],
    ]);
    expect(await head()).toBe(before);
  });

  it.each<[string, unknown, string, number]>([
    ['a batch as one event', [minimal()], structured, 400],
    ['one event as a batch', minimal(), batched, 400],
    ['a bare event that says to be a CloudEvent', { type: 'T', data: {} }, structured, 422],
    ['bare events that say to be CloudEvents', [{ type: 'T', data: {} }], batched, 422],
    ['another format', minimal(), 'application/cloudevents+xml', 415],
    ['a format that is not named', minimal(), 'application/cloudevents', 415],
    ['another charset', minimal(), `${structured}; charset=iso-8859-1`, 415],
    ['a text in JSON', 'text', structured, 400],
    ['null', null, structured, 400],
  ])('is refused where it holds %s', async (_what, body, type, status) => {
    const before = await head();
    expect((await send(body, type)).status).toBe(status);
    expect(await head()).toBe(before);
  });
});
