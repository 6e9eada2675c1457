/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { authEnvironment } from '../harness/auth';
import { createComment, createPost, readAllPosts, statusesInView } from '../harness/blog';
import { read } from '../harness/send';
import { useBrowser } from '../harness/use-browser';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';
import { processes } from '../../infra/laptop/processes.cjs';

jest.setTimeout(180_000);

const foreign = 'evil.example';
const system = useSystem({ env: authEnvironment });
/** The name server of this browser says of the foreign name that it is this machine, as in a DNS rebinding. */
const newWindow = useBrowser([`--host-resolver-rules=MAP ${foreign} 127.0.0.1`]);

const rejected = 'I like orange, and nobody may read this';
let postId: string;

beforeAll(async () => {
  const post = await createPost(system(), 'For friends only');
  postId = post.id;
  await createComment(system(), postId, rejected);
  await eventually('the comment is rejected', async () => {
    expect(Object.values((await statusesInView(system(), postId)) ?? {})).toEqual(['rejected']);
  });
}, 200_000);

const reads = [
  ...['/', '/events', '/events?limit=5', '/posts', '/tags', '/stream', '/subscriptions', '/dead-letters', '/faults'],
  ...['/skipped', '/queue', '/rules', '/blocklist', '/metrics', '/healthz', '/readyz', '/openapi.json', '/feed.atom'],
  ...['/api/query/posts', '/api/posts/posts', '/embed.js', '/sign-in', '/nothing'],
];

interface Try {
  path: string;
  status: number;
  text: string;
}

/** What a page of the foreign name can do with the process that its name leads to. Runs in the browser. */
async function attack({ paths, post }: { paths: string[]; post: string }): Promise<Try[]> {
  const event = { type: 'CommentUpdated', data: { id: 'forged', postId: post, content: 'forged', status: 'approved' } };
  const json = (method: string, value: unknown) => ({
    method,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(value),
  });
  const writes: [string, RequestInit][] = [
    ['/events', json('POST', event)],
    ['/events', { method: 'POST', body: JSON.stringify(event) }],
    ['/posts', json('POST', { title: 'forged' })],
    ['/posts', { method: 'POST', body: new URLSearchParams({ title: 'forged' }) }],
    [`/posts/${post}/comments`, json('POST', { content: 'forged' })],
    ['/api/posts/posts', json('POST', { title: 'forged' })],
    ['/subscriptions/query/pause', { method: 'POST' }],
    ['/subscriptions/query', { method: 'DELETE' }],
    ['/skipped/retry', { method: 'POST' }],
  ];
  const all: [string, RequestInit][] = [...paths.map((path): [string, RequestInit] => [path, {}]), ...writes];
  const tries: Try[] = [];
  for (const [path, init] of all) {
    const answer = await fetch(path, init);
    // A stream would never end.
    const text = answer.headers.get('content-type')?.startsWith('text/event-stream') ? 'a stream' : await answer.text();
    tries.push({ path: `${init.method ?? 'GET'} ${path}`, status: answer.status, text });
  }
  return tries;
}

describe('A page whose own name leads to this machine', () => {
  it.each(processes.map(({ name }) => name))('reads and writes nothing at %s', async (name) => {
    const { port } = new URL(system().urls[name]);
    const before = (await read<unknown[]>(`${system().urls['event-bus']}/events`)).length;
    // The stranger's own page, from before its name led here, would have any policy that suits it.
    const page = await (await newWindow({ bypassCSP: true })).newPage();
    await page.goto(`http://${foreign}:${port}/healthz`);
    expect(new URL(page.url()).hostname).toBe(foreign);
    const tries = await page.evaluate(attack, { paths: [...reads, `/posts/${postId}`], post: postId });
    expect(tries.filter(({ status }) => status !== 403)).toEqual([]);
    expect(tries.filter(({ text }) => text.includes('orange') || text.includes('For friends'))).toEqual([]);
    expect((await read<unknown[]>(`${system().urls['event-bus']}/events`)).length).toBe(before);
    expect(await readAllPosts(system())).toHaveLength(1);
  });

  it.each(processes.map(({ name }) => name))('is shown nothing if it is opened at %s', async (name) => {
    const { port } = new URL(system().urls[name]);
    const page = await (await newWindow()).newPage();
    const answer = await page.goto(`http://${foreign}:${port}/posts`);
    expect([answer?.status(), answer?.headers()['content-type']]).toEqual([
      403,
      expect.stringContaining('application/problem+json'),
    ]);
  });
});

