import request from 'supertest';
import { useTestLife } from '../../common/kit/test/test-life';
import { bearer, classic, startModeration } from './moderation-service';

const life = useTestLife();

const routes = [
  ['get', '/rules'],
  ['put', '/rules'],
  ['post', '/rules/try'],
  ['get', '/queue'],
  ['get', '/verdicts'],
  ['post', '/verdicts'],
  ['post', '/verdicts/undo'],
  ['get', '/blocklist'],
  ['put', '/blocklist'],
  ['delete', '/blocklist'],
] as const;

describe('Moderation', () => {
  it('lets no page of another origin in', async () => {
    const { app } = startModeration(life);
    for (const path of ['/events', '/rules', '/queue', '/verdicts', '/blocklist']) {
      const preflight = await request(app)
        .options(path)
        .set({ Origin: 'https://example.org', 'Access-Control-Request-Method': 'POST' });
      expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
    }
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const sent = await request(app)
        .post('/events')
        .set('Content-Type', type)
        .send(JSON.stringify(classic('c1')));
      expect(sent.status).toBe(415);
    }
  });

  it.each(routes)('lets moderators only %s %s', async (method, path) => {
    const { app } = startModeration(life);
    const ask = (authorization?: string, of = app) => {
      const sent = request(of)[method](path);
      return (authorization === undefined ? sent : sent.set('Authorization', authorization)).then(
        ({ status }) => status,
      );
    };
    expect(await ask()).toBe(401);
    expect(await ask('Bearer forged')).toBe(401);
    expect(await ask(await bearer('ben', ['author', 'operator']))).toBe(403);
    expect(await ask(await bearer('ben', []))).toBe(403);
    expect([401, 403, 404, 405]).not.toContain(await ask(await bearer()));
    const open = startModeration(life, { file: life.file('other.db'), keys: [] });
    expect(await ask(await bearer(), open.app)).toBe(403);
  });

  it('has the routes of every process, and says which methods each route takes', async () => {
    const { app } = startModeration(life);
    await request(app).get('/healthz').expect(200, { status: 'ok' });
    await request(app).get('/readyz').expect(200, { status: 'ready' });
    const allowed = async (path: string) => {
      const { status, headers } = await request(app).patch(path);
      return [status, headers['allow']];
    };
    expect(await allowed('/events')).toEqual([405, 'POST, OPTIONS']);
    expect(await allowed('/rules')).toEqual([405, 'GET, PUT, HEAD, OPTIONS']);
    expect(await allowed('/blocklist')).toEqual([405, 'GET, PUT, DELETE, HEAD, OPTIONS']);
  });

  it('is not ready once its database is closed', async () => {
    const { app, store } = startModeration(life);
    await store.close();
    await request(app).get('/readyz').expect(503, { status: 'not ready' });
  });
});
