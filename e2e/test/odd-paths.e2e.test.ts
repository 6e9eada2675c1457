/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { createComment, createPost, readView } from '../harness/blog';
import { requestLines, sendRaw } from '../harness/raw-request';
import { send } from '../harness/send';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';
import { processes } from '../../infra/laptop/processes.cjs';

jest.setTimeout(60_000);

const system = useSystem({ envOf: { client: { EMBED_ORIGINS: 'http://shop.example' } } });
let postId: string;

beforeAll(async () => {
  postId = (await createPost(system(), 'A post')).id;
  await createComment(system(), postId, 'I like orange');
  await eventually('the post is read', async () => expect(await readView(system())).toHaveProperty(postId));
});

const long = 'a'.repeat(8_000);
const tooLong = 'a'.repeat(40_000);
/** Of the client: what is asked for, as it stands in the request's first line, and the status. */
const targets: [target: string, status: number][] = [
  // An id that is a dot segment names nothing, however it is spelt.
  ...[
    '/posts/.',
    '/posts/..',
    '/posts/%2e',
    '/posts/%2E%2e',
    '/posts/.%2E',
    '/posts/./',
    '/posts/../',
    '/.',
    '/..',
  ].map((target): [string, number] => [target, 404]),
  ...['/posts/x/../y', '/posts/./comments', '/posts/%2e%2e/comments', '/posts/x/%2e%2e/%2e%2e/events'].map(
    (target): [string, number] => [target, 404],
  ),
  ...['/embed/.', '/embed/%2e%2e/comments', '/assets/../server/main.js', '/assets/..%2f..%2fserver%2fmain.js'].map(
    (target): [string, number] => [target, 404],
  ),
  // Slashes more than one, and the other slash.
  ...['//posts', '///', '/posts//', '/posts//x', '//evil.example/', '/\\evil.example', '/posts/\\..\\x'].map(
    (target): [string, number] => [target, 404],
  ),
  // Bytes that no id has, and escapes that are none.
  ...['/%00', '/posts/%00', '/posts/a%00b', '/posts/%2f', '/posts/a%2f..%2fevents', '/posts/%23', '/posts/%3f'].map(
    (target): [string, number] => [target, 404],
  ),
  ...['/posts/%', '/posts/%zz', '/posts/%ff', '/posts/%c0%ae%c0%ae'].map((target): [string, number] => [target, 400]),
  ['/posts/a\u0000b', 400],
  ['/posts/a b', 400],
  // Long ones.
  [`/posts/${long}`, 404],
  [`/${'a/'.repeat(4_000)}`, 404],
  [`/?q=${long}`, 200],
  [`/posts/${tooLong}`, 431],
  // With a scheme and a host, as a proxy is asked.
  ['http://evil.example/', 403],
  ['http://evil.example/posts', 403],
  ['http://localhost/', 200],
  ['http://localhost/posts/.', 404],
  ['http://localhost@evil.example/', 400],
  ['http://evil.example\\@localhost/', 400],
  ['ftp://localhost/', 400],
  ['localhost:443', 400],
  ['posts', 400],
  // What is passed on stays at the service that is named, and away from its closed doors.
  ...['/api', '/api/', '/api//', '/api/.', '/api/event-bus/events', '/api/__proto__/x', '/api/constructor/posts'].map(
    (target): [string, number] => [target, 404],
  ),
  ...['/api/query/.', '/api/query/posts/.', '/api/query/posts/%2e', '/api/posts/../query/posts'].map(
    (target): [string, number] => [target, 404],
  ),
  ...[
    '/api/posts/%2e%2e/query/posts',
    '/api/query/./skipped',
    '/api/query/%2e/skipped',
    '/api/query/posts/../skipped',
  ].map((target): [string, number] => [target, 404]),
  ...[
    '/api/query//skipped',
    '/api/query/%73kipped',
    '/api/query/SKIPPED',
    '/api/query/\\skipped',
    '/api/query/skipped;x',
  ].map((target): [string, number] => [target, 404]),
  ...['/api/query/posts%2f..%2fskipped', '/api/query//evil.example/', '/api/query/http://evil.example/'].map(
    (target): [string, number] => [target, 404],
  ),
];

const show = (target: string): string => JSON.stringify(target.length > 60 ? `${target.slice(0, 60)}…` : target);

describe('The client, asked for a path that nobody types', () => {
  it.each(targets.map(([target, status]) => ({ target, status, title: `${show(target)} is ${status}` })))(
    '$title',
    async ({ target, status }) => {
      const answer = await sendRaw(system().urls.client, requestLines('GET', target, ['Host: localhost']));
      expect(answer.status).toBe(status);
      expect(answer.body).not.toMatch(/I like orange|CommentCreated|node:|\.js:\d/);
    },
  );

  it.each(['POST', 'PATCH', 'DELETE', 'PUT'])('changes nothing and has no fault: %s', async (method) => {
    for (const [target] of targets) {
      const lines = ['Host: localhost', 'Content-Type: application/json'];
      const { status } = await sendRaw(system().urls.client, requestLines(method, target, lines, '{"title":"odd"}'));
      expect({ method, target, isClear: status >= 400 && status < 500 }).toEqual({ method, target, isClear: true });
    }
    expect(Object.keys(await readView(system()))).toEqual([postId]);
  });
});

describe('A service, asked for such a path', () => {
  it.each(processes.map(({ name }) => name))('has no fault: %s', async (name) => {
    const url = system().urls[name];
    for (const [target] of targets) {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const { status } = await sendRaw(url, requestLines(method, target, ['Host: localhost']));
        expect({ target, method, isClear: status < 500 }).toEqual({ target, method, isClear: true });
      }
    }
    expect((await send(`${url}/healthz`)).status).toBe(200);
  });
});
