import { newId } from '@blog/kit';
import fc from 'fast-check';
import request from 'supertest';
import { outboxOf } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { read, startComments, write } from './comments-service';

const life = useTestLife();

const list = '/posts/p1/comments';
type Service = ReturnType<typeof startComments>;
type Method = 'get' | 'post' | 'patch' | 'delete' | 'put';

interface Sent {
  method: Method;
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

function send({ app }: Service, { method, path, headers = {}, body }: Sent) {
  const asJson = body === undefined ? {} : { 'Content-Type': 'application/json' };
  // The bytes as they are: superagent would serialise them.
  const call = request(app)
    [method](path)
    .set({ ...asJson, ...headers })
    .serialize((bytes: unknown) => bytes as string);
  return body === undefined ? call : call.send(body);
}

/** A service with one comment, whose token comes with each request. */
async function withComment() {
  const service = startComments(life);
  const token = await write(service.app, 'Nice');
  const isUntouched = async () => {
    expect(await read(service.app, token)).toMatchObject([{ id: 'c1', content: 'Nice', version: 1 }]);
    expect(outboxOf(service.file)).toHaveLength(1);
  };
  return { service, own: { 'Comment-Token': token }, isUntouched };
}

const nested = (levels: number) => `{"content":"a","x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;

/** Bodies which neither POST nor PATCH takes. */
const badBodies: [string, number, string | Buffer, Record<string, string>?][] = [
  ['nothing', 400, ''],
  ['no JSON', 400, '{"content":'],
  ['JSON twice', 400, '{"content":"a"}{"content":"b"}'],
  ['null', 400, 'null'],
  ['a list', 400, '[{"content":"a"}]'],
  ['a text', 400, '"content"'],
  ['no content', 400, '{}'],
  ['null as content', 400, '{"content":null}'],
  ['a number as content', 400, '{"content":1}'],
  ['an object as content', 400, '{"content":{"$ne":""}}'],
  ['white space as content', 400, '{"content":" \\n\\t\\u00a0"}'],
  ['content in the prototype', 400, '{"__proto__":{"content":"a"}}'],
  ['a NUL', 400, '{"content":"a\\u0000b"}'],
  ['half of a character', 400, '{"content":"\\ud83c"}'],
  ['invalid UTF-8', 400, Buffer.from('{"content":"\xff"}', 'latin1')],
  ['33 levels', 400, nested(33)],
  ['one character too many', 400, JSON.stringify({ content: 'x'.repeat(10_001) })],
  ['too many bytes', 413, JSON.stringify({ content: 'x'.repeat(70_000) })],
  ['another charset', 415, '{"content":"a"}', { 'Content-Type': 'application/json; charset=utf-16' }],
  ['another type', 415, '{"content":"a"}', { 'Content-Type': 'text/plain' }],
  ['a form', 415, 'content=a', { 'Content-Type': 'application/x-www-form-urlencoded' }],
  ['an unknown encoding', 415, '{"content":"a"}', { 'Content-Encoding': 'x' }],
  ['no gzip', 400, '{"content":"a"}', { 'Content-Encoding': 'gzip' }],
];

describe('A body that breaks the contract', () => {
  it.each(badBodies)('as %s is refused with %i', async (_what, status, body, headers = {}) => {
    const { service, own, isUntouched } = await withComment();
    const sent = { headers: { ...own, ...headers }, body };
    for (const answer of [
      await send(service, { method: 'post', path: list, ...sent }),
      await send(service, { method: 'patch', path: `${list}/c1`, ...sent }),
    ]) {
      expect({ status: answer.status, body: answer.body }).toMatchObject({ status, body: { status } });
      expect(answer.headers['content-type']).toContain('application/problem+json');
    }
    await isUntouched();
  });

  it.each([
    ['author', '1'],
    ['author', 'null'],
    ['author', '"\\ud800"'],
    ['author', `"${'x'.repeat(81)}"`],
    ['parentId', '""'],
    ['parentId', '1'],
    ['parentId', 'null'],
    ['parentId', '["c1"]'],
    ['parentId', '"a\\u0000"'],
    ['parentId', `"${'x'.repeat(129)}"`],
    ['website', '{}'],
    ['website', `"${'x'.repeat(2_001)}"`],
  ])('is refused with 400 naming %s, where that is %s', async (path, value) => {
    const { service, isUntouched } = await withComment();
    const { status, body } = await send(service, {
      method: 'post',
      path: list,
      body: `{"content":"a","${path}":${value}}`,
    });
    expect({ status, paths: body.errors.map((fault: { path: string }) => fault.path) }).toEqual({
      status: 400,
      paths: [path],
    });
    await isUntouched();
  });
});

describe('An address that breaks the contract', () => {
  it.each<[Method, string, number]>([
    ['get', `${list}?limit=0`, 400],
    ['get', `${list}?limit=101`, 400],
    ['get', `${list}?limit=1.5`, 400],
    ['get', `${list}?limit=x`, 400],
    ['get', `${list}?limit=1&limit=2`, 400],
    ['get', `${list}?cursor=`, 400],
    ['get', `${list}?cursor=W10`, 400],
    ['get', `${list}?cursor=e30`, 400],
    ['get', `${list}?cursor=a&cursor=b`, 400],
    ['get', `${list}/%00`, 400],
    ['get', `${list}/%ff`, 400],
    ['get', `${list}/%ED%A0%80`, 400],
    ['get', `${list}/${'x'.repeat(129)}`, 400],
    ['patch', `/posts/%20/comments/c1`, 400],
    ['delete', `/posts/p1/comments/%00`, 400],
    ['delete', list, 405],
    ['put', list, 405],
    ['post', `${list}/c1`, 405],
    ['put', `${list}/c1`, 401],
    ['get', '/posts', 404],
    ['get', '/posts//comments', 404],
    ['get', `${list}/c1/x`, 404],
    ['post', '/posts/p1', 404],
  ])('%s %s is refused with %i', async (method, path, status) => {
    const { service, own, isUntouched } = await withComment();
    const body = method === 'get' ? {} : { body: '{"content":"Changed"}' };
    const answer = await send(service, { method, path, headers: own, ...body });
    expect({ status: answer.status, body: answer.body }).toMatchObject({ status, body: { status } });
    if (status === 405) expect(answer.headers['allow']).toMatch(/^GET, (POST|PUT, PATCH, DELETE), HEAD, OPTIONS$/);
    await isUntouched();
  });
});

describe('Text of any kind', () => {
  it('comes back as it was sent, or is refused', async () => {
    const service = startComments(life, { newId });
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('__proto__', '\u2028'),
    );
    await fc.assert(
      fc.asyncProperty(text, text, text, async (content, author, postId) => {
        const path = `/posts/${encodeURIComponent(`p${postId}`)}/comments`;
        const { status, body, headers } = await request(service.app).post(path).send({ content, author });
        const fits = content.trim() !== '' && ![content, author, postId].some((part) => part.includes('\0'));
        expect(status).toBe(fits && author.length <= 80 ? 201 : 400);
        if (status === 201) {
          expect(body.at(-1)).toMatchObject({ content, author, postId: `p${postId}` });
          const one = await request(service.app)
            .get(headers['location'] ?? '')
            .set('Comment-Token', headers['comment-token'] ?? '');
          expect(one.body).toEqual(body.at(-1));
        }
      }),
      { numRuns: 150 },
    );
  }, 30_000);
});

describe('Whatever is sent, to three replicas with one database', () => {
  const word = fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom('p1', 'c1', '__proto__', 'constructor', '%', '../..'),
  );
  const header = fc.oneof(fc.stringMatching(/^[\x20-\x7e]{0,30}$/), fc.constantFrom('*', ',', 'W/"1"', 'Bearer a.b.c'));
  const value = fc.oneof(fc.jsonValue(), word, fc.constantFrom(null, -1, 1e308, ''));
  const keys = ['content', 'author', 'parentId', 'website', '__proto__', 'x'];
  const body = fc.oneof(
    fc.dictionary(fc.constantFrom(...keys), value).map((made) => JSON.stringify(made)),
    fc.json(),
    word,
  );
  const requests = fc.record({
    replica: fc.nat(2),
    method: fc.constantFrom<Method>('get', 'post', 'patch', 'delete', 'put'),
    parts: fc.array(word, { maxLength: 2 }),
    query: fc.dictionary(fc.constantFrom('limit', 'cursor', 'x'), word),
    headers: fc.dictionary(
      fc.constantFrom(
        'Comment-Token',
        'Idempotency-Key',
        'Authorization',
        'X-Forwarded-For',
        'If-None-Match',
        'Origin',
      ),
      header,
    ),
    body: fc.option(body, { nil: undefined }),
  });

  it('is answered by the contract, and stored whole or not at all', async () => {
    const replicas = [1, 2, 3].map(() => startComments(life, { newId }));
    const [{ file, store }] = replicas as [Service];
    let events = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(requests, { minLength: 3, maxLength: 6 }), async (batch) => {
        const answers = await Promise.all(
          batch.map(({ replica, method, parts, query, headers, body: sent }) => {
            const [postId = 'p1', ...more] = parts.map(encodeURIComponent);
            const path = `/posts/${[postId, 'comments', ...more].join('/')}?${new URLSearchParams(query)}`;
            return send(replicas[replica] ?? (replicas[0] as Service), {
              method,
              path,
              headers,
              ...(method === 'get' || sent === undefined ? {} : { body: sent }),
            });
          }),
        );
        for (const { status, headers } of answers) {
          expect([200, 201, 204, 304, 400, 401, 403, 404, 405, 413, 415, 422]).toContain(status);
          if (status >= 400) expect(headers['content-type']).toContain('application/problem+json');
        }
        const told = outboxOf(file).slice(events);
        events += told.length;
        for (const { type, subject, data } of told) {
          expect(type).toBe('CommentCreated');
          expect(await store.find(subject)).toMatchObject({ ...(data as object), version: 1 });
        }
        expect(told.length).toBeLessThanOrEqual(answers.filter(({ status }) => status === 201).length);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
