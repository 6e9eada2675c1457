import request from 'supertest';
import { useTestLife } from '../../common/kit/test/test-life';
import { startModeration, written } from './moderation-service';

const life = useTestLife();

describe('Moderation', () => {
  it('lets no page of another origin in', async () => {
    const { app } = startModeration(life);
    const preflight = await request(app)
      .options('/events')
      .set({ Origin: 'https://example.org', 'Access-Control-Request-Method': 'POST' });
    expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
      const sent = await request(app)
        .post('/events')
        .set('Content-Type', type)
        .send(JSON.stringify(written('c1')));
      expect(sent.status).toBe(415);
    }
  });

  it('has the routes of every process, and takes only POST for events', async () => {
    const { app } = startModeration(life);
    await request(app).get('/healthz').expect(200, { status: 'ok' });
    await request(app).get('/readyz').expect(200, { status: 'ready' });
    const { status, headers } = await request(app).get('/events');
    expect({ status, allow: headers['allow'] }).toEqual({ status: 405, allow: 'POST, OPTIONS' });
  });

  it('is not ready once its database is closed', async () => {
    const { app, store } = startModeration(life);
    await store.close();
    await request(app).get('/readyz').expect(503, { status: 'not ready' });
  });
});
