import { get, type IncomingMessage } from 'node:http';
import request from 'supertest';
import { eventually } from '../../common/kit/test/eventually';
import { createHistorian, type Historian, type HistorianOptions } from './historian';
import { type RunningBus, runBus, type Subscriptions } from './running-bus';
import { useFolder } from './use-folder';

const folder = useFolder();
const running: RunningBus[] = [];
const historians: Historian[] = [];
let bus: RunningBus;
let made = 0;

beforeEach(() => void (made = 0));
afterEach(async () => {
  for (const one of historians.splice(0)) await one.kill();
  for (const one of running.splice(0)) await one.stop();
});

async function startBus(subscriptions: Subscriptions = {}): Promise<void> {
  bus = await runBus(folder(), subscriptions);
  running.push(bus);
}

async function publish(...keys: string[]): Promise<void> {
  const events = keys.map((partitionkey) => ({ type: 'T', partitionkey, data: { n: (made += 1) } }));
  await request(bus.server.url).post('/events').send(events).expect(200);
}

type Read = NonNullable<HistorianOptions['readHistory']>;

/** Reads the history of the bus, or what else is at a path of it. `meanwhile` happens between the head of the answer and its body. */
function readAs(
  userAgent: string,
  { path = '/events', meanwhile = (): Promise<void> => Promise.resolve() } = {},
): Read {
  return async () => {
    const headers = { 'User-Agent': userAgent };
    const res = await new Promise<IncomingMessage>((resolve, reject) =>
      get(`${bus.server.url}${path}`, { headers }, resolve).on('error', reject),
    );
    await meanwhile();
    let text = '';
    for await (const chunk of res.setEncoding('utf8')) text += chunk;
    return JSON.parse(text) as Awaited<ReturnType<Read>>;
  };
}

const axios = 'axios/1.13.2';
const long = 'x'.repeat(1_000_000);

/** A subscriber with its group `g`. It has had two events, and was killed then; it missed another two. */
async function awayAfterTwo(options: HistorianOptions, catchUp?: 'bus' | 'self' | 'auto'): Promise<Historian> {
  await startBus();
  const historian = createHistorian(options);
  historians.push(historian);
  await historian.start();
  const subscription = { endpoints: [historian.url], ...(catchUp ? { catchUp } : {}) };
  await request(bus.server.url).put('/subscriptions/g').send(subscription).expect(201);
  await publish('a', 'b');
  await eventually(() => expect(historian.seen).toEqual([1, 2]));
  await historian.kill();
  await publish('a', 'b');
  await eventually(async () => expect(await status()).toMatchObject({ state: 'down' }));
  return historian;
}

const sorted = (numbers: readonly number[]): number[] => [...numbers].sort((x, y) => x - y);

const deadLetters = async (): Promise<unknown> => (await request(bus.server.url).get('/dead-letters').expect(200)).body;

const status = async (): Promise<object> =>
  (await request(bus.server.url).get('/subscriptions/g').expect(200)).body as object;

const isDone = () =>
  eventually(async () =>
    expect(await status()).toMatchObject({ lag: { events: 0 }, inFlight: 0, parked: { keys: 0 } }),
  );

