import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLogger } from '@blog/kit';
import { systemClock } from '../src/delivery/clock';
import { createStream, type Stream, type StreamLimits } from '../src/seen/stream';
import { createMemoryEventLog } from './doubles/memory-event-log';
import { newEvent } from './event-log.contract';
import { openStream, type StreamClient } from './stream-client';

const servers: Server[] = [];
const clients: StreamClient[] = [];
let stream: Stream;
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  stream.close();
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

const log = createMemoryEventLog({ wallTime: Date.now });

/** Serves the stream alone, in short turns. */
async function serve(limits: Partial<StreamLimits>): Promise<{ url: string; answers: ServerResponse[] }> {
  stream = createStream({
    ...{ log, dispatcher: { statuses: () => [] }, clock: systemClock, random: Math.random, logger: silentLogger },
    limits: { turnMs: 2, ...limits },
  });
  const answers: ServerResponse[] = [];
  const server = createServer((req, res) => {
    answers.push(res);
    stream.open(res, req.url === '/chain' ? { follow: 'chain' } : {});
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, answers };
}

async function read(url: string): Promise<StreamClient> {
  const client = await openStream(url);
  clients.push(client);
  return client;
}

/** Events of one chain, which make for large messages. */
const large = (count: number) =>
  Array.from({ length: count }, (_, n) => {
    const source = `/${'x'.repeat(2_000)}`;
    const event = newEvent({ source, type: `T${n % 3}` });
    return { ...event, text: JSON.stringify({ id: event.id, source, type: event.type, correlationid: 'chain' }) };
  });

describe('a reader that does not read', () => {
  it('is written no more than it takes, and gets the exact totals once it reads', async () => {
    const { url, answers } = await serve({});
    const client = await read(`${url}chain`);
    const quick = await read(url);
    client.res.pause();
    const [res] = answers;
    const published = (of: StreamClient): number =>
      Object.values(of.totals()).reduce((total, events) => total + events, 0);
    let most = 0;
    let total = 0;
    // More than the sockets of both sides hold: from then on the bus would have to keep it.
    for (let stuckFor = 0; stuckFor < 10; stuckFor += res?.writableNeedDrain ? 1 : -stuckFor) {
      await log.append(large(500));
      total += 500;
      await quick.until(() => (quick.all('counts').at(-1)?.upTo ?? 0) === log.head());
      most = Math.max(most, (res?.writableLength ?? 0) + (res?.socket?.writableLength ?? 0));
    }
    expect(res?.writableNeedDrain).toBe(true);
    // One turn's messages.
    expect(most).toBeLessThan(3_000_000);
    client.res.resume();
    const told = (): number =>
      client.all('follow').reduce((sum, { events, missed }) => sum + events.length + missed, 0);
    await client.until(() => client.all('counts').at(-1)?.upTo === log.head() && told() === total);
    expect([published(client), published(quick)]).toEqual([total, total]);
    expect(client.all('follow').some(({ missed }) => missed > 0)).toBe(true);
  }, 60_000);

  it('is cut off when it takes nothing for long', async () => {
    const { url, answers } = await serve({ stuckMs: 50 });
    const client = await read(`${url}chain`);
    const quick = await read(url);
    client.res.pause();
    const [res] = answers;
    while (!res?.destroyed) {
      await log.append(large(100));
      await quick.until(() => res?.destroyed === true || quick.all('counts').at(-1)?.upTo === log.head());
    }
    client.res.resume();
    await client.ended;
    expect(client.res.complete).toBe(false);
  }, 60_000);
});

describe('a reader that reads', () => {
  it('is told everything of its chain, also when much happens at once', async () => {
    const { url } = await serve({});
    const client = await read(`${url}chain`);
    await log.append(large(900));
    const told = () => client.all('follow').flatMap(({ events }) => events);
    await client.until(() => told().length === 900);
    const sequences = told().map(({ sequence }) => sequence);
    expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
    expect(client.all('follow').every(({ missed }) => missed === 0)).toBe(true);
  });
});

describe('a quiet stream', () => {
  it('says now and then that it is still there, and nothing else', async () => {
    const { url } = await serve({ pingMs: 10 });
    const client = await read(url);
    await client.until(() => client.comments() > 3);
    expect(client.all('counts').concat(client.all('sample'))).toEqual([]);
  });

  it('reads and counts nothing while nobody reads, and begins anew with the next reader', async () => {
    const { url, answers } = await serve({});
    const read1 = jest.spyOn(log, 'read');
    const first = await read(url);
    await log.append(large(1));
    await first.until(() => first.all('counts').length > 0);
    const closed = new Promise((resolve) => answers[0]?.on('close', resolve));
    first.close();
    await closed;
    const reads = read1.mock.calls.length;
    await log.append(large(3));
    const second = await read(url);
    expect(second.all('start')[0]?.upTo).toBe(log.head());
    expect(read1.mock.calls.length).toBe(reads);
    await log.append(large(2));
    await second.until(() => second.all('counts').length > 0);
    expect(
      second
        .all('counts')
        .at(-1)
        ?.published.reduce((sum, { events }) => sum + events, 0),
    ).toBe(2);
    read1.mockRestore();
  });
});
