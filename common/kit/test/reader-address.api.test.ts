import express from 'express';
import request from 'supertest';
import { forwardedFor, readConfig, readerAddress, readerNetwork, trustProxies } from '../src';
import { trustedProxiesSetting } from '../src/doors/settings';
import { z } from 'zod';

const schema = z.object({ TRUSTED_PROXIES: trustedProxiesSetting });
const proxiesIn = (setting?: string) => readConfig(schema, { TRUSTED_PROXIES: setting }).TRUSTED_PROXIES;

function appWith(setting?: string) {
  const app = express();
  trustProxies(app, proxiesIn(setting));
  app.get('/', (req, res) => {
    res.json({ address: readerAddress(req), network: readerNetwork(req), told: forwardedFor(req) });
  });
  return app;
}

async function seen(forwarded: string | undefined, setting?: string) {
  const headers = forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded };
  return (await request(appWith(setting)).get('/').set(headers)).body as Record<string, string>;
}

describe('The address of a reader', () => {
  it.each([
    [undefined, '127.0.0.1'],
    ['203.0.113.5', '203.0.113.5'],
    ['203.0.113.5:4711', '203.0.113.5'],
    ['[2001:db8::7]:4711', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['"[2001:DB8::7]:4711"', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['2001:db8::7%25eth0', '2001:db8::7'],
    ['::ffff:203.0.113.5', '203.0.113.5'],
    ['::ffff:cb00:7105', '203.0.113.5'],
    ['198.51.100.1, 203.0.113.5', '203.0.113.5'],
    ['198.51.100.1, 203.0.113.5:99, 10.0.0.1:80, [fc00::1]:80', '203.0.113.5'],
    ['unknown', '127.0.0.1'],
    ['_hidden, 203.0.113.5, 10.0.0.1', '203.0.113.5'],
    ['203.0.113.5, unknown, 10.0.0.1', '10.0.0.1'],
    ['203.0.113.5, 10.0.0.1, junk', '127.0.0.1'],
    ['999.1.1.1', '127.0.0.1'],
    ['203.0.113.5:x', '127.0.0.1'],
    [', ,', '127.0.0.1'],
    ['x'.repeat(7_000), '127.0.0.1'],
  ])('with X-Forwarded-For: %s, is %s', async (forwarded, address) => {
    expect((await seen(forwarded)).address).toBe(address);
  });

  it('is each reader’s own behind a CDN whose networks are trusted', async () => {
    const cdn = 'loopback, 198.51.100.0/24 2001:db8:cd::/48';
    for (const reader of ['203.0.113.5', '203.0.113.6', '2001:db8:1::9']) {
      expect((await seen(`6.6.6.6, ${reader}, 198.51.100.7`, cdn)).address).toBe(reader);
      expect((await seen(`${reader}, 2001:db8:cd::7, 198.51.100.7`, cdn)).address).toBe(reader);
    }
    expect((await seen('203.0.113.5, 198.51.100.7')).address).toBe('198.51.100.7');
    expect((await seen('203.0.113.5, 10.0.0.1', cdn)).address).toBe('10.0.0.1');
  });

  it.each([
    ['1', 'spoofed, 203.0.113.5', '203.0.113.5'],
    ['2', '6.6.6.6, 203.0.113.5, 198.51.100.7', '203.0.113.5'],
    ['2', '6.6.6.6, 203.0.113.5, 198.51.100.7:443', '203.0.113.5'],
    ['2', '203.0.113.5', '203.0.113.5'],
    ['1, 198.51.100.0/24', '6.6.6.6, 203.0.113.5, 198.51.100.7', '203.0.113.5'],
  ])('is found after %s hops in %s', async (setting, forwarded, address) => {
    expect((await seen(forwarded, setting)).address).toBe(address);
  });

  it('counts by its network where it is of IPv6', async () => {
    expect((await seen('2001:db8:1:2:3:4:5:6')).network).toBe('2001:db8:1:2::/64');
    expect((await seen('[2001:db8:1:2::9]:80')).network).toBe('2001:db8:1:2::/64');
    expect((await seen('203.0.113.5')).network).toBe('203.0.113.5');
  });
});

describe('What a process passes on of the way of a request', () => {
  it('is the reader and the hop before this process, and nothing that the reader made up', async () => {
    expect((await seen('6.6.6.6, 203.0.113.5')).told).toBe('203.0.113.5, 127.0.0.1');
    expect((await seen(undefined)).told).toBe('127.0.0.1');
    expect((await seen('junk')).told).toBe('127.0.0.1');
  });

  it.each([undefined, 'loopback, 198.51.100.0/24', '1', '2'])(
    'is read as the same reader by the next process, with TRUSTED_PROXIES=%s for both',
    async (setting) => {
      const cdn = setting === '2' || setting?.includes('/') ? ', 198.51.100.7' : '';
      const first = await seen(`6.6.6.6, 203.0.113.5${cdn}`, setting);
      expect(first.address).toBe('203.0.113.5');
      expect((await seen(first.told, setting)).address).toBe('203.0.113.5');
    },
  );
});

describe('TRUSTED_PROXIES', () => {
  it.each(['0', '100', '1.5', '-1', '10.0.0.0/33', 'cdn.example', '10.0.0.1:80', 'loop back'])(
    'refuses %s',
    (setting) => {
      expect(() => proxiesIn(setting)).toThrow(/TRUSTED_PROXIES: ".*" is not an address, a network/);
    },
  );

  it('takes addresses, networks, names of networks and hops', () => {
    expect(proxiesIn('loopback,10.0.0.0/8 2001:db8::/32, 203.0.113.7 3')).toHaveLength(5);
    expect(proxiesIn()).toEqual(['loopback', 'linklocal', 'uniquelocal']);
  });
});
