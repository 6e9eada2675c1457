import { Webhook } from 'standardwebhooks';
import { createSigner, createVerifier, Unauthorized } from '../src';

const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;
const other = `whsec_${Buffer.from('another one of that size').toString('base64')}`;
const now = new Date();
const body = Buffer.from('{"type":"Ünïcode","data":{}}');

describe('signatures', () => {
  it('are accepted by the standardwebhooks library', () => {
    const headers = createSigner([secret]).sign({ id: 'msg_1', body, now });
    expect(new Webhook(secret).verify(body.toString(), { ...headers })).toEqual({ type: 'Ünïcode', data: {} });
  });

  it('of the standardwebhooks library are accepted', () => {
    const headers = {
      'webhook-id': 'msg_2',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('msg_2', now, body.toString()),
    };
    expect(createVerifier([secret]).verify(headers, body, now)).toBe(0);
  });

  it('of the old and of the new secret count during a rotation', () => {
    const verifier = createVerifier([other, secret]);
    expect(verifier.verify({ ...createSigner([secret]).sign({ id: 'a', body, now }) }, body, now)).toBe(1);
    expect(verifier.verify({ ...createSigner([other, secret]).sign({ id: 'a', body, now }) }, body, now)).toBe(0);
  });

  it.each([
    ['the new secret', other],
    ['the old secret', secret],
  ])(
    'made during a rotation are accepted with %s alone, by the standardwebhooks library and by the kit',
    (_which, one) => {
      const headers = createSigner([other, secret]).sign({ id: 'msg_3', body, now });
      expect(new Webhook(one).verify(body.toString(), { ...headers })).toEqual({ type: 'Ünïcode', data: {} });
      expect(createVerifier([one]).verify({ ...headers }, body, now)).toBe(0);
    },
  );

  const headers = createSigner([secret]).sign({ id: 'a', body, now });
  it.each([
    ['other bytes', { ...headers }, Buffer.from('{"type":"X"}'), now],
    ['another id', { ...headers, 'webhook-id': 'b' }, body, now],
    ['another time', { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 1) }, body, now],
    ['a time that is no number', { ...headers, 'webhook-timestamp': 'soon' }, body, now],
    ['no signature', { 'webhook-id': 'a', 'webhook-timestamp': headers['webhook-timestamp'] }, body, now],
    [
      'a signature of another version',
      { ...headers, 'webhook-signature': headers['webhook-signature'].replace('v1', 'v9') },
      body,
      now,
    ],
    ['more than five minutes of age', { ...headers }, body, new Date(now.getTime() + 302_000)],
    ['a time too far ahead', { ...headers }, body, new Date(now.getTime() - 302_000)],
  ])('with %s are refused', (_what, wrong, bytes, at) => {
    expect(() => createVerifier([secret]).verify(wrong, bytes, at)).toThrow(Unauthorized);
  });

  it('of another secret are refused', () => {
    expect(() => createVerifier([other]).verify({ ...headers }, body, now)).toThrow(Unauthorized);
  });

  it('need a secret of some length', () => {
    expect(() => createSigner(['whsec_c2hvcnQ='])).toThrow('16 bytes');
  });
});
