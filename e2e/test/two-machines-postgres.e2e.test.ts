/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { authEnvironment, bearerOf } from '../harness/auth';
import { openTestSchema, type TestSchema } from '../../common/kit/test/postgres';
import { argumentsOf, environmentOf, type ProcessName, processes, urlsOf } from '../../infra/laptop/processes.cjs';
import { type Comment, createPost } from '../harness/blog';
import { startCommenting } from '../harness/commenting';
import { freePorts } from '../harness/free-ports';
import { expectAgreement, startLoad } from '../harness/load';
import { createManagedProcess, type ManagedProcess } from '../harness/managed-process';
import { send } from '../harness/send';
import { canMakeNamespaces, twoByProxies, type TwoMachines, twoNamespaces } from '../harness/two-machines';
import { eventually, NeverTrue, waitFor } from '../harness/wait-for';

jest.setTimeout(400_000);

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const cutForMs = 30_000;
/** So many comments show that somebody gets on. */
const some = 5;
const patience = { within: 90_000 };
const second: readonly ProcessName[] = ['comments-2', 'comments-3'];
const machineOf = (name: ProcessName): 0 | 1 => (second.includes(name) ? 1 : 0);

let machines: TwoMachines | undefined;
let schema: TestSchema;
let dataDir: string;
let running: ManagedProcess[] = [];
let writing: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  if (globalThis.hasTestFailed) {
    globalThis.hasTestFailed = false;
    for (const { name, logs } of running) process.stderr.write(`── ${name}\n${logs.slice(-30).join('\n')}\n`);
  }
  machines?.mend();
  await Promise.all(writing.map((one) => one.stop().catch(() => undefined)));
  await Promise.all(running.map((one) => one.stop()));
  await machines?.close();
  await schema.close();
  await rm(dataDir, { recursive: true, force: true });
});

type Urls = ReturnType<typeof urlsOf>;

const secrets = { BUS_SECRET: 'a-secret-of-two-machines', ...authEnvironment };

interface Group {
  lag: { events: number };
  parked: { keys: number };
}

const shared = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  ...secrets,
  COMMENTS_PER_MINUTE: '0',
  COMMENTS_PER_HOUR: '0',
  POSTS_PER_MINUTE: '0',
  POSTS_PER_HOUR: '0',
};

/** The settings of each machine's processes, as docs/deploy.md says. `near` are the URLs on the machine itself. */
async function settingsOf(network: TwoMachines, near: Urls, ports: Record<ProcessName, number>) {
  /** As somebody on the other machine calls a process. */
  async function from(machine: 0 | 1, name: ProcessName): Promise<string> {
    const { host, port } = await network.reach(machine, ports[name]);
    return `http://${host}:${port}`;
  }
  const replicas = [near.comments, ...(await Promise.all(second.map((name) => from(1, name))))];
  const endpoints = (urls: string[]) => ({ endpoints: urls.map((url) => `${url}/events`) });
  const groups = { comments: replicas, moderation: [near.moderation], query: [near.query] };
  const first = {
    ...{ ...shared, DATABASE_URL: schema.url(), EVENT_BUS_URL: near['event-bus'], COMMENTS_URLS: replicas.join(',') },
    ...{ POSTS_URL: near.posts, QUERY_URL: near.query, MODERATION_URL: near.moderation, PUBLIC_URL: near.client },
    SUBSCRIPTIONS: JSON.stringify(
      Object.fromEntries(Object.entries(groups).map(([group, urls]) => [group, endpoints(urls)])),
    ),
  };
  const database = schema.url(await network.offer(schema.target));
  return [first, { ...shared, DATABASE_URL: database, EVENT_BUS_URL: await from(0, 'event-bus') }] as const;
}

