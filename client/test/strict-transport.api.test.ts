import request from 'supertest';
import { setUpApp, type TestBlog } from './set-up-app';

let test: TestBlog;
afterEach(() => test.close());

const asked: [method: 'get' | 'post', path: string][] = [
  ...[
    '/',
    '/posts/none',
    '/sign-in',
    '/write',
    '/feed.atom',
    '/robots.txt',
    '/healthz',
    '/openapi.json',
    '/metrics',
  ].map((path): ['get', string] => ['get', path]),
  ...['/nothing', '/posts/%zz', '/api/query/posts', '/api/moderation/queue', '/api/none/x', '/embed/none'].map(
    (path): ['get', string] => ['get', path],
  ),
  ...['/sign-in', '/sign-out', '/posts', '/preview', '/api/posts/posts', '/healthz'].map((path): ['post', string] => [
    'post',
    path,
  ]),
];

const told = async ([method, path]: (typeof asked)[number]) =>
  (await request(test.app)[method](path)).get('Strict-Transport-Security') ?? 'nothing';

describe('Browsers are told to come by HTTPS only', () => {
  it('for a year, by all that is answered, where readers come by HTTPS', async () => {
    test = await setUpApp({ publicUrl: 'https://blog.example' });
    const all: string[][] = [];
    for (const each of asked) all.push([...each, await told(each)]);
    expect(all).toEqual(asked.map((each) => [...each, 'max-age=31536000; includeSubDomains']));
  });

  it('by nothing where they come by HTTP, as the pages could not be reached any more', async () => {
    test = await setUpApp({ publicUrl: 'http://blog.example' });
    for (const each of asked) expect([...each, await told(each)]).toEqual([...each, 'nothing']);
  });
});
