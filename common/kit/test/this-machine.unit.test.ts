import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import axios from 'axios';
import { isProgramHere } from '../src';

const from = (headers: Record<string, string>, remoteAddress: string | undefined = '127.0.0.1') =>
  isProgramHere({ headers, socket: { remoteAddress } } as unknown as IncomingMessage);

describe('A program on this machine', () => {
  it.each(['127.0.0.1', '127.3.2.1', '::1', '::ffff:127.0.0.1'])('comes from %s', (address) => {
    expect(from({ host: 'localhost:4005' }, address)).toBe(true);
  });

  it.each(['10.0.0.1', '192.168.1.7', '::ffff:10.0.0.1', 'fe80::1', '', undefined])(
    'does not come from %s',
    (address) => {
      expect(isProgramHere({ headers: {}, socket: { remoteAddress: address } } as unknown as IncomingMessage)).toBe(
        false,
      );
    },
  );

  it('asks a loopback name', () => {
    expect(['127.0.0.1:1', 'localhost', '[::1]'].map((host) => from({ host }))).toEqual([true, true, true]);
    expect(['blog.example', 'evil.example:1', '10.0.0.1'].map((host) => from({ host }))).toEqual([false, false, false]);
  });

  it.each([
    ["Node's fetch", (url: string) => fetch(url, { method: 'POST', body: '{}' }).then(({ status }) => status)],
    ['axios', (url: string) => axios.post(url, {}).then(({ status }) => status)],
  ])('may use %s', async (_, post) => {
    const server = createServer((req, res) => {
      res.statusCode = isProgramHere(req) ? 200 : 403;
      res.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      expect(await post(`http://localhost:${(server.address() as AddressInfo).port}`)).toBe(200);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it('may send what programs send', () => {
    const headers = {
      'user-agent': 'axios/1.7.2',
      accept: '*/*',
      'content-type': 'application/json',
      host: 'localhost',
    };
    const more = {
      authorization: 'Bearer x',
      'x-request-id': '1',
      traceparent: '00-1',
      'webhook-id': '1',
      te: 'trailers',
    };
    expect(from({ ...headers, ...more, 'idempotency-key': 'k', 'ce-source': 's', connection: 'close' })).toBe(true);
  });

  it.each([
    ...['forwarded', 'x-forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port'],
    ...['x-forwarded-server', 'x-original-forwarded-for', 'forwarded-for', 'via', 'x-via', 'x-real-ip', 'x-client-ip'],
    ...['client-ip', 'true-client-ip', 'cf-connecting-ip', 'cf-connecting-ipv6', 'cf-ray', 'cf-ipcountry', 'cdn-loop'],
    ...['fastly-client-ip', 'x-cluster-client-ip', 'x-remote-addr', 'x-remote-ip', 'x-originating-ip', 'x-host'],
    ...['x-envoy-external-address', 'x-azure-clientip', 'x-azure-socketip', 'x-appengine-user-ip', 'fly-client-ip'],
    ...['do-connecting-ip', 'x-amz-cf-id', 'wl-proxy-client-ip', 'proxy-client-ip', 'x-original-url', 'x-rewrite-url'],
    ...[
      'tailscale-user-login',
      'x-vercel-forwarded-for',
      'x-nf-client-connection-ip',
      'akamai-origin-hop',
      'x-real-port',
    ],
    ...['x-proxyuser-ip', 'x-sucuri-clientip', 'x-proxied-for'],
  ])('sends no %s, which proxies do', (name) => {
    expect(from({ host: 'localhost', [name]: '' })).toBe(false);
  });

  it.each(['origin', 'sec-fetch-site', 'sec-fetch-dest', 'sec-ch-ua', 'access-control-request-method'])(
    'sends no %s, which browsers do',
    (name) => {
      expect(from({ host: 'localhost', [name]: 'none' })).toBe(false);
    },
  );
});
