import { createAuth, type Role } from '@blog/kit';
import request from 'supertest';
import { testKeys, tokenOf } from '../../common/kit/test/test-keys';
import { operatorsOnly } from '../src/http/operators';
import { type RunningBus, runBus } from './running-bus';
import { useFolder } from './use-folder';

const folder = useFolder();
const now = () => new Date();
let bus: RunningBus;
afterEach(() => bus.stop());

async function start({ trustsThisMachine, keys = testKeys }: { trustsThisMachine: boolean; keys?: typeof testKeys }) {
  const operators = operatorsOnly({ auth: createAuth({ keys, now }), trustsThisMachine });
  bus = await runBus(folder(), { g: { endpoints: ['http://127.0.0.1:1/events'] } }, { operators, takesFaults: true });
}

const bearer = async (...roles: Role[]) => `Bearer ${await tokenOf({ name: 'somebody', roles }, now())}`;

/** Every route for operators, with what it answers to one. */
const routes = [
  ['get', '/subscriptions', 200],
  ['get', '/subscriptions/g', 200],
  ['put', '/subscriptions/h', 400],
  ['post', '/subscriptions/g/pause', 200],
  ['post', '/subscriptions/g/resume', 200],
  ['post', '/subscriptions/g/replay', 400],
  ['get', '/dead-letters', 200],
  ['post', '/dead-letters/redeliver', 400],
  ['get', '/dead-letters/redeliveries/j', 404],
  ['get', '/dead-letters/g:1', 404],
  ['delete', '/dead-letters/g:1', 404],
  ['get', '/faults', 200],
  ['put', '/faults/g', 400],
  ['delete', '/faults/g', 404],
  ['delete', '/faults', 204],
  ['delete', '/subscriptions/g', 204],
] as const;

const statusOf = async (method: (typeof routes)[number][0], path: string, headers: Record<string, string> = {}) =>
  (await request(bus.server.url)[method](path).set(headers)).status;

describe('routes for operators', () => {
  it('take a token with the role, and no other', async () => {
    await start({ trustsThisMachine: false });
    for (const [method, path, status] of routes) {
      expect(await statusOf(method, path)).toBe(401);
      expect(await statusOf(method, path, { Authorization: await bearer('author', 'moderator') })).toBe(403);
      expect(await statusOf(method, path, { Authorization: 'Bearer a.b.c' })).toBe(401);
      expect(await statusOf(method, path, { Authorization: await bearer('operator') })).toBe(status);
    }
    expect(await statusOf('get', '/stream')).toBe(401);
  });

  it('are open to programs on this machine where that is trusted', async () => {
    await start({ trustsThisMachine: true, keys: [] });
    for (const [method, path, status] of routes) expect(await statusOf(method, path)).toBe(status);
  });

  it.each([
    { 'X-Forwarded-For': '203.0.113.7' },
    { Forwarded: 'for=203.0.113.7' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { Origin: 'http://evil.example' },
    { Host: 'evil.example' },
    { Host: 'evil.example:4005' },
  ] as Record<string, string>[])('are not open to whom a browser or a proxy lets through: %j', async (headers) => {
    await start({ trustsThisMachine: true, keys: [] });
    expect(await statusOf('get', '/subscriptions', headers)).toBe(403);
    expect(await statusOf('delete', '/subscriptions/g', headers)).toBe(403);
  });

  it('hold even who is on this machine to a token that was sent', async () => {
    await start({ trustsThisMachine: true });
    expect(await statusOf('get', '/subscriptions', { Authorization: await bearer('author') })).toBe(403);
  });

  it('are closed to everybody where nobody is trusted and no key is set', async () => {
    await start({ trustsThisMachine: false, keys: [] });
    const { status, body } = await request(bus.server.url).get('/subscriptions');
    expect(status).toBe(403);
    expect(body.detail).toContain('AUTH_PUBLIC_KEYS');
  });

  it('leave publishing and the history to whoever could do that before', async () => {
    await start({ trustsThisMachine: false });
    const at = request(bus.server.url);
    expect((await at.post('/events').send({ type: 'T', data: {} })).status).toBe(200);
    for (const path of ['/events', '/healthz', '/readyz', '/metrics']) expect((await at.get(path)).status).toBe(200);
  });
});
