/** @jest-environment ./e2e/harness/failure-aware-environment.ts */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createPost, readView } from '../harness/blog';
import { hostileBodies, multiplying } from '../harness/hostile-texts';
import { mostMegabytes } from '../harness/process-memory';
import { send } from '../harness/send';
import { useSystem } from '../harness/use-system';
import { eventually } from '../harness/wait-for';

jest.setTimeout(180_000);

/** How long strangers ask for previews: `HOSTILE_MS=30000` measures longer. */
const hostileMs = Number(process.env.HOSTILE_MS ?? 4_000);
const hostileClients = 10;
const rounds = 5;
const pageMs = 1_000;
const healthMs = 100;
const mostMemory = 256;

const system = useSystem({ env: { COMMENTS_PER_MINUTE: '0', COMMENTS_PER_HOUR: '0' } });

/** The value below which this part of the values lies. */
function share(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

async function msOf(url: string): Promise<number> {
  const startedAt = performance.now();
  const { status } = await send(url);
  expect({ url, status }).toEqual({ url, status: 200 });
  return performance.now() - startedAt;
}

function report(what: string, figures: Record<string, number>): void {
  const parts = Object.entries(figures).map(([name, value]) => `${name} ${value.toFixed(0)}`);
  process.stderr.write(`${what}: ${parts.join(', ')}\n`);
}

async function expectBoundedMemory(): Promise<void> {
  const sizes: [string, number][] = [];
  for (const { name, pid } of system().all) sizes.push([name, await mostMegabytes(pid ?? 0)]);
  report('Most memory, MB', Object.fromEntries(sizes));
  expect(sizes.filter(([, size]) => !(size < mostMemory))).toEqual([]);
}

/** The median of each page's times: one slow answer says that the machine is busy, most of them that the page is slow. */
async function expectQuickPages(what: string, urls: readonly string[]): Promise<void> {
  const medians: [string, number][] = [];
  for (const url of urls) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round += 1) times.push(await msOf(url));
    medians.push([url, share(times, 0.5)]);
  }
  report(`${urls.length} pages ${what}, ms`, { slowest: Math.max(...medians.map(([, median]) => median)) });
  expect(medians.filter(([, median]) => !(median < pageMs))).toEqual([]);
}

async function rebuildQuery(): Promise<void> {
  const query = system().get('query');
  await query.stop();
  for (const suffix of ['', '-wal', '-shm']) await rm(join(system().dataDir, `query.db${suffix}`), { force: true });
  await query.start();
}

/** Strangers in a process of their own, so that what this one measures is the blog. */
async function askForPreviews(): Promise<{ statuses: Record<string, number>; longestAnswer: number }> {
  const script = join(__dirname, '../harness/hostile-previews.cjs');
  const args = [script, system().urls.client, String(hostileClients), String(hostileMs)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  child.stdout.on('data', (part: Buffer) => (told += part.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(code).toBe(0);
  return JSON.parse(told) as Awaited<ReturnType<typeof askForPreviews>>;
}

/** How long each process's health takes to be told, again and again until `isOver`. */
async function healthUntil(isOver: () => boolean): Promise<Map<string, number[]>> {
  const times = system().all.map(async ({ name, url }): Promise<[string, number[]]> => {
    const ofOne: number[] = [];
    while (!isOver()) {
      ofOne.push(await msOf(`${url}/healthz`));
      await delay(20);
    }
    return [name, ofOne];
  });
  return new Map(await Promise.all(times));
}

describe('Hostile texts', () => {
  const ids: string[] = [];
  const pages = (): string[] => {
    const { client, query, posts, comments } = system().urls;
    return [
      ...['/', '/feed.atom', '/feed.json', '/sitemap.xml'].map((path) => client + path),
      ...[`${query}/posts`, `${query}/tags`, `${posts}/posts`],
      ...ids.flatMap((id) => [client, query, posts].map((service) => `${service}/posts/${id}`)),
      ...ids.map((id) => `${comments}/posts/${id}/comments`),
    ];
  };

  it('in posts and comments leave each page within a second, and each process below 256 MB', async () => {
    const { posts, comments, query } = system().urls;
    for (const [title, body] of Object.entries(hostileBodies)) {
      const answer = await send<{ id: string }>(`${posts}/posts`, { json: { title, body } });
      expect(answer.status).toBe(201);
      ids.push(answer.json().id);
    }
    const plain = (await createPost(system(), 'A plain one')).id;
    ids.push(plain);
    for (let n = 0; n < 12; n += 1) {
      const json = { content: `${n} ${multiplying(9_900)}` };
      expect((await send(`${comments}/posts/${plain}/comments`, { json })).status).toBe(201);
    }
    await eventually('all is read', async () => {
      expect(Object.keys(await readView(system()))).toHaveLength(ids.length);
      expect((await send(`${query}/posts/${plain}`)).json()).toMatchObject({ commentCount: 12 });
    });
    await expectQuickPages('as they were written', pages());
    await expectBoundedMemory();
  });

  it('in previews keep no process from telling its health within 100 ms more than one that has nothing to do', async () => {
    let isOver = false;
    const asking = askForPreviews().finally(() => (isOver = true));
    const health = await healthUntil(() => isOver);
    const { statuses, longestAnswer } = await asking;
    report('Previews', statuses);
    expect(Object.keys(statuses)).toEqual(['200']);
    expect(longestAnswer).toBeLessThan(400_000);
    for (const [name, times] of health) {
      const figures = { p50: share(times, 0.5), p99: share(times, 0.99), max: share(times, 1), of: times.length };
      report(`Health of ${name}, ms`, figures);
    }
    // Nobody asks moderation for anything: what it takes is what the machine takes.
    const idle = share(health.get('moderation') ?? [], 0.99);
    const tooSlow = [...health].filter(([, times]) => !(share(times, 0.99) < idle + healthMs));
    expect(tooSlow.map(([name]) => name)).toEqual([]);
    await expectBoundedMemory();
  });

  it('are in a read model that is made anew from the log as they were', async () => {
    const { query } = system().urls;
    const answers = () => Promise.all(ids.map(async (id) => (await send(`${query}/posts/${id}`)).text));
    const before = await answers();
    await rebuildQuery();
    await eventually('the same answers', async () => expect(await answers()).toEqual(before), { within: 60_000 });
    expect((await send(`${query}/skipped`)).json()).toMatchObject({ count: 0 });
    await expectQuickPages('made anew', pages());
    await expectBoundedMemory();
  });
});
