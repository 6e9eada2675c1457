/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
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

it('The same process answers programs, and the blog’s own pages, under its own names', async () => {
  const page = await (await newWindow()).newPage();
  for (const host of ['127.0.0.1', 'localhost']) {
    const answer = await page.goto(`http://${host}:${new URL(system().urls.client).port}/`);
    expect(answer?.status()).toBe(200);
    expect(await page.textContent('main')).toContain('For friends only');
  }
});
