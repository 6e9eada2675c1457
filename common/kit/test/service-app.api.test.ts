import request from 'supertest';
import {
  createMetrics,
  createServiceApp,
  finishApp,
  jsonBody,
  mountRoutes,
  type ServiceAppOptions,
  silentLogger,
} from '../src';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function anApp(options: Partial<ServiceAppOptions> = {}) {
  const app = createServiceApp({
    logger: silentLogger,
    metrics: createMetrics('test'),
    isReady: () => true,
    ...options,
  });
  mountRoutes(app, {
    '/things': {
      get: (_req, res) => void res.json([]),
      post: [...jsonBody({ limit: 100 }), (_req, res) => void res.json(1)],
    },
    '/things/:id': {
      get: (req, res) => void res.json({ id: req.params['id'] }),
      delete: (_req, res) => void res.end(),
    },
    '/writes': { post: (_req, res) => void res.json(1) },
    '/fails': {
      get: () => {
        throw new Error('no such table: secrets, see /var/lib/blog.db');
      },
    },
  });
  return finishApp(app, silentLogger);
}

describe('Every answer', () => {
  it('carries a request id, its own or the one that was sent', async () => {
    const own = await request(anApp()).get('/things');
    expect(own.headers['x-request-id']).toMatch(uuid);
    const sent = await request(anApp()).get('/things').set('X-Request-Id', 'trace_1-a');
    expect(sent.headers['x-request-id']).toBe('trace_1-a');
  });

  it.each(['', 'a b', '<script>', 'x'.repeat(65), 'ä'])('does not repeat %j as a request id', async (id) => {
    const { headers } = await request(anApp()).get('/things').set('X-Request-Id', id);
    expect(headers['x-request-id']).toMatch(uuid);
  });

  it('does not say what it is made with', async () => {
    const { headers } = await request(anApp()).get('/things');
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('is data for browsers, never a page, whatever it is', async () => {
    for (const path of ['/things', '/nothing', '/fails', '/metrics']) {
      const { headers } = await request(anApp()).get(path);
      expect(headers).toMatchObject({
        'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
        'referrer-policy': 'no-referrer',
      });
    }
  });

  it('has the headers of a process with pages instead, where it has its own', async () => {
    const app = anApp({ securityHeaders: (_req, res, next) => (res.set('X-Own', '1'), next()) });
    const { headers } = await request(app).get('/things');
    expect(headers).toMatchObject({ 'x-own': '1' });
    expect(headers).not.toHaveProperty('content-security-policy');
  });

  it('is 304 to whoever has it already', async () => {
    const { headers } = await request(anApp()).get('/things');
    const again = await request(anApp())
      .get('/things')
      .set('If-None-Match', headers['etag'] ?? '');
    expect(again.status).toBe(304);
  });
});

describe('What no route takes', () => {
  it.each(['/nothing', '/things/1/2', '/constructor', '/__proto__'])('is a 404 at %s', async (path) => {
    const { status, headers, body } = await request(anApp()).get(path);
    expect(status).toBe(404);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(body).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'There is no such route.',
      requestId: headers['x-request-id'],
    });
  });

  it.each([
    ['put', '/things', 'GET, POST, HEAD, OPTIONS'],
    ['patch', '/things/1', 'GET, DELETE, HEAD, OPTIONS'],
    ['get', '/writes', 'POST, OPTIONS'],
    ['post', '/healthz', 'GET, HEAD, OPTIONS'],
  ] as const)('is a 405 for %s %s, with what the route takes', async (method, path, allow) => {
    const { status, headers, body } = await request(anApp())[method](path);
    expect({ status, allow: headers['allow'] }).toEqual({ status: 405, allow });
    expect(body).toMatchObject({ title: 'Method Not Allowed', status: 405, detail: `This route takes ${allow}.` });
  });

  it('is a 400 where the path can not be decoded', async () => {
    const { status, body } = await request(anApp()).get('/things/%E0%A4%A');
    expect(status).toBe(400);
    expect(body).toMatchObject({ type: 'about:blank', title: 'Bad Request' });
  });

  it('is a bare 500 where a route fails, with the request id only', async () => {
    const { status, headers, body } = await request(anApp()).get('/fails');
    expect(status).toBe(500);
    expect(body).toEqual({
      type: 'about:blank',
      title: 'Internal Server Error',
      status: 500,
      requestId: headers['x-request-id'],
    });
  });
});