describe('A subscriber that reads the history itself when it starts', () => {
  it.each<['self' | 'auto', string]>([
    ['auto', axios],
    ['self', axios],
    ['self', 'python-requests/2.32'],
    ['self', ''],
  ])('has each event once, in order, with catchUp %s, as %j', async (catchUp, userAgent) => {
    const historian = await awayAfterTwo({ readHistory: readAs(userAgent) }, catchUp);
    await historian.start();
    await publish('a');
    await eventually(() => expect(historian.seen).toEqual([1, 2, 3, 4, 5]));
    await isDone();
    expect(historian.seen).toEqual([1, 2, 3, 4, 5]);
    expect(await status()).toMatchObject({ cursor: 5 });
  });

  it('has each event once after many kills', async () => {
    const historian = await awayAfterTwo({ readHistory: readAs(axios) }, 'auto');
    for (let life = 1; life <= 5; life += 1) {
      await historian.start();
      await publish('a', 'b');
      const all = Array.from({ length: made }, (_, index) => index + 1);
      await eventually(() => expect(sorted(historian.seen)).toEqual(all));
      await isDone();
      expect(sorted(historian.seen)).toEqual(all);
      await historian.kill();
      await publish('a', 'b');
    }
  });

  it('gets what was published while it read, once', async () => {
    const readHistory = readAs(axios, { meanwhile: async () => void (made > 2 && (await publish('a', 'b'))) });
    const historian = await awayAfterTwo({ readHistory }, 'auto');
    await historian.start();
    await eventually(() => expect(sorted(historian.seen)).toEqual([1, 2, 3, 4, 5, 6]));
    await isDone();
    expect(historian.seen).toHaveLength(6);
  });

  it('may read it before it listens', async () => {
    const historian = await awayAfterTwo({}, 'auto');
    const read = await readAs(axios)();
    await historian.start();
    await publish('a');
    await eventually(() => expect(historian.seen).toEqual([5]));
    await isDone();
    expect(read.map(({ data }) => data.n)).toEqual([1, 2, 3, 4]);
    expect(historian.seen).toEqual([5]);
  });

  it('is spared what it had refused before, parked or dead, as it has read that', async () => {
    let isIll = true;
    const answer = { refused: 400, failed: 500, fine: 200 };
    const historian = createHistorian({
      readHistory: async () => (isIll ? [] : readAs(axios)()),
      status: ({ partitionkey }) => (isIll ? answer[partitionkey as keyof typeof answer] : 200),
    });
    historians.push(historian);
    await startBus();
    await historian.start();
    const subscription = { endpoints: [historian.url], catchUp: 'auto', maxAttempts: 1 };
    await request(bus.server.url).put('/subscriptions/g').send(subscription).expect(201);
    await publish('refused', 'failed', 'fine', 'failed');
    await eventually(async () => expect(await deadLetters()).toHaveLength(1));
    await eventually(async () => expect(await status()).toMatchObject({ cursor: 4, parked: { keys: 1 } }));
    await historian.kill();
    isIll = false;
    await publish('fine');
    await eventually(async () => expect(await status()).toMatchObject({ state: 'down' }));
    await historian.start();
    await publish('failed', 'refused');
    await eventually(() => expect(sorted(historian.seen)).toEqual([1, 2, 3, 4, 5, 6, 7]));
    await isDone();
    expect(historian.seen).toHaveLength(7);
    expect(await deadLetters()).toEqual([]);
  });
});

describe('A subscriber that was away is pushed all that it missed,', () => {
  const pushed = async (historian: Historian): Promise<void> => {
    await eventually(() => expect(sorted(historian.seen)).toEqual([3, 4]));
  };

  it('if it reads nothing', async () => {
    const historian = await awayAfterTwo({}, 'self');
    await historian.start();
    await pushed(historian);
  });

  it.each(['curl/8.14.1', 'Wget/1.21', 'Mozilla/5.0 (X11; Linux x86_64)', 'PostmanRuntime/7.43'])(
    'if it is %s that reads',
    async (tool) => {
      const historian = await awayAfterTwo({}, 'self');
      await readAs(tool)();
      await historian.start();
      await readAs(tool)();
      await pushed(historian);
    },
  );

  it('if a program reads that is not the course’s, unless catchUp is self', async () => {
    const historian = await awayAfterTwo({}, 'auto');
    await historian.start();
    await readAs('python-requests/2.32')();
    await pushed(historian);
  });

  it('if only a page of the history is read', async () => {
    const historian = await awayAfterTwo({}, 'self');
    await historian.start();
    await readAs(axios, { path: '/events?limit=100' })();
    await pushed(historian);
  });

  it('if the history was not read to its end', async () => {
    const historian = await awayAfterTwo({}, 'self');
    // More than what the system holds between two programs.
    const events = Array.from({ length: 20 }, () => ({ type: 'Long', data: { n: (made += 1), text: long } }));
    for (const event of events) await request(bus.server.url).post('/events').send(event).expect(200);
    await historian.start();
    await new Promise<void>((resolve, reject) => {
      const asked = get(`${bus.server.url}/events`, (res) => {
        res.destroy();
        resolve();
      });
      asked.on('error', reject);
    });
    await eventually(() => expect(sorted(historian.seen)).toEqual([3, 4, ...events.map(({ data }) => data.n)]));
  });

  it.each(['bus', undefined] as const)('if catchUp is %s', async (catchUp) => {
    const historian = await awayAfterTwo({}, catchUp);
    await historian.start();
    await readAs(axios)();
    await pushed(historian);
  });

  it('at once, if it says that it keeps its place, whoever reads', async () => {
    const historian = await awayAfterTwo({ headers: { 'Catch-Up': 'bus' } }, 'self');
    await readAs(axios)();
    await historian.start();
    await readAs(axios)();
    await pushed(historian);
  });

  it('if others read while it is there and fails', async () => {
    let isIll = true;
    const historian = createHistorian({ status: () => (isIll ? 500 : 200) });
    historians.push(historian);
    await startBus();
    await historian.start();
    await request(bus.server.url)
      .put('/subscriptions/g')
      .send({ endpoints: [historian.url], catchUp: 'self' })
      .expect(201);
    await publish('a', 'b');
    await eventually(() => expect(historian.pushes).toBeGreaterThan(1));
    await readAs(axios)();
    isIll = false;
    await eventually(() => expect(sorted(historian.seen)).toEqual([1, 2]));
  });
});
