import express from 'express';
import {
  createMetrics,
  createServiceApp,
  finishApp,
  jsonBody,
  mountRoutes,
  type RunningServer,
  silentLogger,
  startServer,
} from '../src';
import { connectRaw, type RawConnection } from './raw-http';
import { useTestLife } from './test-life';

const life = useTestLife();
const bodySize = 100_000;

/** A service as they all are, which counts what reaches its route. */
async function start(options: { requestTimeoutMs?: number; maxBodyBytes?: number } = {}) {
  const seen = { bodies: 0, arrivals: 0 };
  const metrics = createMetrics('test');
  const app = createServiceApp({ logger: silentLogger, metrics, isReady: () => true });
  app.use((_req, _res, next) => {
    seen.arrivals += 1;
    next();
  });
  mountRoutes(app, {
    '/json': {
      post: [...jsonBody({ limit: 10 * bodySize }), (_req, res) => void res.json({ bodies: (seen.bodies += 1) })],
    },
    '/raw': {
      post: [
        express.raw({ type: () => true, limit: 10 * bodySize }),
        (_req, res) => void res.json({ bodies: (seen.bodies += 1) }),
      ],
    },
  });
  finishApp(app, silentLogger);
  const server = await startServer(app, { host: '127.0.0.1', port: 0, ...options });
  life.closing({ close: () => (metrics.clear(), server.close()) });
  return { server, seen };
}

const head = (path: string, framing = `Content-Length: ${bodySize}`): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${framing}\r\n\r\n`;

async function begin(server: RunningServer, bytes: number, path = '/json', framing?: string): Promise<RawConnection> {
  const connection = await connectRaw(server.port);
  life.closing({ close: () => connection.socket.destroy() });
  connection.socket.on('error', () => undefined);
  connection.socket.write(head(path, framing) + '['.padEnd(bytes));
  return connection;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((later) => setImmediate(later));
}

const statusOf = ({ received }: RawConnection): string => received().slice(9, 12);

async function post(server: RunningServer): Promise<number> {
  const res = await fetch(`${server.url}/json`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '[1]',
  });
  await res.arrayBuffer();
  return res.status;
}

describe('bodies that are sent slowly', () => {
  it.each([
    ['stops', () => () => undefined],
    [
      'drips on',
      ({ socket }: RawConnection) => {
        const drip = setInterval(() => socket.write(' '), 20);
        return () => clearInterval(drip);
      },
    ],
  ])('end with 408 when their time is over, also one that %s', async (_how, act) => {
    const { server, seen } = await start({ requestTimeoutMs: 200 });
    const connection = await begin(server, 10);
    const stop = act(connection);
    await connection.ended;
    stop();
    expect(statusOf(connection)).toBe('408');
    expect(seen.bodies).toBe(0);
  });

  it.each([
    ['with a length', undefined],
    ['in chunks', `Transfer-Encoding: chunked\r\n\r\n${(bodySize - 1).toString(16)}`],
  ])(
    'take no more memory than they may all together: %s, beyond it they are answered with 503',
    async (_what, framing) => {
      const { server, seen } = await start({ maxBodyBytes: 5 * bodySize });
      const slow = await Promise.all(Array.from({ length: 20 }, () => begin(server, bodySize - 10, '/json', framing)));
      const refused = (): RawConnection[] => slow.filter(({ received }) => received() !== '');
      await until(() => refused().length >= 15);
      expect(new Set(refused().map(statusOf))).toEqual(new Set(['503']));
      expect(refused()[0]?.received()).toMatch(/^retry-after: 1$/im);
      expect(refused()[0]?.received()).toContain('application/problem+json');
      expect(refused()).toHaveLength(15);
      expect(await post(server)).toBe(200);
      expect(seen.bodies).toBe(1);
    },
  );

  it.each(['/json', '/raw'])('are not taken for whole ones once they were refused, at %s', async (path) => {
    const { server, seen } = await start({ maxBodyBytes: bodySize });
    const first = await begin(server, bodySize - 100, path);
    await until(() => seen.arrivals === 1);
    const second = await begin(server, bodySize - 100, path);
    await until(() => [first, second].some(({ received }) => received() !== ''));
    for (const { socket } of [first, second]) socket.write(`${' '.repeat(99)}]`);
    await until(() => [first, second].every(({ received }) => received() !== ''));
    expect([statusOf(first), statusOf(second)].sort()).toEqual(['200', '503']);
    expect(seen.bodies).toBe(1);
  });

  it('give back what they held when they are cut off or answered', async () => {
    const { server, seen } = await start({ maxBodyBytes: bodySize });
    for (let round = 1; round <= 3; round += 1) {
      const { socket } = await begin(server, bodySize - 100);
      await until(() => seen.arrivals === 2 * round - 1);
      socket.destroy();
      const whole = await begin(server, bodySize - 100);
      whole.socket.write(`${' '.repeat(99)}]`);
      await until(() => whole.received() !== '');
      expect(statusOf(whole)).toBe('200');
    }
  });

  it('are bounded as well for the app that a server goes on with', async () => {
    const { server } = await start({ maxBodyBytes: bodySize });
    let arrivals = 0;
    server.serve((req) => {
      arrivals += 1;
      req.resume();
    });
    const first = await begin(server, bodySize - 100);
    await until(() => arrivals === 1);
    const second = await begin(server, bodySize - 100);
    await until(() => [first, second].some(({ received }) => received() !== ''));
    expect([first, second].map(statusOf)).toContain('503');
  });

  it('of many connections keep nobody out who sends at once', async () => {
    const { server } = await start({ maxBodyBytes: 2 * bodySize });
    await Promise.all(Array.from({ length: 30 }, () => begin(server, bodySize / 2)));
    expect(await Promise.all(Array.from({ length: 20 }, () => post(server)))).toEqual(
      Array.from({ length: 20 }, () => 200),
    );
  });
});