describe('HEAD and OPTIONS', () => {
  it('HEAD answers as GET does, without the body', async () => {
    const { status, headers, text } = await request(anApp()).head('/things');
    expect({ status, length: headers['content-length'], text: text ?? '' }).toEqual({
      status: 200,
      length: '2',
      text: '',
    });
    expect((await request(anApp()).head('/writes')).status).toBe(405);
    expect((await request(anApp()).head('/nothing')).status).toBe(404);
  });

  it('OPTIONS says what a route takes', async () => {
    const { status, headers } = await request(anApp()).options('/things');
    expect({ status, allow: headers['allow'] }).toEqual({ status: 204, allow: 'GET, POST, HEAD, OPTIONS' });
  });
});

describe('CORS', () => {
  const open: Partial<ServiceAppOptions> = { openTo: 'any-origin', exposedHeaders: ['Comment-Token'] };

  it('is closed unless it is opened', async () => {
    const { headers } = await request(anApp()).get('/things').set('Origin', 'https://example.org');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    const preflight = await request(anApp())
      .options('/things')
      .set({ Origin: 'https://example.org', 'Access-Control-Request-Method': 'POST' });
    expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('is open to any origin where it is, and names the headers that a page may read', async () => {
    const { headers } = await request(anApp(open)).get('/things').set('Origin', 'https://example.org');
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-expose-headers']).toBe('ETag,Link,Location,X-Request-Id,Comment-Token');
  });

  it.each(['/events', '/Events/'])('never lets a page push to %s', async (path) => {
    const preflight = await request(anApp(open)).options(path).set({
      Origin: 'https://example.org',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type',
    });
    expect(preflight.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('lets a page send JSON, and read errors too', async () => {
    const preflight = await request(anApp(open)).options('/things').set({
      Origin: 'https://example.org',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'content-type',
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-methods']).toContain('POST');
    expect(preflight.headers['access-control-allow-headers']).toBe('content-type');
    const missing = await request(anApp(open)).get('/nothing').set('Origin', 'https://example.org');
    expect(missing.headers['access-control-allow-origin']).toBe('*');
  });
});

describe('What every process tells of itself', () => {
  it('alive: /healthz, with what the process adds', async () => {
    const app = anApp({ health: () => ({ synchronous: 'full' }) });
    expect((await request(app).get('/healthz')).body).toEqual({ status: 'ok', synchronous: 'full' });
  });

  it('ready: /readyz', async () => {
    const { status, body } = await request(anApp()).get('/readyz');
    expect({ status, body }).toEqual({ status: 200, body: { status: 'ready' } });
    const not = await request(anApp({ isReady: () => Promise.resolve(false) })).get('/readyz');
    expect({ status: not.status, body: not.body }).toEqual({ status: 503, body: { status: 'not ready' } });
    const failing = await request(anApp({ isReady: () => Promise.reject(new Error('x')) })).get('/readyz');
    expect(failing.status).toBe(500);
  });

  it('measured: /metrics, by route and not by path, so that ids never make new series', async () => {
    const app = anApp();
    await request(app).get('/things/1');
    await request(app).get('/things/2');
    await request(app).get('/nothing/3');
    const { headers, text } = await request(app).get('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    const countOf = (route: string, status: number) => {
      const labels = `{method="GET",route="${route}",status="${status}",service="test"}`;
      return Number(text.split(`http_request_duration_seconds_count${labels} `)[1]?.split('\n')[0]);
    };
    expect(countOf('/things/:id', 200)).toBe(2);
    expect(countOf('none', 404)).toBe(1);
    expect(text).not.toContain('/things/1');
  });
});
