import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { useFolder } from '../use-folder';
import { endBuses, type RealBus, startRealBus } from './real-bus';

const script = join(__dirname, 'mortal-subscriber.cjs');
const folder = useFolder();

/** A subscriber that is started again, whenever it dies, until it is ended. */
interface Mortal {
  url: string;
  deaths: number;
  /** What it was sent and what it has handled, in order; both may hold a sequence more than once. */
  got: number[];
  done: number[];
  end(): Promise<void>;
}

let subscriber: Mortal | undefined;
afterEach(async () => {
  await endBuses();
  await subscriber?.end();
});

async function startMortal(restartAfterMs: number): Promise<Mortal> {
  let child: ChildProcess;
  let isEnding = false;
  let port = 0;
  async function start(): Promise<void> {
    child = fork(script, [String(port)], { silent: true });
    child.on('message', ({ got, done }: { got?: number; done?: number }) => {
      if (got !== undefined) mortal.got.push(got);
      if (done !== undefined) mortal.done.push(done);
    });
    child.once('exit', () => {
      if (isEnding) return;
      mortal.deaths += 1;
      void delay(restartAfterMs).then(async () => {
        if (!isEnding) await start();
      });
    });
    [{ port }] = (await once(child, 'message')) as [{ port: number }];
  }
  const mortal: Mortal = {
    ...{ url: '', deaths: 0, got: [], done: [] },
    async end() {
      isEnding = true;
      if (child.connected) child.disconnect();
      const hasEnded = child.exitCode !== null || child.signalCode !== null;
      if (!hasEnded) await once(child, 'exit');
    },
  };
  await start();
  mortal.url = `http://127.0.0.1:${port}/events`;
  return mortal;
}

async function call<T>(bus: RealBus, method: string, path: string, body?: unknown): Promise<T> {
  const headers = { 'Content-Type': 'application/json' };
  const options = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
  const response = await fetch(`${bus.url}${path}`, options);
  return (await response.json()) as T;
}

async function eventually(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + 60_000; !(await isSo()); await delay(20)) {
    if (Date.now() > end) throw new Error(`it never became so: ${what}`);
  }
}

type Letter = { sequence: number; reason: string; attempts: number };
const letters = (bus: RealBus) => call<Letter[]>(bus, 'GET', '/dead-letters');

const wellEvents = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => ({ type: 'T', partitionkey: `k${(from + n) % 10}`, data: { n: from + n } }));

describe('an event that kills its subscriber', () => {
  it.each([
    ['at once', 0],
    ['after a second and a half, while others are in flight again', 1_500],
  ])(
    '%s is given up after as many deaths as tries are allowed, and nothing else is',
    async (_, afterMs) => {
      subscriber = await startMortal(100);
      const maxAttempts = 3;
      const bus = await startRealBus({
        folder: folder(),
        subscriptions: { g: { endpoints: [subscriber.url], maxAttempts } },
      });
      const poison = { type: 'T', partitionkey: 'bad', data: { poison: true, afterMs } };
      await call(bus, 'POST', '/events', [...wellEvents(0, 20), poison, { ...poison, data: { after: true } }]);
      let published = 22;
      const publishing = { on: true };
      const load = (async () => {
        while (publishing.on) {
          await call(bus, 'POST', '/events', wellEvents(published, 5));
          published += 5;
          await delay(20);
        }
      })();
      await eventually(async () => (await letters(bus)).length > 0, 'there is a dead letter');
      publishing.on = false;
      await load;
      const all = Array.from({ length: published }, (__, n) => n + 1).filter((sequence) => sequence !== 21);
      const { done } = subscriber;
      await eventually(() => new Set(done).size === all.length, 'all others are handled');
      expect(await letters(bus)).toMatchObject([
        { sequence: 21, reason: expect.stringMatching(/^the subscriber died of it 3 times: the connection broke/) },
      ]);
      expect([...new Set(done)].sort((a, b) => a - b)).toEqual(all);
      // One sudden death among others comes first; what dies late does so several times until it is alone for long enough.
      expect(subscriber.deaths).toBeGreaterThanOrEqual(maxAttempts);
      expect(subscriber.deaths).toBeLessThanOrEqual(maxAttempts + 8);
      expect(bus.output()).toContain('an event may have killed its subscriber: it is tried alone');
    },
    120_000,
  );

  it('is found though it is the only event that there is', async () => {
    subscriber = await startMortal(50);
    const bus = await startRealBus({
      folder: folder(),
      subscriptions: { g: { endpoints: [subscriber.url], maxAttempts: 2 } },
    });
    await call(bus, 'POST', '/events', [{ type: 'T', partitionkey: 'bad', data: { poison: true } }]);
    await eventually(async () => (await letters(bus)).length === 1, 'there is a dead letter');
    expect(subscriber.deaths).toBeLessThanOrEqual(4);
  }, 60_000);
});

describe('a proxy that takes connections and breaks them, as its subscriber is away', () => {
  it('is waited for: no event is blamed, and all come when the subscriber is back', async () => {
    const proxy = createServer((socket) => void socket.destroy());
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as { port: number };
    const bus = await startRealBus({
      folder: folder(),
      subscriptions: { g: { endpoints: [`http://127.0.0.1:${port}/events`], maxAttempts: 1 } },
    });
    let broken = 0;
    proxy.on('connection', () => (broken += 1));
    await call(bus, 'POST', '/events', wellEvents(0, 40));
    await eventually(() => broken > 20, 'the bus has tried many times');
    expect(await letters(bus)).toEqual([]);
    await new Promise((resolve) => proxy.close(resolve));
    subscriber = await startMortal(50);
    const { url } = subscriber;
    await call(bus, 'PUT', '/subscriptions/g', { endpoints: [url], maxAttempts: 1 });
    const { done } = subscriber;
    await eventually(() => new Set(done).size === 40, 'all have come');
    expect(await letters(bus)).toEqual([]);
  }, 120_000);
});
