import request from 'supertest';
import { createMetrics, createServiceApp, finishApp, metricsDoor, silentLogger } from '../src';

const token = 'a-token-for-prometheus';

async function statusOf(door: ReturnType<typeof metricsDoor>, headers: Record<string, string> = {}) {
  const metrics = createMetrics('thing');
  const app = createServiceApp({ logger: silentLogger, metrics, isReady: () => true, metricsFor: door });
  finishApp(app, silentLogger);
  try {
    return (await request(app).get('/metrics').set(headers)).status;
  } finally {
    metrics.clear();
  }
}

const bearer = (text: string) => ({ Authorization: `Bearer ${text}` });
const pod = { Host: 'pod.svc:4000' };
const proxied = { 'X-Forwarded-For': '203.0.113.5' };
const page = { Origin: 'http://evil.example' };

describe('The metrics', () => {
  it('are for programs on this machine, and nobody else, where readers come by', async () => {
    const door = metricsDoor([], 'nobody');
    expect(await statusOf(door)).toBe(200);
    for (const headers of [pod, proxied, page, { 'Sec-Fetch-Site': 'none' }, { ...pod, ...bearer('x') }]) {
      expect(await statusOf(door, headers)).toBe(403);
    }
  });

  it('are for whoever reaches a process by itself elsewhere', async () => {
    const door = metricsDoor([], 'everybody');
    expect(await statusOf(door, pod)).toBe(200);
    for (const headers of [proxied, page]) expect(await statusOf(door, headers)).toBe(403);
  });

  it.each(['nobody', 'everybody'] as const)('are for whoever has the token, if one is set (else %s)', async (reach) => {
    const door = metricsDoor([token, 'another-token-for-it'], reach);
    expect(await statusOf(door, { ...proxied, ...bearer(token) })).toBe(200);
    expect(await statusOf(door, { ...pod, ...bearer('another-token-for-it') })).toBe(200);
    for (const headers of [pod, proxied, { ...pod, ...bearer('a-token-for-prometheuS') }]) {
      expect(await statusOf(door, headers)).toBe(401);
    }
    expect(await statusOf(door)).toBe(200);
  });
});
