import { Agent, get, type IncomingMessage } from 'node:http';
import { networkInterfaces } from 'node:os';
import express from 'express';
import { type RunningServer, startServer } from '../src';
import { connectRaw } from './raw-http';
import { useTestLife } from './test-life';

const life = useTestLife();

/** Some machines have no IPv6; then there is one address only. */
const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));
const addresses = ['127.0.0.1', ...(hasIpv6 ? ['[::1]'] : [])];

/** An app whose answers wait for the test. */
function slowApp() {
  const app = express();
  let answer = (): void => undefined;
  let arrived = (): void => undefined;
  const inFlight = new Promise<void>((resolve) => (arrived = resolve));
  app.get('/slow', (_req, res) => {
    answer = () => void res.send('done');
    arrived();
  });
  app.get('/fast', (_req, res) => void res.send('fast'));
  return { app, inFlight, answer: () => answer() };
}

async function start(app = slowApp().app, graceMs?: number): Promise<RunningServer> {
  return life.closing(await startServer(app, { host: '127.0.0.1', port: 0, graceMs }));
}

async function fetchText(url: string, agent?: Agent): Promise<string> {
  const res = await new Promise<IncomingMessage>((resolve, reject) => get(url, { agent }, resolve).on('error', reject));
  let text = '';
  for await (const chunk of res.setEncoding('utf8')) text += chunk;
  return text;
}

describe('A server that closes', () => {
  it('lets the request in flight finish and takes no new ones', async () => {
    const { app, inFlight, answer } = slowApp();
    const server = await start(app);
    const first = fetchText(`${server.url}/slow`);
    await inFlight;
    const closed = server.close();
    await expect(fetchText(`${server.url}/fast`)).rejects.toThrow('ECONNREFUSED');
    answer();
    expect(await first).toBe('done');
    await closed;
  });

  it('ends idle connections that clients keep alive, and those that become idle meanwhile', async () => {
    const { app, inFlight, answer } = slowApp();
    const server = await start(app);
    const agent = new Agent({ keepAlive: true });
    life.closing({ close: () => agent.destroy() });
    await fetchText(`${server.url}/fast`, agent);
    const slow = fetchText(`${server.url}/slow`, agent);
    await inFlight;
    const closed = server.close();
    answer();
    await slow;
    await closed;
  });

  it('cuts what has not finished when its grace is over', async () => {
    const { app, inFlight } = slowApp();
    const server = await start(app, 20);
    const never = fetchText(`${server.url}/slow`).catch((error: Error) => error.message);
    await inFlight;
    await server.close();
    expect(await never).toBe('socket hang up');
  });

  it('cuts a connection that has sent nothing, or half a request, when its grace is over', async () => {
    const server = await start(undefined, 20);
    const silent = await connectRaw(server.port);
    const half = await connectRaw(server.port);
    half.socket.write('GET /fast HTTP/1.1\r\nHost:');
    await server.close();
    await Promise.all([silent.ended, half.ended]);
    for (const { socket } of [silent, half]) socket.destroy();
  });

  it('does not wait for whoever was refused and keeps its half open', async () => {
    const server = await start();
    const { socket, ended } = await connectRaw(server.port);
    socket.write('nonsense\r\n\r\n');
    await ended;
    await server.close();
    socket.destroy();
  });

  it('may be closed twice', async () => {
    const server = await start();
    await Promise.all([server.close(), server.close()]);
  });
});

describe('What is not HTTP', () => {
  it.each([
    ['nonsense', 'nonsense\r\n\r\n', 400, 'Bad Request'],
    [
      'two lengths',
      'GET /fast HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'Bad Request',
    ],
    ['a header with NUL', 'GET /fast HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n', 400, 'Bad Request'],
    [
      'too many headers',
      `GET /fast HTTP/1.1\r\nHost: x\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'Request Header Fields Too Large',
    ],
  ])('is refused in the form of every error: %s', async (_what, text, status, title) => {
    const server = await start();
    const { socket, received, ended } = await connectRaw(server.port);
    socket.write(text);
    await ended;
    socket.destroy();
    const [head = '', body = ''] = received().split('\r\n\r\n');
    expect(head.split('\r\n')).toEqual([
      `HTTP/1.1 ${status} ${title}`,
      'Connection: close',
      'Content-Type: application/problem+json',
      `Content-Length: ${body.length}`,
    ]);
    expect(JSON.parse(body)).toEqual({ type: 'about:blank', title, status });
  });

  it('harms nobody else', async () => {
    const server = await start();
    const { socket, ended } = await connectRaw(server.port);
    socket.write('nonsense\r\n\r\n');
    await ended;
    socket.destroy();
    expect(await fetchText(`${server.url}/fast`)).toBe('fast');
  });
});

describe('A server on localhost', () => {
  const startLocal = async (port = 0) =>
    life.closing(await startServer(slowApp().app, { host: 'localhost', port, graceMs: 20 }));

  it('is reached at both addresses of this machine, on one port', async () => {
    const server = await startLocal();
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    for (const address of addresses) expect(await fetchText(`http://${address}:${server.port}/fast`)).toBe('fast');
  });

  it('closes the connections of both, and is reached at neither then', async () => {
    const server = await startLocal();
    const agent = new Agent({ keepAlive: true });
    life.closing({ close: () => agent.destroy() });
    for (const address of addresses) await fetchText(`http://${address}:${server.port}/fast`, agent);
    await server.close();
    for (const address of addresses) {
      await expect(fetchText(`http://${address}:${server.port}/fast`)).rejects.toThrow('ECONNREFUSED');
    }
  });

  it.each(['127.0.0.1', ...(hasIpv6 ? ['::1'] : [])])('rejects where the port is taken at %s', async (host) => {
    const { port } = life.closing(await startServer(slowApp().app, { host, port: 0 }));
    await expect(startLocal(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const other = host === '::1' ? '127.0.0.1' : '[::1]';
    await expect(fetchText(`http://${other}:${port}/fast`)).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL/);
  });
});

describe('startServer', () => {
  it('rejects where the port is taken', async () => {
    const { port } = await start();
    const second = startServer(slowApp().app, { host: '127.0.0.1', port });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('tells an address that can be called, even where it listens on all', async () => {
    const server = life.closing(await startServer(slowApp().app, { host: '0.0.0.0', port: 0 }));
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect(await fetchText(`${server.url}/fast`)).toBe('fast');
  });
});
