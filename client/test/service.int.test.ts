import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { silentLogger, Unavailable } from '@blog/kit';
import { createLastAnswers } from '../server/last-answers';
import { createRememberingService } from '../server/remembering-service';
import { AnswerLost, createService, type Patience, type Service, usualPatience } from '../server/service';
import { type FakeServer, serve } from './fake-blog';

let opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of opened) await one.close();
  opened = [];
});

async function listen(listener: RequestListener): Promise<FakeServer> {
  const server = await serve(listener);
  opened.push(server);
  return server;
}

const silent: RequestListener = () => undefined;
const halfway: RequestListener = (_req, res) => void res.writeHead(200, { 'Content-Length': 10 }).write('{');

const serviceAt = (urls: string[], patience: Patience): Service =>
  createService({ name: 'query', urls, logger: silentLogger, now: () => performance.now(), patience });

const get = (service: Service, more: { wholeUpTo?: number } = {}) =>
  service.send({ method: 'GET', path: '/posts', ...more });

describe('The patience with a service that takes a connection and says nothing', () => {
  it('is less than 2 s for reads, so that a page can still be made within that', () => {
    expect(usualPatience.readMs).toBeLessThan(2_000);
  });

  it('ends for reads long before it does for writes, which may have been stored', async () => {
    const { url } = await listen(silent);
    const service = serviceAt([url], { readMs: 100, writeMs: 400 });
    const order: string[] = [];
    const write = service.send({ method: 'POST', path: '/posts', body: '{}' }).catch((error: unknown) => {
      order.push('write');
      return error;
    });
    await expect(get(service)).rejects.toThrow('query is away.');
    order.push('read');
    expect(await write).toBeInstanceOf(AnswerLost);
    expect(order).toEqual(['read', 'write']);
  });

  it('covers the whole body, where that is waited for', async () => {
    const { url } = await listen(halfway);
    const service = serviceAt([url], { readMs: 100, writeMs: 60_000 });
    await expect(get(service, { wholeUpTo: 100 })).rejects.toThrow('query is away.');
  });

  it('is shared out among replicas: one that says nothing leaves time for the next, and is then passed over', async () => {
    let asked = 0;
    const mute = await listen(() => void (asked += 1));
    const well = await listen((_req, res) => void res.end('{}'));
    const patience = { readMs: 400, writeMs: 60_000 };
    // Its clock stands still: what is passed over stays so.
    const service = createService({
      name: 'query',
      urls: [mute.url, well.url],
      logger: silentLogger,
      now: () => 0,
      patience,
    });
    for (let n = 0; n < 4; n += 1) expect((await get(service, { wholeUpTo: 100 })).status).toBe(200);
    expect(asked).toBe(1);
  });
});

describe('A body that is waited for', () => {
  it('streams on from where it became longer than that', async () => {
    const text = 'x'.repeat(500_000);
    const { url } = await listen((_req, res) => void res.end(text));
    const answer = await get(serviceAt([url], usualPatience), { wholeUpTo: 1_000 });
    expect(answer.whole).toBeUndefined();
    const parts: Buffer[] = [];
    for await (const part of answer.body as AsyncIterable<Buffer>) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe(text);
  });
});

describe('A service whose last answers are kept', () => {
  let time: number;
  const now = (): Date => new Date(time);
  const remembering = (service: Service): Service =>
    createRememberingService({
      ...{ service, now, logger: silentLogger, isPublic: () => true },
      answers: createLastAnswers({ now }),
    });
  beforeEach(() => void (time = Date.now()));

  it.each(['silent', 'halfway'])('gives them where it is %s, and its own at once when it is well', async (how) => {
    let isWell = true;
    let asked = 0;
    const { url } = await listen((req, res) => {
      asked += 1;
      if (isWell) res.end(JSON.stringify({ asked }));
      else (how === 'silent' ? silent : halfway)(req, res);
    });
    const service = remembering(serviceAt([url], { readMs: 200, writeMs: 60_000 }));
    const read = async () => {
      const { whole, asOf } = await get(service);
      return { text: whole?.toString(), isOld: asOf !== undefined };
    };
    expect(await read()).toEqual({ text: '{"asked":1}', isOld: false });
    isWell = false;
    for (let n = 0; n < 3; n += 1) expect(await read()).toEqual({ text: '{"asked":1}', isOld: true });
    // It is asked each time: that it is well again is known by the first answer.
    expect(asked).toBe(4);
    isWell = true;
    expect(await read()).toEqual({ text: '{"asked":5}', isOld: false });
  });

  it('has readers wait less while it says nothing, but for one every 2 s, who finds out whether it is only slow', async () => {
    const patience: (number | undefined)[] = [];
    let waitsMs = 0;
    const body = Buffer.from('{}');
    const service = remembering({
      name: 'query',
      send({ patienceMs }) {
        patience.push(patienceMs);
        time += waitsMs;
        if (waitsMs > 0) return Promise.reject(new Unavailable('query is away.'));
        return Promise.resolve({ status: 200, headers: {}, body: Readable.from([body]), whole: body });
      },
    });
    await get(service);
    waitsMs = 1_700;
    await get(service);
    waitsMs = 500;
    for (let n = 0; n < 5; n += 1) await get(service);
    expect(patience).toEqual([undefined, undefined, 500, 500, 500, 500, undefined]);
  });
});
