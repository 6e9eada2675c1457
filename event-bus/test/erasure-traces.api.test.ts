import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Sqlite from '@blog/kit/sqlite';
import { blogDataAfterErasure } from '../src/blog';
import { runBus, type RunningBus } from './running-bus';
import { useFolder } from './use-folder';

const folder = useFolder();
let bus: RunningBus;
let quoting: Server;

/** A subscriber that refuses everything but an erasure, with the text of the comment in its answer. */
beforeEach(async () => {
  quoting = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const { type, data } = JSON.parse(Buffer.concat(chunks).toString() || '{}') as {
        type?: string;
        data?: { content: string };
      };
      if (type !== 'CommentCreated') return void res.end();
      const error = `I do not like “${data?.content ?? ''}”`;
      res.writeHead(422, { 'Content-Type': 'application/json' }).end(JSON.stringify({ error }));
    });
  });
  await new Promise<void>((resolve) => quoting.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(quoting.address() as AddressInfo).port}/events`;
  const groups = { quoting: { endpoints: [url], maxAttempts: 1 } };
  bus = await runBus(folder(), groups, { dataAfterErasure: blogDataAfterErasure });
});
afterEach(async () => {
  await bus.stop();
  quoting.closeAllConnections();
  await new Promise((resolve) => quoting.close(resolve));
});

const secretText = 'Ünlikely words of a person';

async function publish(...events: unknown[]): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  const response = await fetch(`${bus.server.url}/events`, { method: 'POST', headers, body: JSON.stringify(events) });
  expect(response.status).toBe(200);
}

async function get<T>(path: string): Promise<T> {
  return (await (await fetch(`${bus.server.url}${path}`)).json()) as T;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await delay(5);
}

const comment = (id: string, more: object = {}) => ({
  ...{ specversion: '1.0', id: `of-${id}`, source: '/comments', type: 'CommentCreated', ...more },
  data: { id, postId: 'p1', content: `${secretText} ${'x'.repeat(Number(id) % 50)}`, status: 'approved' },
});

const erasureOf = (id: string) => ({
  ...{ specversion: '1.0', id: `erasure-of-${id}`, source: '/comments', type: 'CommentErased', partitionkey: 'p1' },
  erases: id,
  data: { id, postId: 'p1' },
});

async function erased(count: number): Promise<void> {
  await until(async () => {
    const told = await get<{ doneAt: string | null }[]>('/erasures');
    return told.length === count && told.every(({ doneAt }) => doneAt !== null);
  });
}

const filesWith = (text: string): string[] =>
  readdirSync(folder()).filter((name) => readFileSync(join(folder(), name)).includes(text));

interface Letter {
  detail: string | null;
}

describe('What a subscriber said of an event that is erased', () => {
  it('is neither in the files, nor in the dead letters, nor told of its tries', async () => {
    const ids = Array.from({ length: 95 }, (_, n) => String(n + 1));
    await publish(...ids.map((id) => comment(id)));
    await until(async () => (await get<Letter[]>('/dead-letters?limit=100')).length === ids.length);
    expect(await get<Letter[]>('/dead-letters?limit=1')).toMatchObject([
      { detail: expect.stringContaining(secretText) },
    ]);
    expect(filesWith(secretText)).not.toEqual([]);

    await publish(...ids.map((id) => erasureOf(id)));
    await erased(ids.length);
    expect(filesWith(secretText)).toEqual([]);
    const letters = await get<Letter[]>('/dead-letters?limit=100');
    expect(letters.map(({ detail }) => detail)).toEqual(ids.map(() => null));
    expect(JSON.stringify(await get('/events/of-7'))).not.toContain(secretText);
  });
});

describe('An erasure', () => {
  it('finds ids that are numbers, and texts that JSON escapes', async () => {
    const body = `{"type":"CommentFlagged","data":{"id":7,"postId":12,"content":"\\u00dcnlikely words of a person"}}`;
    const headers = { 'Content-Type': 'application/json' };
    await fetch(`${bus.server.url}/events`, { method: 'POST', headers, body });
    await publish({ ...erasureOf('7'), partitionkey: '12' });
    await erased(1);
    expect((await get<{ data: object }[]>('/events'))[0]?.data).toEqual({ id: 7, postId: 12, content: '' });
    expect(filesWith('nlikely words')).toEqual([]);
  });

  it('is not done while somebody reads the files, and stops nobody else meanwhile', async () => {
    await publish(comment('1'));
    const reader = new Sqlite(join(folder(), 'event-bus.db'), { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM events').get();
    await publish(erasureOf('1'));
    const isTaken = async () => JSON.stringify(await get('/events')).includes('"erased":true');
    await until(isTaken);
    await publish(comment('2'));
    expect(await get('/erasures')).toMatchObject([{ doneAt: null }]);
    reader.exec('COMMIT');
    reader.close();
    await erased(1);
    const [one] = await get<{ data: { content: string } }[]>('/events');
    expect(one?.data.content).toBe('');
  });

  it('takes thousands of events under one key, each by an event of its own', async () => {
    const ids = Array.from({ length: 3_000 }, (_, n) => String(n));
    for (let from = 0; from < ids.length; from += 500) {
      await publish(...ids.slice(from, from + 500).map((id) => ({ ...comment(id), type: 'CommentSeen' })));
    }
    for (let from = 0; from < ids.length; from += 500) {
      await publish(...ids.slice(from, from + 500).map((id) => erasureOf(id)));
    }
    await until(async () => {
      const told = await get<{ doneAt: string | null }[]>('/erasures');
      return told.length === 1_000 && told.every(({ doneAt }) => doneAt !== null);
    });
    expect(filesWith(secretText)).toEqual([]);
  });
});

describe('The mark of an erased event', () => {
  it('is not for publishers to set: their event is stored and erased as any other', async () => {
    await publish(comment('1', { erased: true }));
    expect(await get('/events')).toMatchObject([{ data: { content: expect.stringContaining(secretText) } }]);
    expect((await get<object[]>('/events'))[0]).not.toHaveProperty('erased');
    await publish(erasureOf('1'));
    await erased(1);
    expect(filesWith(secretText)).toEqual([]);
  });
});
