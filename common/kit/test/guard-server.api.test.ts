import express from 'express';
import { type RunningServer, startServer } from '../src';
import { connectRaw } from './raw-http';
import { useTestLife } from './test-life';

const life = useTestLife();

const app = express();
app.all('/feed', (req, res) => void res.json({ path: req.originalUrl, host: req.get('Host'), method: req.method }));
app.get('/', (_req, res) => void res.json({ path: '/' }));

const start = async (names = {}): Promise<RunningServer> =>
  life.closing(await startServer(app, { host: '127.0.0.1', port: 0, names }));

async function answerTo(
  server: RunningServer,
  lines: string,
): Promise<{ status: number; head: string; body: unknown }> {
  const connection = await connectRaw(server.port);
  connection.socket.write(`${lines}\r\nConnection: close\r\n\r\n`);
  await connection.ended;
  connection.socket.destroy();
  const [head = '', body = ''] = connection.received().split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head, body: body.startsWith('{') ? JSON.parse(body) : body };
}

describe('A request under a name that is not the process’s own', () => {
  it.each(['GET /feed', 'GET /', 'POST /feed', 'OPTIONS /feed', 'GET /nothing', 'DELETE /feed'])(
    'is refused: %s',
    async (line) => {
      const { status, head, body } = await answerTo(await start(), `${line} HTTP/1.1\r\nHost: evil.example`);
      expect(status).toBe(403);
      expect(head).toContain('application/problem+json');
      expect(body).toMatchObject({ status: 403 });
      expect(JSON.stringify(body)).toContain('ALLOWED_HOSTS');
    },
  );

  it.each([
    ['localhost', 'evil.example'],
    ['evil.example', 'localhost'],
    ['localhost', 'localhost'],
  ])('is no request where there are several: %s, then %s', async (first, second) => {
    const { status, body } = await answerTo(
      await start(),
      `GET /feed HTTP/1.1\r\nHost: ${first}\r\nX: y\r\nhOST: ${second}`,
    );
    expect([status, body]).toEqual([400, expect.objectContaining({ detail: 'The request has more than one Host.' })]);
  });

  it('is refused before the process is ready and after', async () => {
    const server = await start();
    expect((await answerTo(server, 'GET /feed HTTP/1.1\r\nHost: evil.example')).status).toBe(403);
    server.serve(app);
    expect((await answerTo(server, 'GET /feed HTTP/1.1\r\nHost: evil.example')).status).toBe(403);
    expect((await answerTo(server, 'GET /feed HTTP/1.1\r\nHost: localhost')).status).toBe(200);
  });

  it('is answered if the settings have the name', async () => {
    const server = await start({ publicUrl: 'https://blog.example', allowed: ['posts.com'] });
    for (const host of ['blog.example', 'posts.com:80', '127.0.0.1']) {
      expect((await answerTo(server, `GET /feed HTTP/1.1\r\nHost: ${host}`)).status).toBe(200);
    }
  });
});

describe('A request in absolute form', () => {
  it.each([
    ['http://localhost/feed?a=1', 'localhost', '/feed?a=1'],
    ['HTTP://127.0.0.1:4000/feed', '127.0.0.1:4000', '/feed'],
    ['http://localhost//feed', 'localhost', undefined],
  ])('%s is answered as one for its path, whatever Host says', async (target, host, path) => {
    const { status, body } = await answerTo(await start(), `GET ${target} HTTP/1.1\r\nHost: whatever.example`);
    expect(status).toBe(path === undefined ? 404 : 200);
    if (path !== undefined) expect(body).toEqual({ path, host, method: 'GET' });
  });

  it.each(['http://localhost', 'http://localhost?a=1'])('%s is one for the root', async (target) => {
    expect(await answerTo(await start(), `GET ${target} HTTP/1.1\r\nHost: localhost`)).toMatchObject({
      status: 200,
      body: { path: '/' },
    });
  });

  it('is refused under a name of others, although Host is right', async () => {
    const { status } = await answerTo(await start(), 'GET http://evil.example/feed HTTP/1.1\r\nHost: localhost');
    expect(status).toBe(403);
  });

  it.each(['http://evil.example@localhost/feed', 'ftp://localhost/feed', 'http:///feed'])(
    '%s is refused',
    async (target) => {
      const { status } = await answerTo(await start(), `GET ${target} HTTP/1.1\r\nHost: localhost`);
      expect(status).toBe(400);
    },
  );
});

it('OPTIONS * and HTTP/1.0 without Host are answered without a fault', async () => {
  const server = await start();
  expect((await answerTo(server, 'OPTIONS * HTTP/1.1\r\nHost: localhost')).status).toBeLessThan(500);
  expect((await answerTo(server, 'GET /feed HTTP/1.0')).status).toBe(200);
});