/** Starts the replicas 2 and 3 on the second machine, all others on the first. */
async function startOn(network: TwoMachines): Promise<Urls> {
  machines = network;
  schema = await openTestSchema();
  dataDir = await mkdtemp(join(tmpdir(), 'blog-two-'));
  const numbers = await freePorts(processes.length);
  const ports = Object.fromEntries(processes.map(({ name }, index) => [name, numbers[index]])) as Record<
    ProcessName,
    number
  >;
  const onBoth = network.hosts.map((host) => urlsOf(ports, host)) as [Urls, Urls];
  const near = Object.fromEntries(processes.map(({ name }) => [name, onBoth[machineOf(name)][name]])) as Urls;
  const settings = await settingsOf(network, near, ports);
  running = processes.map(({ name, service }) => {
    const machine = machineOf(name);
    const place = { ports, host: network.hosts[machine], dataDir: join(dataDir, String(machine)) };
    return createManagedProcess({
      ...{ name, args: argumentsOf(service), url: near[name], prefix: machine === 1 ? network.prefix : [] },
      env: environmentOf(name, { ...place, env: settings[machine] }),
      isReady: async () => (await send(`${near[name]}/readyz`)).status === 200,
    });
  });
  for (const one of running) await one.start();
  return near;
}

/** Readers and writers that come through the pages' address don't notice that replicas are away. */
async function writeThroughTheClient(client: string, postId: string): Promise<void> {
  const path = `${client}/api/comments/posts/${postId}/comments`;
  for (let number = 1; number <= 6; number += 1) {
    const answer = await send<Comment[]>(path, { json: { content: `Through the client ${number}` }, within: 20_000 });
    expect({ number, status: answer.status }).toEqual({ number, status: 201 });
  }
}

async function expectNothingOnItsWay(bus: string): Promise<void> {
  const headers = await bearerOf({ name: 'op', roles: ['operator'] });
  const groups = (await send<Group[]>(`${bus}/subscriptions`, { headers })).json();
  expect(groups.map(({ lag, parked }) => lag.events + parked.keys)).toEqual([0, 0, 0]);
}

async function survivesACut(network: TwoMachines): Promise<void> {
  const urls = await startOn(network);
  const system = { urls };
  // The answers hold the newest 100 comments of a post: each of these gets fewer.
  const titles = Array.from({ length: 50 }, (_, number) => `Of both machines ${number}`);
  const ofBoth = await Promise.all(titles.map((title) => createPost(system, title)));
  const ids = ofBoth.map(({ id }) => id);
  const load = startLoad(system, { seed, writers: 2, replicas: ['comments'] });
  const beside = startCommenting(ids, [urls['comments-2'], urls['comments-3']], network.prefix);
  writing = [load, beside];
  const written = (): number => {
    if (load.failure !== undefined) throw new NeverTrue('a writer met what must not be', { cause: load.failure });
    return load.acknowledged.comments.size;
  };
  await waitFor(
    'comments through both machines',
    () => beside.acknowledged.size >= some && written() >= some,
    patience,
  );

  network.cut();
  const since = performance.now();
  await waitFor('a replica that is cut off to refuse', () => (beside.refused.get(503) ?? 0) >= 2, patience);
  const [acknowledgedBeside, acknowledgedHere] = [beside.acknowledged.size, written()];
  await waitFor('the first machine to go on', () => written() > acknowledgedHere + some, patience);
  await writeThroughTheClient(urls.client, ids[0] ?? '');
  await delay(Math.max(0, cutForMs - (performance.now() - since)));
  expect(beside.acknowledged.size).toBe(acknowledgedBeside);
  network.mend();

  await waitFor(
    'the second machine to take comments again',
    () => beside.acknowledged.size > acknowledgedBeside + some,
    patience,
  );
  await Promise.all([load.stop(), beside.stop()]);
  expect([...beside.refused.keys()].filter((status) => status !== 503)).toEqual([]);
  const { posts, comments } = load.acknowledged;
  for (const { id, title } of ofBoth) posts.set(id, title);
  for (const [id, comment] of beside.acknowledged) comments.set(id, { ...comment, replica: 'comments-2' });
  const isWholeEverywhere = async () => {
    await expectAgreement(system, { posts, comments });
    for (const name of second) {
      await expectAgreement({ urls: { ...urls, comments: urls[name] } }, { posts, comments });
      expect((await send(`${urls[name]}/readyz`)).status).toBe(200);
    }
    await expectNothingOnItsWay(urls['event-bus']);
  };
  await eventually('everything that was acknowledged everywhere', isWholeEverywhere, { within: 90_000 });
}

describe('The second machine, with two replicas of comments, cut off for 30 s and back', () => {
  it(`loses nothing and converges (SEED=${seed})`, async () => {
    await survivesACut(canMakeNamespaces() ? await twoNamespaces() : await twoByProxies());
  });
});
