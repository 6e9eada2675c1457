import { gzipSync } from 'node:zlib';
import request from 'supertest';
import { createMetrics, createServiceApp, finishApp, jsonBody, mountRoutes, silentLogger } from '../src';

const limit = 1_000;

const app = createServiceApp({ logger: silentLogger, metrics: createMetrics('test'), isReady: () => true });
mountRoutes(app, {
  '/echo': {
    post: [
      ...jsonBody({ limit }),
      (req, res) => void res.json({ got: req.body === undefined ? 'nothing' : (req.body as unknown) }),
    ],
  },
});
finishApp(app, silentLogger);

function post(body: string | Buffer | undefined, headers: Record<string, string> = {}) {
  const call = request(app)
    .post('/echo')
    .set({ 'Content-Type': 'application/json', ...headers })
    // The bytes as they are: superagent would serialise them.
    .serialize((sent: unknown) => sent as string);
  return body === undefined ? call : call.send(body);
}

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('A JSON body', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'is read as %s',
    async (type) => {
      const { status, body } = await post('{"title":"Grüße 🎉"}', { 'Content-Type': type });
      expect({ status, body }).toEqual({ status: 200, body: { got: { title: 'Grüße 🎉' } } });
    },
  );

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/cloudevents+json',
    'json',
  ])('is refused with 415 as %s', async (type) => {
    const { status, body } = await post('{"title":"a"}', { 'Content-Type': type });
    expect(status).toBe(415);
    expect(body.detail).toBe("Send the body as application/json: -H 'Content-Type: application/json'.");
  });

  it.each([
    ['iso-8859-1', Buffer.from('{"title":"a"}')],
    ['utf-16le', Buffer.from('{"title":"a"}', 'utf16le')],
    ['utf-7', Buffer.from('{"title":"+AOQ-"}')],
    ['klingon', Buffer.from('{"title":"a"}')],
  ])('is refused with 415 in the charset %s', async (charset, bytes) => {
    const { status, body } = await post(bytes, { 'Content-Type': `application/json; charset=${charset}` });
    expect({ status, detail: body.detail }).toEqual({ status: 415, detail: 'Send the body in UTF-8.' });
  });

  it.each(['{"title":', '{title:1}', '"text"', '5', 'null', '{"a":1}{"b":2}', "{'a':1}"])(
    'is refused with 400 where it is %j',
    async (text) => {
      const { status, headers, body } = await post(text);
      expect(status).toBe(400);
      expect(body).toEqual({
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        detail: 'The body is not valid JSON.',
        errors: [{ path: '', message: 'is not valid JSON' }],
        requestId: headers['x-request-id'],
      });
    },
  );

  it('is refused with 400 where it is not UTF-8, and never mended', async () => {
    const { status, body } = await post(Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc3, 0x28, 0x22, 0x7d]));
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [{ path: '', message: 'is not valid UTF-8' }],
    });
  });

  it('may be nested 32 levels deep, and not 33', async () => {
    expect((await post(nested(32))).status).toBe(200);
    const { status, body } = await post(nested(33));
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [{ path: '', message: 'is nested deeper than 32 levels' }],
    });
  });

  it('may have exactly as many bytes as the route takes, and no more', async () => {
    const filled = (bytes: number): string => `["${'x'.repeat(bytes - 4)}"]`;
    expect((await post(filled(limit))).status).toBe(200);
    expect((await post(filled(limit + 1))).status).toBe(413);
    const bomb = await post(gzipSync(filled(limit + 1)), { 'Content-Encoding': 'gzip' });
    expect(bomb.status).toBe(413);
  });

  it('may be compressed, but not in an unknown way', async () => {
    const { body } = await post(gzipSync('{"a":1}'), { 'Content-Encoding': 'gzip' });
    expect(body).toEqual({ got: { a: 1 } });
    expect((await post('{}', { 'Content-Encoding': 'rot13' })).status).toBe(415);
    expect((await post('{}', { 'Content-Encoding': 'gzip' })).status).toBe(400);
  });

  it('holds nothing where it is empty, whatever its type', async () => {
    expect((await post(undefined)).body).toEqual({ got: {} });
    expect((await post(undefined, { 'Content-Type': 'text/plain' })).body).toEqual({ got: 'nothing' });
  });

  it('has ordinary keys only: those of prototypes change nothing', async () => {
    const text = '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}},"toString":1}';
    const answer = await post(text);
    expect(answer.text).toBe(`{"got":${text}}`);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });
});