interface Sent {
  path: string;
  init: { method?: string; mode?: 'no-cors'; body?: string; headers?: Record<string, string> };
}

/** What becomes of requests to another origin: the status and text of what the page may read, `opaque` of what it may only send. */
async function sendAcross({ base, sent }: { base: string; sent: Sent[] }): Promise<string[]> {
  const seen: string[] = [];
  for (const { path, init } of sent) {
    const answer = await fetch(base + path, { ...init, signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
    const text = answer ? await answer.text() : '';
    seen.push(answer ? `${answer.type} ${answer.status} ${text}` : 'nothing');
  }
  return seen;
}

describe('A page of another site, which asks a process under its own name', () => {
  let site: Server;
  beforeAll(async () => {
    site = createServer((_req, res) =>
      res.setHeader('Content-Type', 'text/html').end('<!doctype html><title>Evil</title>'),
    );
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => site.close());

  /** Doors for programs and for the blog's own pages; posts, comments and query are open to scripts of any origin where they need no role. */
  const closed = [
    ...['/events', '/events?limit=5', '/subscriptions', '/dead-letters', '/faults', '/skipped', '/queue', '/rules'],
    ...['/verdicts', '/blocklist', '/metrics', '/api/query/posts', '/api/moderation/queue'],
  ];
  const event = { type: 'CommentUpdated', data: { id: 'forged', content: 'forged', status: 'approved' } };
  const changes = (): [path: string, method: string, body: unknown][] => [
    ['/events', 'POST', event],
    ['/posts', 'POST', { title: 'forged', draft: true }],
    [`/posts/${postId}`, 'DELETE', undefined],
    ['/api/posts/posts', 'POST', { title: 'forged' }],
    [`/api/comments/posts/${postId}/comments`, 'POST', { content: 'forged' }],
    ['/subscriptions/query/pause', 'POST', undefined],
    ['/subscriptions/query', 'DELETE', undefined],
    ['/skipped/retry', 'POST', undefined],
    ['/rules', 'PUT', { rules: [] }],
    ['/sign-out', 'POST', undefined],
    ['/theme', 'POST', undefined],
  ];
  /** As JSON, which asks for permission first, and as browsers send it without: then the page can't read the answer. */
  const sent = (): Sent[] => [
    ...closed.flatMap((path): Sent[] => [
      { path, init: {} },
      { path, init: { mode: 'no-cors' } },
    ]),
    ...changes().flatMap(([path, method, body]): Sent[] => {
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      const asJson: Sent = { path, init: { method, ...text, headers: { 'Content-Type': 'application/json' } } };
      return method === 'POST' ? [asJson, { path, init: { method, ...text, mode: 'no-cors' } }] : [asJson];
    }),
  ];

  it.each(processes.map(({ name }) => name))('reads nothing that is closed and changes nothing at %s', async (name) => {
    const history = `${system().urls['event-bus']}/events`;
    const before = (await read<unknown[]>(history)).length;
    const page = await (await newWindow({ bypassCSP: true })).newPage();
    await page.goto(`http://${foreign}:${(site.address() as AddressInfo).port}/`);
    const seen = await page.evaluate(sendAcross, { base: system().urls[name], sent: sent() });
    const refused = /^(?:nothing$|opaque 0 $|cors (?:400|401|403|404|405|415) )/;
    expect(seen.filter((each) => !refused.test(each))).toEqual([]);
    expect(seen.filter((each) => /orange|forged/.test(each))).toEqual([]);
    expect((await read<unknown[]>(history)).length).toBe(before);
    expect(await readAllPosts(system())).toHaveLength(1);
  });
});

it('The same process answers programs, and the blog’s own pages, under its own names', async () => {
  const page = await (await newWindow()).newPage();
  for (const host of ['127.0.0.1', 'localhost']) {
    const answer = await page.goto(`http://${host}:${new URL(system().urls.client).port}/`);
    expect(answer?.status()).toBe(200);
    expect(await page.textContent('main')).toContain('For friends only');
  }
});
