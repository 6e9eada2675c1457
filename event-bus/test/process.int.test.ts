import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import request from 'supertest';
import { runSubscriber, type SubscriberServer } from './subscriber-server';
import { useFolder } from './use-folder';

const folder = useFolder();
const running: ChildProcess[] = [];
let subscriber: SubscriberServer;
beforeEach(async () => {
  subscriber = await runSubscriber();
});
afterEach(async () => {
  for (const child of running.splice(0)) await end(child, 'SIGKILL');
  await subscriber.stop();
});

function spawnBus(settings: Record<string, string>): ChildProcess {
  const main = join(__dirname, '../src/main.ts');
  const child = spawn(process.execPath, ['--conditions=source', '-r', 'ts-node/register', main], {
    cwd: join(__dirname, '..'),
    env: { ...process.env, PORT: '0', DATA_DIR: folder(), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  return child;
}

/** Starts the bus as a process of its own; resolves with its URL once it listens. */
async function startBus(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawnBus({ SUBSCRIPTIONS: JSON.stringify({ g: { endpoints: [subscriber.url] } }) });
  if (!child.stdout) throw new Error('no output to read');
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, url } = JSON.parse(line) as { msg?: string; url?: string };
    if (msg === 'listening' && url !== undefined) return { child, url };
  }
  throw new Error('the bus ended before it listened');
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
  return child.exitCode;
}

/** Publishes one event after the other until the bus is gone; gives the numbers of those that were acknowledged. */
async function publishUntilGone(
  url: string,
  first: number,
  onAcknowledged: (count: number) => void,
): Promise<number[]> {
  const acknowledged: number[] = [];
  for (let n = first; ; n += 1) {
    try {
      const event = { id: `e${n}`, source: '/test', type: 'T', partitionkey: `k${n % 5}`, data: { n } };
      const { status } = await request(url).post('/events').send(event);
      if (status !== 200) return acknowledged;
    } catch {
      return acknowledged;
    }
    acknowledged.push(n);
    onAcknowledged(acknowledged.length);
  }
}

describe('the process', () => {
  it('loses nothing that it acknowledged, and keeps the order of keys, when it is killed under load', async () => {
    const acknowledged: number[] = [];
    for (let round = 1; round <= 3; round += 1) {
      const { child, url } = await startBus();
      const kill = (count: number): void => void (count === 40 && child.kill('SIGKILL'));
      acknowledged.push(...(await publishUntilGone(url, round * 1_000, kill)));
    }
    await startBus();
    await subscriber.until(() => acknowledged.every((n) => subscriber.handled().includes(n)));
    expect(acknowledged.length).toBeGreaterThanOrEqual(120);
    const firsts = [...new Set(subscriber.handled())].map(Number);
    for (const key of [0, 1, 2, 3, 4]) {
      const ofKey = firsts.filter((n) => n % 5 === key);
      expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
    }
  }, 60_000);

  it('ends with 0 when it is asked to stop', async () => {
    const { child, url } = await startBus();
    await request(url)
      .post('/events')
      .send({ type: 'T', data: { n: 1 } });
    await subscriber.until(() => subscriber.handled().length === 1);
    expect(await end(child, 'SIGTERM')).toBe(0);
  }, 30_000);

  it.each([
    ['SUBSCRIPTIONS', '{"g":{"endpoints":[]}}', 'g.endpoints'],
    ['SUBSCRIPTIONS', '/nowhere/groups.json', 'ENOENT'],
    ['PORT', 'many', 'PORT'],
  ])(
    'does not start with %s=%s, and says why',
    async (name, value, why) => {
      const child = spawnBus({ [name]: value });
      let said = '';
      child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
      await once(child, 'close');
      expect(child.exitCode).toBe(1);
      expect(said).toContain(why);
    },
    30_000,
  );
});
