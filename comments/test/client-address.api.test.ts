import express from 'express';
import request from 'supertest';
import { addressHashOf, addressOf, isOfThisMachine, trustOwnProxies } from '../src/client-address';

const app = express();
trustOwnProxies(app);
app.get('/', (req, res) => void res.json({ address: addressOf(req), isLocal: isOfThisMachine(req) }));

async function seenWith(headers: Record<string, string>) {
  return (await request(app).get('/').set(headers)).body as { address: string; isLocal: boolean };
}

describe('The address of a request', () => {
  it.each([
    ['203.0.113.5', '203.0.113.5'],
    ['198.51.100.1, 203.0.113.5', '203.0.113.5'],
    ['203.0.113.5, 10.0.0.1, 172.16.0.1, 192.168.1.1, 169.254.0.1, 127.0.0.1, ::1, fc00::1', '203.0.113.5'],
    ['::ffff:203.0.113.5', '203.0.113.5'],
    ['10.0.0.1, 192.168.1.1', '10.0.0.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['junk', '127.0.0.1'],
    ['203.0.113.5, junk', '127.0.0.1'],
    ['', '127.0.0.1'],
    [',,', '127.0.0.1'],
  ])('with X-Forwarded-For: %s, is %s', async (forwarded, address) => {
    expect(await seenWith({ 'X-Forwarded-For': forwarded })).toEqual({ address, isLocal: false });
  });

  it('is the connection’s own where nothing was passed on', async () => {
    expect(await seenWith({})).toEqual({ address: '127.0.0.1', isLocal: true });
  });
});

describe('The hash of an address', () => {
  it('is the same each time, and another one for another address or installation', () => {
    const hash = addressHashOf('s1', '203.0.113.5');
    expect(hash).toMatch(/^[\w-]{22}$/);
    expect(addressHashOf('s1', '203.0.113.5')).toBe(hash);
    expect([addressHashOf('s1', '203.0.113.6'), addressHashOf('s2', '203.0.113.5')]).not.toContain(hash);
  });
});
