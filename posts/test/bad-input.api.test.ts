import { gzipSync } from 'node:zlib';
import { useTestLife } from '../../common/kit/test/test-life';
import { type Headers, type Method, servePosts } from './served-posts';

const life = useTestLife();

const title = (length: number) => JSON.stringify({ title: 'x'.repeat(length) });
const nested = (levels: number) => `{"title":"t","more":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
const bytes = (...parts: (string | number[])[]) => Buffer.concat(parts.map((part) => Buffer.from(part as string)));
const tags = (...all: unknown[]) => JSON.stringify({ title: 't', tags: all });

const badBodies: [string, number, string | Buffer, Headers?][] = [
  ['half of a JSON', 400, '{"title":'],
  ['a text', 400, '"title"'],
  ['null', 400, 'null'],
  ['a list', 400, '[{"title":"t"}]'],
  ['a title that is null', 400, '{"title":null}'],
  ['a title that is an object', 400, '{"title":{"toString":"t"}}'],
  ['a title of spaces', 400, '{"title":" \\t\\n\\u00a0"}'],
  ['a title of 301 characters', 400, title(301)],
  ['a NUL in the title', 400, '{"title":"a\\u0000b"}'],
  ['half a surrogate pair', 400, '{"title":"\\udf89\\ud83c"}'],
  ['a NUL in the body', 400, '{"title":"t","body":"\\u0000"}'],
  ['a body of 200,001 characters', 400, JSON.stringify({ title: 't', body: 'x'.repeat(200_001) })],
  ['a body that is a number', 400, '{"title":"t","body":1}'],
  ['11 tags', 400, tags(...Array<string>(11).fill('t'))],
  ['a tag of 41 characters', 400, tags('x'.repeat(41))],
  ['an empty tag', 400, tags('')],
  ['a tag that is a list', 400, tags(['t'])],
  ['tags that are a text', 400, '{"title":"t","tags":"a,b"}'],
  ['a draft that is a text', 400, '{"title":"t","draft":"true"}'],
  ['33 levels', 400, nested(33)],
  ['50,000 levels', 400, nested(50_000)],
  ['bytes that are not UTF-8', 400, bytes('{"title":"', [0xff, 0xc3], '"}')],
  ['a surrogate in UTF-8', 400, bytes('{"title":"', [0xed, 0xa0, 0xbc], '"}')],
  ['UTF-16', 415, Buffer.from('{"title":"t"}', 'utf16le'), { 'Content-Type': 'application/json; charset=utf-16' }],
  ['Latin-1', 415, '{"title":"t"}', { 'Content-Type': 'application/json; charset=iso-8859-1' }],
  ['a plain text', 415, '{"title":"t"}', { 'Content-Type': 'text/plain' }],
  ['a form', 415, 'title=t', { 'Content-Type': 'application/x-www-form-urlencoded' }],
  ['no real media type', 415, '{"title":"t"}', { 'Content-Type': ';;' }],
  ['an unknown compression', 415, '{"title":"t"}', { 'Content-Encoding': 'zip' }],
  ['a compression that it is not', 400, '{"title":"t"}', { 'Content-Encoding': 'gzip' }],
  ['a compressed flood', 413, gzipSync(title(3_000_000)), { 'Content-Encoding': 'gzip' }],
  ['two million characters', 413, title(2_000_000)],
];

const writes: [Method, string][] = [
  ['post', '/posts'],
  ['post', '/posts/create'],
  ['patch', '/posts/p1'],
  ['put', '/posts/p2'],
];

describe.each(writes)('A bad body at %s %s', (method, path) => {
  it.each(badBodies)('%s is refused with %i', async (_what, status, body, headers = {}) => {
    const { send, stored } = await servePosts(life);
    const before = stored();
    const answer = await send(method, path, body, headers);
    expect(answer.status).toBe(status);
    expect(answer.type).toBe('application/problem+json');
    expect(answer.text).not.toMatch(/sqlite|at .*\.ts|node_modules|\/tmp\//i);
    expect(stored()).toBe(before);
  });
});

it.each<[Method, string, number]>([
  ['post', '/posts', 400],
  ['post', '/posts/create', 400],
  ['put', '/posts/p2', 400],
  // Nothing said is nothing changed.
  ['patch', '/posts/p1', 200],
])('%s %s without a body, or with an empty one, stores nothing: %i', async (method, path, status) => {
  const { send, stored } = await servePosts(life);
  const before = stored();
  for (const body of [undefined, '']) expect((await send(method, path, body)).status).toBe(status);
  expect(stored()).toBe(before);
});

describe('Another request that is refused', () => {
  const longId = 'x'.repeat(129);
  const requests: [Method, string, number, Headers?][] = [
    ['get', '/nothing', 404],
    ['get', '/posts/p1/more', 404],
    ['get', '/posts/..%2f..%2fetc%2fpasswd', 404],
    ['get', '/posts/%E0%A4%A', 400],
    ['get', `/posts/${longId}`, 400],
    ['get', '/posts/%00', 400],
    ['get', '/posts/%ED%A0%BC', 400],
    ['put', '/posts', 405],
    ['delete', '/posts', 405],
    ['post', '/posts/p1', 405],
    ['get', '/events', 405],
    ['get', '/posts?limit=0', 400],
    ['get', '/posts?limit=101', 400],
    ['get', '/posts?limit=-1', 400],
    ['get', '/posts?limit=1.5', 400],
    ['get', '/posts?limit=NaN', 400],
    ['get', '/posts?limit=', 400],
    ['get', '/posts?limit=1&limit=2', 400],
    ['get', '/posts?limit[]=1', 200],
    ['get', '/posts?cursor=', 400],
    ['get', '/posts?cursor=bm90aGluZw', 400],
    ['get', '/posts?cursor=W10', 400],
    ['get', '/posts?cursor=a&cursor=b', 400],
    ['get', '/posts?drafts=yes', 400],
    ['get', '/posts?drafts=true&drafts=true', 400],
    ['patch', '/posts/none', 404],
    ['patch', `/posts/${longId}`, 400],
    ['patch', '/posts/p1', 412, { 'If-Match': '"0"' }],
    ['patch', '/posts/p1', 412, { 'If-Match': '1' }],
    ['patch', '/posts/p1', 412, { 'If-Match': 'W/"1"' }],
    ['patch', '/posts/p1', 412, { 'If-Match': '' }],
    ['patch', '/posts/p1', 401, { Authorization: 'Bearer e30.e30.' }],
    ['patch', '/posts/p1', 401, { Authorization: 'Basic YTpi' }],
    ['delete', '/posts/none', 404],
    ['delete', '/posts/__proto__', 404],
    ['delete', '/posts/p1', 412, { 'If-Match': '"2", "3"' }],
    ['delete', `/posts/${longId}`, 400],
    ['put', `/posts/${longId}`, 400],
    ['post', '/posts', 400, { 'Idempotency-Key': '' }],
    ['post', '/posts', 400, { 'Idempotency-Key': 'x'.repeat(256) }],
    ['post', '/posts', 400, { 'Idempotency-Key': 'ä' }],
  ];

  it.each(requests)('%s %s is a %i', async (method, path, status, headers = {}) => {
    const { send, stored } = await servePosts(life);
    const before = stored();
    const body = method === 'get' ? undefined : '{"title":"t","createdAt":"2020-01-01T00:00:00Z"}';
    const answer = await send(method, path, body, headers);
    expect(answer.status).toBe(status);
    expect(stored()).toBe(before);
  });
});

describe('What is unusual but right', () => {
  it.each([
    ['a byte order mark', '\ufeff{"title":"t"}', 't'],
    ['a title twice', '{"title":"a","title":"b"}', 'b'],
    ['32 levels', nested(32), 't'],
    ['300 characters', title(300), 'x'.repeat(300)],
    ['emoji, combining and bidirectional characters', '{"title":"🎉e\u0301\u202eא"}', '🎉e\u0301\u202eא'],
    ['escapes', '{"title":"\\ud83c\\udf89\\n\\u0001"}', '🎉\n\u0001'],
    ['names of prototypes', '{"title":"__proto__","__proto__":{"draft":true},"constructor":1}', '__proto__'],
    ['SQL', `{"title":"'); DROP TABLE posts; --"}`, "'); DROP TABLE posts; --"],
  ])('is stored as it is: %s', async (_what, body, expected) => {
    const { send } = await servePosts(life);
    expect((await send('post', '/posts', body)).status).toBe(201);
    expect((await send('get', '/posts/p2')).body).toMatchObject({ title: expected, draft: false });
  });
});
