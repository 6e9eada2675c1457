import express from 'express';
import request from 'supertest';
import { bindPort, createLifecycle, silentLogger } from '../src';
import { useTestLife } from './test-life';

const life = useTestLife();

function setUp() {
  const lifecycle = life.closing(createLifecycle(silentLogger));
  const bind = (PORT = 0) => bindPort({ settings: { HOST: '127.0.0.1', PORT }, lifecycle, logger: silentLogger });
  return { lifecycle, bind };
}

describe('A bound port', () => {
  it('answers that it is not ready, and takes nothing, until an app is served', async () => {
    const { bind } = setUp();
    const port = await bind();
    await request(port.url).get('/healthz').expect(503);
    await request(port.url).get('/readyz').expect(503);
    const refused = await request(port.url).post('/events').send({ type: 'T', data: {} }).expect(503);
    expect(refused.headers).toMatchObject({ 'retry-after': '1', 'content-type': 'application/problem+json' });
    expect(JSON.parse(refused.text)).toMatchObject({ status: 503, detail: expect.any(String) });
    await request(port.url).head('/posts').expect(503);

    port.serve(express().get('/readyz', (_req, res) => void res.json({ status: 'ready' })));
    await request(port.url).get('/readyz').expect(200, { status: 'ready' });
    await request(port.url).get('/healthz').expect(404);
  });

  it('is let go of before what the app needs is closed, and also where no app was ever served', async () => {
    const { lifecycle, bind } = setUp();
    const served = await bind();
    let answeredAtClose: unknown;
    lifecycle.onClose('store', async () => {
      answeredAtClose = await fetch(served.url).catch(() => 'nobody');
    });
    served.serve(express());
    await lifecycle.close();
    expect(answeredAtClose).toBe('nobody');

    const unready = setUp();
    const { url } = await unready.bind();
    await unready.lifecycle.close();
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('can not be had twice', async () => {
    const { bind } = setUp();
    const { url } = await bind();
    await expect(bind(Number(new URL(url).port))).rejects.toThrow('EADDRINUSE');
  });
});
