import { encodeCursor, startServer } from '@blog/kit';
import fc from 'fast-check';
import request from 'supertest';
import { connectRaw } from '../../common/kit/test/raw-http';
import { useTestLife } from '../../common/kit/test/test-life';
import { commentUpdated, postCreated, startQuery } from './query-service';

const life = useTestLife();

async function aFilledQuery() {
  const query = startQuery(life);
  await query.push(postCreated('p1', { tags: ['a'] }), commentUpdated('c1'));
  return query;
}

const routes = ['/posts', '/posts/p1', '/tags', '/feed.atom', '/feed.json', '/sitemap.xml', '/stream'];
/** What no route may stumble over, wherever it comes in. */
const odd = [
  ...['', ' ', '0', '-1', '1e9', '1e309', 'NaN', 'null', 'true', '[]', '{}', '0x10', '9007199254740993'],
  ...['\0', '\u202e', '\u2028', '👍', '%', '%00', '../../etc/passwd', "'; DROP TABLE posts; --", '<script>'],
  ...['__proto__', 'constructor', 'toString', 'x'.repeat(5_000), 'e\u0301'],
];
const names = ['limit', 'cursor', 'q', 'tag', 'post', 'after', '__proto__', 'x'];
const cursors = [
  ...['', 'x', 'e30', 'bnVsbA', 'WzEsMl0', 'W10', '=', '%%%'],
  ...[
    ['', ''],
    ['x', 'y'],
    ['NaN', 'y'],
    ['Infinity', ''],
    ['1e999', ''],
    ['-1', '\0'],
    ['9'.repeat(400), 'y'],
  ].map(([createdAt = '', id = '']) => encodeCursor({ createdAt, id })),
];

/** An answer that says what is wrong, and gives nothing away. */
function expectRefusal({ status, text, headers }: request.Response, ...statuses: number[]): void {
  expect(statuses).toContain(status);
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
  expect(text).not.toMatch(/SQLITE|SELECT|node_modules|\.ts|\.js:| {4}at /);
}

