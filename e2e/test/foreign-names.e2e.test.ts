/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { authEnvironment } from '../harness/auth';
import { createComment, createPost, readAllPosts, statusesInView } from '../harness/blog';
import { requestLines, sendRaw } from '../harness/raw-request';
import { read } from '../harness/send';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';
import { processes } from '../../infra/laptop/processes.cjs';

jest.setTimeout(60_000);

const system = useSystem({ env: authEnvironment });
const rejected = 'I like orange, and nobody may read this';
let postId: string;

beforeAll(async () => {
  postId = (await createPost(system(), 'For friends only')).id;
  await createComment(system(), postId, rejected);
  await eventually('the comment is rejected', async () => {
    expect(Object.values((await statusesInView(system(), postId)) ?? {})).toEqual(['rejected']);
  });
});

/** By what it is: the target of a request for a path, and its headers. Each names somebody else than the process that gets it. */
const asked: Record<string, (path: string, own: string) => { target: string; headers: string[] }> = {
  'another name': (target) => ({ target, headers: ['Host: evil.example'] }),
  'another name with the port': (target, own) => ({ target, headers: [`Host: evil.example:${new URL(own).port}`] }),
  'another name in capitals, with the dot at its end': (target) => ({ target, headers: ['Host: EVIL.example.'] }),
  'a name that begins as this machine’s': (target) => ({ target, headers: ['Host: 127.0.0.1.evil.example'] }),
  'a name that begins with localhost': (target) => ({ target, headers: ['Host: localhost.evil.example'] }),
  'another address': (target) => ({ target, headers: ['Host: 203.0.113.5'] }),
  'another name beside a forwarded one that is right': (target, own) => ({
    target,
    headers: ['Host: evil.example', `X-Forwarded-Host: ${new URL(own).host}`, `Forwarded: host="${new URL(own).host}"`],
  }),
  'another name in the target, and a Host that is right': (path, own) => ({
    target: `http://evil.example${path}`,
    headers: [`Host: ${new URL(own).host}`],
  }),
  'a Host with somebody before it': (target, own) => ({ target, headers: [`Host: evil.example@${new URL(own).host}`] }),
  'an empty Host': (target) => ({ target, headers: ['Host: '] }),
  'two names, the right one first': (target, own) => ({
    target,
    headers: [`Host: ${new URL(own).host}`, 'Host: evil.example'],
  }),
  'two names, the right one last': (target, own) => ({
    target,
    headers: ['Host: evil.example', `Host: ${new URL(own).host}`],
  }),
  'no name at all': (target) => ({ target, headers: [] }),
};

const reads = [
  '/',
  '/events',
  '/posts',
  '/queue',
  '/subscriptions',
  '/dead-letters',
  '/metrics',
  '/skipped',
  '/stream',
];
const forged = (): [path: string, json: unknown][] => [
  ['/events', { type: 'PostCreated', data: { id: 'forged', title: 'forged' } }],
  ['/posts', { title: 'forged' }],
  [`/posts/${postId}/comments`, { content: 'forged' }],
  ['/api/posts/posts', { title: 'forged' }],
  ['/subscriptions/query/pause', {}],
  ['/skipped/retry', {}],
];

const historyLength = async () => (await read<unknown[]>(`${system().urls['event-bus']}/events`)).length;

describe.each(Object.keys(asked))('A process that is asked under %s', (form) => {
  it.each(processes.map(({ name }) => name))('tells and takes nothing: %s', async (name) => {
    const url = system().urls[name];
    const ask = asked[form] ?? (() => ({ target: '/', headers: [] }));
    const before = await historyLength();
    for (const [method, path, json] of [
      ...reads.map((path) => ['GET', path, undefined] as const),
      ...forged().map(([path, json]) => ['POST', path, json] as const),
    ]) {
      const { target, headers } = ask(path, url);
      const type = json === undefined ? [] : ['Content-Type: application/json'];
      const body = json === undefined ? '' : JSON.stringify(json);
      const answer = await sendRaw(url, requestLines(method, target, [...headers, ...type], body));
      expect({ method, path, isRefused: [400, 403].includes(answer.status) }).toEqual({
        method,
        path,
        isRefused: true,
      });
      expect(answer.body).not.toMatch(/orange|friends/);
    }
    expect(await historyLength()).toBe(before);
    expect(await readAllPosts(system())).toHaveLength(1);
  });
});
