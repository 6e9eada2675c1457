import request from 'supertest';
import { createMetrics, createServiceApp, finishApp, requireVersion, setVersion, silentLogger } from '../src/index';

const app = createServiceApp({ logger: silentLogger, metrics: createMetrics('test'), isReady: () => true });
app.patch('/thing', (req, res) => {
  requireVersion(req, 3);
  setVersion(res, 4);
  res.json({});
});
finishApp(app, silentLogger);

describe('a change', () => {
  it.each([
    ['"3"', 200],
    ['"2", "3"', 200],
    ['*', 200],
    ['"2"', 412],
    ['W/"3"', 412],
    ['3', 412],
    [undefined, 428],
  ])('with If-Match %s is answered with %i', async (ifMatch, status) => {
    const sent = request(app).patch('/thing');
    const answer = await (ifMatch === undefined ? sent : sent.set('If-Match', ifMatch));
    expect(answer.status).toBe(status);
    expect(answer.get('ETag')).toBe(status === 200 ? '"4"' : answer.get('ETag'));
  });
});
