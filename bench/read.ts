/**
 * npm run bench -- read [--posts N] [--comments N] [--rounds N] [--requests N]
 *
 * The read model under load: so many posts (default 10,000) with so many comments in all (100,000) are published to the
 * bus, and query is read beside a bare Express route that answers the same bytes from memory, in turns, in one run; the
 * table shows each one's median round. Then query's file is deleted and made again from the log.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePorts } from '../e2e/harness/free-ports';
import { createManagedProcess, type ManagedProcess } from '../e2e/harness/managed-process';
import { createRandom } from '../e2e/harness/random';
import { read, send } from '../e2e/harness/send';
import { startSystem, type System } from '../e2e/harness/system';
import { waitFor } from '../e2e/harness/wait-for';
import { residentMegabytes } from './figures/memory';
import { percentile } from './figures/percentiles';
import { processorSeconds } from './figures/processor';
import { history, postId, searches } from './read/history';
import { type Figures, type Load, measure } from './read/load';

interface Options {
  posts: number;
  comments: number;
  rounds: number;
  requests: number;
}

/** Beside the bare route: the least share of its requests per second that we want. */
interface Contest extends Load {
  goal?: number;
}

const random = createRandom(1);
const eventsPerPublish = 500;

function optionsOf(args: string[]): Options {
  const type = 'string' as const;
  const { values } = parseArgs({
    args,
    options: { posts: { type }, comments: { type }, rounds: { type }, requests: { type } },
  });
  const numberOf = (name: keyof Options, fallback: number): number => {
    const value = Number(values[name] ?? fallback);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} takes a whole number`);
    return value;
  };
  return {
    posts: numberOf('posts', 10_000),
    comments: numberOf('comments', 100_000),
    rounds: numberOf('rounds', 3),
    requests: numberOf('requests', 6_000),
  };
}

/** Publishes the history and waits until query has all of it. Gives the number of events. */
async function fill({ urls }: System, { posts, comments }: Options): Promise<number> {
  const group = `${urls['event-bus']}/subscriptions/query`;
  const asked = await send(group, { method: 'PUT', json: { endpoints: [`${urls.query}/events`], batch: 100 } });
  if (asked.status >= 300) throw new Error(`the bus answered ${asked.status}: ${asked.text}`);
  let batch: object[] = [];
  let count = 0;
  const flush = async (): Promise<void> => {
    const { status, text } = await send(`${urls['event-bus']}/events`, { json: batch, within: 60_000 });
    if (status !== 200) throw new Error(`the bus answered ${status}: ${text}`);
    count += batch.length;
    batch = [];
  };
  for (const event of history(random, posts, Math.round(comments / posts))) {
    batch.push(event);
    if (batch.length === eventsPerPublish) await flush();
  }
  if (batch.length > 0) await flush();
  const delivered = async (): Promise<boolean> => (await read<{ lag: { events: number } }>(group)).lag.events === 0;
  await waitFor('query to have all events', delivered, { within: 600_000 });
  return count;
}

/** Bare Express, with the bytes of query's answers in its memory. */
async function startBare(from: string): Promise<ManagedProcess> {
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const bare = createManagedProcess({
    name: 'bare-express',
    args: [join(__dirname, 'read', 'bare-express.js')],
    url,
    env: { PATH: process.env['PATH'], PORT: String(port), FROM: from },
    isReady: async () => (await send(`${url}/readyz`)).status === 200,
  });
  await bare.start();
  return bare;
}

/** What is asked for. Posts are those of the whole blog, so that not only the newest are in the memory of both. */
async function contestsFor(url: string, posts: number): Promise<Contest[]> {
  const paths = Array.from({ length: Math.min(posts, 2_000) }, () => `/posts/${postId(random.below(posts))}`);
  const etagOf = async (path: string): Promise<string> => (await send(url + path)).headers.get('etag') ?? '';
  const [list = '', one = ''] = await Promise.all(['/posts', paths[0] ?? ''].map(etagOf));
  const [first = ''] = paths;
  return [
    { name: 'GET /posts', goal: 0.7, status: 200, next: () => ({ path: '/posts' }) },
    { name: 'GET /posts/:id', goal: 0.7, status: 200, next: () => ({ path: random.pick(paths) }) },
    { name: 'GET /feed.atom', status: 200, next: () => ({ path: '/feed.atom' }) },
    { name: '304 of /posts', goal: 0.9, status: 304, next: () => ({ path: '/posts', etag: list }) },
    { name: '304 of /posts/:id', goal: 0.9, status: 304, next: () => ({ path: first, etag: one }) },
  ];
}

/** Searches are made anew for everybody: nothing stands beside them. */
const alone: Load[] = [
  { name: 'search, one word', status: 200, next: () => ({ path: `/posts?limit=20&q=${random.pick(searches)}` }) },
  {
    name: 'search, three words',
    status: 200,
    next: () => ({ path: `/posts?limit=20&q=${[1, 2, 3].map(() => random.pick(searches)).join('+')}` }),
  },
  {
    name: 'posts with a tag',
    status: 200,
    next: () => ({ path: `/posts?limit=20&x=1&tag=topic+${random.below(40)}` }),
  },
];

const medianOf = (rounds: Figures[]): Figures => ({
  perSecond: percentile(
    rounds.map(({ perSecond }) => perSecond),
    0.5,
  ),
  p99: percentile(
    rounds.map(({ p99 }) => p99),
    0.5,
  ),
});

async function contend(ours: string, bare: string, { posts, rounds, requests }: Options): Promise<void> {
  const rows: Record<string, string>[] = [];
  for (const contest of await contestsFor(ours, posts)) {
    const figures = { ours: [] as Figures[], bare: [] as Figures[] };
    for (const url of [ours, bare]) await measure(url, contest, Math.ceil(requests / 2));
    for (let n = 0; n < rounds; n += 1) {
      figures.ours.push(await measure(ours, contest, requests));
      figures.bare.push(await measure(bare, contest, requests));
    }
    const [us, them] = [medianOf(figures.ours), medianOf(figures.bare)];
    rows.push({
      request: contest.name,
      'ours /s': us.perSecond.toFixed(0),
      'p99 ms': us.p99.toFixed(1),
      'bare Express /s': them.perSecond.toFixed(0),
      'its p99 ms': them.p99.toFixed(1),
      ratio: (us.perSecond / them.perSecond).toFixed(2),
      goal: contest.goal === undefined ? '' : `>= ${contest.goal}`,
    });
  }
  console.table(rows);
}

async function searchAlone(url: string, requests: number): Promise<void> {
  const rows: Record<string, string>[] = [];
  for (const load of alone) {
    const { perSecond, p99 } = await measure(url, load, Math.ceil(requests / 10));
    rows.push({ request: load.name, '/s': perSecond.toFixed(0), 'p99 ms': p99.toFixed(1) });
  }
  console.table(rows);
}

/**
 * Deletes query's file and lets it read the log. Gives seconds, without the start of the process, and those that its
 * processor worked: on a busy machine only these say how fast it is.
 */
async function rebuild(system: System): Promise<{ seconds: number; worked: number }> {
  const query = system.get('query');
  await query.stop();
  for (const end of ['', '-wal', '-shm']) await rm(join(system.dataDir, `query.db${end}`), { force: true });
  const seen = query.logs.length;
  await query.start();
  const timeOf = (message: string): number | undefined => {
    const line = query.logs.slice(Math.min(seen, query.logs.length - 1)).find((one) => one.includes(message));
    return line === undefined ? undefined : Date.parse((JSON.parse(line) as { time: string }).time);
  };
  await waitFor('the read model to be made again', async () => timeOf('the history is read') !== undefined, {
    within: 600_000,
  });
  const seconds = ((timeOf('the history is read') ?? 0) - (timeOf('listening') ?? 0)) / 1_000;
  return { seconds, worked: processorSeconds(query.pid) };
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  const system = await startSystem({ only: ['event-bus', 'query'] });
  const query = system.get('query');
  let bare: ManagedProcess | undefined;
  const say = async (when: string): Promise<void> =>
    console.log(`query ${when}: ${(await residentMegabytes(query.pid ?? 0)).toFixed(0)} MB resident (goal: under 200)`);
  try {
    const events = await fill(system, options);
    console.log(`${events} events are in the read model`);
    await say('after filling');
    bare = await startBare(query.url);
    await contend(query.url, bare.url, options);
    await say('after reading');
    await searchAlone(query.url, options.requests);
    await say('after searching');
    const { seconds, worked } = await rebuild(system);
    const [perSecond, perWorked] = [events / seconds, events / worked].map((rate) => rate.toFixed(0));
    console.log(`rebuilt from the log: ${events} events in ${seconds.toFixed(1)} s, ${perSecond}/s (goal: 20,000)`);
    console.log(`its processor worked ${worked.toFixed(1)} s with its start: ${perWorked} events per such second`);
    await say('after the rebuild');
  } finally {
    await Promise.all([system.stop(), bare?.stop()]);
  }
}

void main();
