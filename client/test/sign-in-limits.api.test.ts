import express from 'express';
import request from 'supertest';
import { trustProxies } from '@blog/kit';
import { createSignInLimits } from '../server/sign-in-limits';

/** A sign-in page that knows one password; its clock stands still until it is moved. */
function start() {
  const clock = { ms: 0, waits: 0 };
  const limits = createSignInLimits({
    now: () => clock.ms,
    wait: () => Promise.resolve((clock.waits += 1)),
  });
  const app = express();
  trustProxies(app);
  app.post('/', express.json({ limit: '8mb' }), async (req, res) => {
    const { name = '', password, code } = req.body as Record<string, string>;
    await limits.begin(req, res, { name, isLink: code !== undefined });
    if (password === 'unchecked') return void res.sendStatus(503);
    res.sendStatus(password === 'right' || code === 'right' ? 303 : 401);
  });
  const refuse: express.ErrorRequestHandler = (error: { retryAfterSeconds?: number }, _req, res, _next) => {
    res
      .status(error.retryAfterSeconds === undefined ? 500 : 429)
      .set('Retry-After', `${error.retryAfterSeconds}`)
      .end();
  };
  app.use(refuse);
  const send = (address: string, json: object) => request(app).post('/').set('X-Forwarded-For', address).send(json);
  const statusOf = async (address: string, json: object) => (await send(address, json)).status;
  return { clock, send, statusOf };
}

const wrong = (name: string) => ({ name, password: 'wrong' });
const right = (name: string) => ({ name, password: 'right' });

describe('Signing in', () => {
  it('is refused for an address that fails with one name, for a while and not for ever', async () => {
    const { clock, send, statusOf } = start();
    for (let n = 0; n < 10; n += 1) expect(await statusOf('203.0.113.5', wrong('ana'))).toBe(401);
    const refused = await send('203.0.113.5', right('ana'));
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '90']);
    expect(await statusOf('203.0.113.5', right('ben'))).toBe(303);
    clock.ms = 90_000;
    expect(await statusOf('203.0.113.5', wrong('ana'))).toBe(401);
    expect(await statusOf('203.0.113.5', right('ana'))).toBe(429);
  });

  it('is refused for an address that fails with many names, and for all of its network', async () => {
    const { statusOf } = start();
    for (let n = 0; n < 20; n += 1) expect(await statusOf(`2001:db8:1:2::${n}`, wrong(`name ${n}`))).toBe(401);
    expect(await statusOf('2001:db8:1:2:ffff::1', right('ana'))).toBe(429);
    expect(await statusOf('2001:db8:1:3::1', right('ana'))).toBe(303);
  });

  it('is slowed and never refused for a name with which many addresses fail', async () => {
    const { clock, statusOf } = start();
    for (let n = 0; n < 200; n += 1) expect(await statusOf(`203.0.113.${n}`, wrong('admin'))).toBe(401);
    expect(clock.waits).toBe(170);
    expect(await statusOf('198.51.100.1', right('admin'))).toBe(303);
    expect(await statusOf('198.51.100.1', right('ana'))).toBe(303);
    expect(clock.waits).toBe(171);
  });

  it('counts failures only', async () => {
    const { statusOf } = start();
    for (let n = 0; n < 60; n += 1) expect(await statusOf('203.0.113.5', right('ana'))).toBe(303);
  });

  it('counts no try that nobody had time for', async () => {
    const { statusOf } = start();
    for (let n = 0; n < 60; n += 1) {
      expect(await statusOf('203.0.113.5', { name: 'ana', password: 'unchecked' })).toBe(503);
    }
    expect(await statusOf('203.0.113.5', right('ana'))).toBe(303);
  });

  it('counts codes of one-time links apart, by address', async () => {
    const { clock, statusOf } = start();
    for (let n = 0; n < 20; n += 1) expect(await statusOf('203.0.113.5', { code: `wrong ${n}` })).toBe(401);
    expect(await statusOf('203.0.113.5', { code: 'right' })).toBe(429);
    expect(await statusOf('203.0.113.6', { code: 'right' })).toBe(303);
    expect(await statusOf('203.0.113.5', right('ana'))).toBe(303);
    for (let n = 0; n < 20; n += 1) await statusOf('203.0.113.7', wrong(`name ${n}`));
    expect(await statusOf('203.0.113.7', { code: 'right' })).toBe(303);
    expect(clock.waits).toBe(0);
  });

  it('remembers a bounded part of a name, whatever its length', async () => {
    const { statusOf } = start();
    const long = (n: number) => wrong(`${'x'.repeat(100_000)}${n}`);
    for (let n = 0; n < 10; n += 1) expect(await statusOf('203.0.113.5', long(n))).toBe(401);
    expect(await statusOf('203.0.113.5', long(11))).toBe(429);
  });
});
