import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { waitFor } from '../../../e2e/harness/wait-for';
import { useFolder } from '../use-folder';
import { endBuses, startRealBus } from './real-bus';

/** Certificates are made by openssl. Under CI=true a skipped test is a failure. */
const canCertify = spawnSync('openssl', ['version']).status === 0;
if (!canCertify) console.warn('NOT TESTED: delivery over HTTPS. openssl is missing.');
const withOpenssl = canCertify ? describe : describe.skip;

const folder = useFolder();
let server: Server | undefined;
let received: string[] = [];
afterEach(async () => {
  await endBuses();
  server?.closeAllConnections();
  await new Promise((closed) => (server ? server.close(closed) : closed(undefined)));
  received = [];
});

/** A subscriber with a certificate of its own making; gives its URL and the certificate's file. */
async function serveTls(): Promise<{ url: string; certificate: string }> {
  const [key, certificate] = [join(folder(), 'key.pem'), join(folder(), 'certificate.pem')];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const made = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1'],
    ...['-keyout', key, '-out', certificate, ...names],
  ]);
  if (made.status !== 0) throw new Error(`openssl: ${String(made.stderr)}`);
  const own = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (req, res) => {
    let body = '';
    req.on('data', (chunk) => (body += String(chunk)));
    req.on('end', () => {
      received.push(...(JSON.parse(body) as { id: string }[]).map(({ id }) => id));
      res.end('{}');
    });
  });
  server = own;
  await new Promise<void>((listening) => own.listen(0, '127.0.0.1', listening));
  return { url: `https://localhost:${(own.address() as AddressInfo).port}/events`, certificate };
}

const texts = Array.from({ length: 50 }, (_, n) => ({ type: 'T', id: `e${n}`, source: '/t', data: 'é'.repeat(2_000) }));

/** Publishes to a bus whose only group is this subscriber. */
async function publishTo(url: string, env: Record<string, string>) {
  const bus = await startRealBus({ folder: folder(), subscriptions: { tls: { endpoints: [url], batch: 10 } }, env });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${bus.url}/events`, { method: 'POST', headers, body: JSON.stringify(texts) });
  expect(answer.status).toBe(200);
  return bus;
}

withOpenssl('a subscriber that speaks HTTPS', () => {
  it('receives everything, where its certificate is trusted', async () => {
    const { url, certificate } = await serveTls();
    await publishTo(url, { NODE_EXTRA_CA_CERTS: certificate });
    await waitFor('all to be received', () => received.length >= texts.length);
    expect([...received].sort()).toEqual(texts.map(({ id }) => id).sort());
  });

  it('receives nothing, where it is not: its group waits, and says why', async () => {
    const { url } = await serveTls();
    const bus = await publishTo(url, {});
    const status = async () => (await (await fetch(`${bus.url}/subscriptions/tls`)).json()) as Record<string, unknown>;
    await waitFor('the group to be taken for dead', async () => (await status())['state'] === 'down');
    expect(await status()).toMatchObject({ cursor: 0, reason: expect.stringContaining('SELF_SIGNED') as string });
    expect(received).toEqual([]);
  });
});