describe('Whatever is asked for', () => {
  it('is answered or refused, never failed at: by generated addresses', async () => {
    const { app } = await aFilledQuery();
    const value = fc.oneof(
      fc.constantFrom(...odd),
      fc.constantFrom(...cursors),
      fc.string({ unit: 'grapheme' }),
      fc.integer().map(String),
    );
    const search = fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength: 4 });
    const path = fc.oneof(
      fc.constantFrom(...routes.filter((route) => route !== '/stream')),
      value.map((id) => `/posts/${encodeURIComponent(id)}`),
    );
    await fc.assert(
      fc.asyncProperty(path, search, async (where, pairs) => {
        const answer = await request(app).get(`${where}?${new URLSearchParams(pairs)}`);
        if (answer.status !== 200) expectRefusal(answer, 400, 404);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  it.each(['limit=0', 'limit=101', 'limit=1.5', 'limit=x', 'limit=1&limit=2', 'cursor=x', 'q=a&q=b', 'tag=a&tag=b'])(
    'is refused with the field at fault: ?%s',
    async (search) => {
      const answer = await request((await aFilledQuery()).app).get(`/posts?${search}`);
      expectRefusal(answer, 400);
      expect(answer.body.errors[0].path).toBe(/^\w+/.exec(search)?.[0]);
    },
  );

  it.each([`q=${'x'.repeat(201)}`, `tag=${'x'.repeat(41)}`, 'q=%00', 'tag=a%00b'])(
    'is refused: ?%s',
    async (search) => {
      const { app } = await aFilledQuery();
      for (const route of search.startsWith('q') ? ['/posts'] : ['/posts', '/feed.atom', '/feed.json']) {
        expectRefusal(await request(app).get(`${route}?${search}`), 400);
      }
    },
  );

  it.each(cursors)('is refused or another page with the cursor %s', async (cursor) => {
    const { app } = await aFilledQuery();
    for (const path of ['/posts?', '/posts?q=title&', '/posts?tag=a&', '/posts/p1?', '/tags?']) {
      const answer = await request(app).get(`${path}cursor=${encodeURIComponent(cursor)}`);
      if (answer.status !== 200) expectRefusal(answer, 400);
    }
  });

  it.each(['/posts/%', '/posts/%E0%A4%A', '/posts/%ff', '/posts/a%00', `/posts/${'x'.repeat(129)}`])(
    'is refused where it is no id: %s',
    async (path) => expectRefusal(await request((await aFilledQuery()).app).get(path), 400),
  );

  it.each([
    '/',
    '/post',
    '/posts/p1/comments',
    '/feed',
    '/sitemap',
    '/events',
    '//posts',
    '/posts/../events',
    '/%2e%2e',
  ])('is not there: %s', async (path) => expectRefusal(await request((await aFilledQuery()).app).get(path), 404, 405));
});

describe.each(routes)('%s', (path) => {
  it.each(['post', 'put', 'patch', 'delete'] as const)('does not take %s', async (method) => {
    const answer = await request((await aFilledQuery()).app)[method](path);
    expectRefusal(answer, 405);
    expect(answer.headers['allow']).toBe('GET, HEAD, OPTIONS');
  });

  it.each(['"', 'W/', '*, ,', 'x'.repeat(4_000), '\u00ff'])('reads conditions that are none: %s', async (condition) => {
    if (path === '/stream') return;
    const answer = await request((await aFilledQuery()).app)
      .get(path)
      .set({ 'If-None-Match': condition, 'If-Modified-Since': condition });
    expect([200, 304]).toContain(answer.status);
  });
});

describe('POST /events', () => {
  const post = (app: Parameters<typeof request>[0]) => request(app).post('/events');

  it('answers or refuses whatever JSON is sent', async () => {
    const { app } = await aFilledQuery();
    const types = ['PostCreated', 'PostUpdated', 'PostDeleted', 'CommentCreated', 'CommentUpdated', 'CommentDeleted'];
    const field = fc.oneof(fc.constantFrom<unknown>(...odd, null, 1, -1, 1.5, [], {}), fc.jsonValue());
    const data = fc.dictionary(
      fc.constantFrom(
        'id',
        'title',
        'body',
        'tags',
        'postId',
        'content',
        'status',
        'version',
        'createdAt',
        '__proto__',
      ),
      field,
    );
    const event = fc.record(
      { type: fc.constantFrom(...types), data: fc.oneof(data, field), time: field, sequence: field },
      { requiredKeys: ['type'] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(event, fc.array(event, { maxLength: 3 }), fc.jsonValue()), async (body) => {
        const answer = await post(app).type('json').send(JSON.stringify(body));
        if (answer.status !== 200) expectRefusal(answer, 400);
      }),
      { numRuns: 300 },
    );
    await request(app).get('/posts').expect(200);
  }, 60_000);

  it.each<[string, string, string, number]>([
    ['no JSON', '{"type":', 'application/json', 400],
    ['nested too deep', '['.repeat(40) + ']'.repeat(40), 'application/json', 400],
    ['nested so deep that walking it would end the process', '['.repeat(100_000), 'application/json', 400],
    ['another media type', '{}', 'text/plain', 415],
    ['another charset', '{}', 'application/json; charset=utf-16', 415],
    ['too large', `"${'x'.repeat(9 * 1024 * 1024)}"`, 'application/json', 413],
  ])('refuses what is %s', async (_what, body, type, status) => {
    expectRefusal(
      await post((await aFilledQuery()).app)
        .set('Content-Type', type)
        .send(body),
      status,
    );
  });

  it('refuses bytes that are no UTF-8', async () => {
    const { app } = await aFilledQuery();
    const { url } = life.closing(await startServer(app, { host: '127.0.0.1', port: 0 }));
    // supertest would make JSON of the bytes.
    const body = Buffer.from('{"type":"PostCreated","data":{"id":"p9","title":"\xff"}}', 'latin1');
    const headers = { 'Content-Type': 'application/json' };
    const { status } = await fetch(`${url}/events`, { method: 'POST', body, headers });
    expect(status).toBe(400);
    await request(app).get('/posts/p9').expect(404);
  });

  it('stores text unchanged that looks like something else', async () => {
    const { app, push } = await aFilledQuery();
    const title = '__proto__ \u202e 👍 \u0001 </script> %00 \\u0000';
    await push(postCreated('__proto__', { title }));
    const { body } = await request(app).get('/posts/__proto__');
    expect(body.title).toBe(title);
  });
});

describe('Bytes that are no HTTP', () => {
  it.each([
    ['GET /posts HTTP/1.1\r\nHost: x\r\nBad Header\r\n\r\n', '400'],
    ['GET /posts\\ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '404'],
    [`GET /posts HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
    ['GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '40'],
    ['GET /posts?limit=1&cursor=%ZZ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', '400'],
  ])('are refused: %j', async (bytes, status) => {
    const { app } = await aFilledQuery();
    const server = life.closing(await startServer(app, { host: '127.0.0.1', port: 0 }));
    const { socket, received, ended } = await connectRaw(server.port);
    socket.write(bytes);
    await ended;
    socket.destroy();
    expect(received()).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
  });
});
