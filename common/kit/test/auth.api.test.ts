import { createSecretKey } from 'node:crypto';
import { SignJWT } from 'jose';
import request from 'supertest';
import { newKeys } from '../../../infra/laptop/auth-keys.cjs';
import {
  type Auth,
  authOf,
  authSettings,
  createAuth,
  createMetrics,
  createServiceApp,
  createTokenVerifier,
  finishApp,
  longestLife,
  type Logger,
  type PrivateKey,
  readConfig,
  readPrivateKey,
  signToken,
  silentLogger,
} from '../src/index';
import { z } from 'zod';

const key = readPrivateKey(newKeys().privateKey);
const older = readPrivateKey(newKeys().privateKey);
const foreign = readPrivateKey(newKeys().privateKey);
const noon = new Date('2026-11-24T12:00:00Z');
const atNoon = noon.getTime() / 1000;
const ana = { name: 'ana', roles: ['author', 'moderator'] as const };

function appWith(auth: Auth) {
  const app = createServiceApp({ logger: silentLogger, metrics: createMetrics('test'), isReady: () => true });
  app.post('/write', auth.requireRole('author', 'operator'), (_req, res) => void res.json({ done: true }));
  app.post('/operate', auth.requireRole('operator'), (_req, res) => void res.json({ done: true }));
  return finishApp(app, silentLogger);
}

const authAt = (now: Date, keys = [key, older]) =>
  createAuth({ keys: keys.map(({ publicKey }) => publicKey), now: () => now });
const token = (given: Partial<Parameters<typeof signToken>[1]> = {}) =>
  signToken(ana, { key, seconds: 60, now: noon, ...given });

async function statusOf(path: string, authorization?: string, auth = authAt(noon)): Promise<number> {
  const sent = request(appWith(auth)).post(path);
  return (await (authorization === undefined ? sent : sent.set('Authorization', authorization))).status;
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const usual = { sub: 'eve', iss: 'blog', aud: 'blog-services', roles: ['author'], iat: atNoon, exp: atNoon + 60 };

/** Signs what our own function would not. */
function forge(changed: Record<string, unknown> = {}, signer: PrivateKey = key, header: object = {}): Promise<string> {
  return new SignJWT({ ...usual, ...changed })
    .setProtectedHeader({ alg: 'EdDSA', kid: signer.publicKey.id, ...header })
    .sign(signer.key);
}

describe('a role', () => {
  it('is proven by a token that names it', async () => {
    const bearer = `Bearer ${await token()}`;
    expect(await statusOf('/write', bearer)).toBe(200);
    expect(await statusOf('/operate', bearer)).toBe(403);
    expect(await authAt(noon).verify(await token())).toEqual(ana);
  });

  it('is nobody’s without a token', async () => {
    for (const authorization of [undefined, 'Basic YTpi', 'Bearer', '']) {
      expect(await statusOf('/write', authorization)).toBe(401);
    }
  });

  it('lasts as long as its token', async () => {
    const bearer = `Bearer ${await token()}`;
    expect(await statusOf('/write', bearer, authAt(new Date(noon.getTime() + 59_000)))).toBe(200);
    expect(await statusOf('/write', bearer, authAt(new Date(noon.getTime() + 61_000)))).toBe(401);
  });

  it('may be signed by the key from before, until that one is gone', async () => {
    const bearer = `Bearer ${await token({ key: older })}`;
    expect(await statusOf('/write', bearer)).toBe(200);
    expect(await statusOf('/write', bearer, authAt(noon, [key]))).toBe(401);
  });

  it('counts the same where a key is named twice', async () => {
    expect(await statusOf('/write', `Bearer ${await token()}`, authAt(noon, [key, older, key]))).toBe(200);
  });

  it('can’t be given by who only verifies: the public key signs nothing', async () => {
    // The classic confusion: the public key as the secret of an HMAC.
    for (const secret of [key.publicKey.jwk.x, newKeys().publicKey, JSON.stringify(key.publicKey.jwk)]) {
      const jwt = new SignJWT(usual).setProtectedHeader({ alg: 'HS256', kid: key.publicKey.id });
      const forged = await jwt.sign(createSecretKey(Buffer.from(secret)));
      expect(await statusOf('/write', `Bearer ${forged}`)).toBe(401);
    }
  });

  it('is not proven by a token without an end, with a life longer than the longest, or from the future', async () => {
    expect(await statusOf('/write', `Bearer ${await forge()}`)).toBe(200);
    const longest = longestLife.services;
    expect(await statusOf('/write', `Bearer ${await forge({ exp: atNoon + longest })}`)).toBe(200);
    for (const changed of [
      { exp: undefined },
      { iat: undefined },
      { sub: undefined },
      { exp: atNoon + longest + 1 },
      { iat: atNoon - 24 * 3600 },
      { iat: atNoon + 3600, exp: atNoon + 3660 },
      { exp: 'never' },
    ]) {
      const status = await statusOf('/write', `Bearer ${await forge(changed)}`);
      expect({ changed, status }).toEqual({ changed, status: 401 });
    }
  });

  it('is not proven by what somebody else signed, or signed for others', async () => {
    const none = `${encode({ alg: 'none' })}.${encode(usual)}.`;
    const forged = [
      await forge({}, foreign),
      await forge({}, foreign, { kid: key.publicKey.id }),
      await forge({}, key, { kid: 'another' }),
      await forge({}, foreign, { jwk: foreign.publicKey.jwk }),
      await forge({ aud: 'others' }),
      await forge({ aud: 'blog-client' }),
      await forge({ iss: 'others' }),
      none,
      'nonsense',
    ];
    for (const each of forged) expect(await statusOf('/write', `Bearer ${each}`)).toBe(401);
    expect(await statusOf('/write', `Bearer ${await forge({ roles: ['king'] })}`)).toBe(403);
    expect(await statusOf('/write', `Bearer ${await forge({ roles: 'author' })}`)).toBe(403);
  });

  it('can be nobody’s where no key is set, and the answer says so', async () => {
    const auth = authAt(noon, []);
    const { status, body } = await request(appWith(auth))
      .post('/write')
      .set('Authorization', `Bearer ${await token()}`);
    expect(status).toBe(403);
    expect(body.detail).toContain('AUTH_PUBLIC_KEYS');
    expect(body.detail).toContain('npm run -s k8s:secrets | kubectl apply -f -');
    expect(auth.hasKeys).toBe(false);
  });
});

describe('a token for the client', () => {
  const verifier = createTokenVerifier({ keys: [key.publicKey], audience: 'client', now: () => noon });

  it('may live longer, says the generation of its account, and is nothing to a service', async () => {
    const long = await token({ audience: ['client'], seconds: 30 * 24 * 3600, generation: 'g1' });
    expect(await verifier(long)).toEqual({ ...ana, generation: 'g1' });
    expect(await statusOf('/write', `Bearer ${long}`)).toBe(401);
  });

  it('has an end, too', async () => {
    const tooLong = await token({ audience: ['client'], seconds: longestLife.client + 1 });
    await expect(verifier(tooLong)).rejects.toThrow('not valid');
    await expect(verifier(await forge({ aud: 'blog-client', exp: undefined }))).rejects.toThrow('not valid');
  });
});

describe('the settings', () => {
  const schema = z.object(authSettings);
  const read = (AUTH_PUBLIC_KEYS: string) => readConfig(schema, { AUTH_PUBLIC_KEYS }).AUTH_PUBLIC_KEYS;

  it('take one public key or several, also as PEM', () => {
    const [one, two] = [newKeys().publicKey, newKeys().publicKey];
    const pem = `-----BEGIN PUBLIC KEY-----\n${Buffer.from(two, 'base64url').toString('base64')}\n-----END PUBLIC KEY-----\n`;
    expect(read(`${one}, ${two}`)).toHaveLength(2);
    expect(read(`${one}\n${pem}`)).toEqual(read(`${one} ${two}`));
  });

  it('refuse what is no public key, without repeating it', () => {
    const { privateKey } = newKeys();
    for (const text of [privateKey, 'a-secret-of-before-it', `${newKeys().publicKey},x`]) {
      expect(() => read(text)).toThrow(/^AUTH_PUBLIC_KEYS: must be public Ed25519 keys[^:]*$/);
      expect(() => read(text)).not.toThrow(text);
    }
    expect(() => readPrivateKey(newKeys().publicKey)).toThrow();
  });

  it('of an earlier version are told what to do, in one line', () => {
    const lines: string[] = [];
    const logger = { warn: (line: string) => void lines.push(line) } as unknown as Logger;
    const now = (): Date => noon;
    const old = readConfig(schema, { AUTH_SECRET: 'a-secret-of-before' });
    expect(authOf(old, { now, logger }).hasKeys).toBe(false);
    expect(lines).toEqual([expect.stringMatching(/^AUTH_SECRET does nothing .*AUTH_PUBLIC_KEYS.*npm run -s keys/)]);
    expect(lines[0]).not.toContain('a-secret-of-before');
    authOf(readConfig(schema, { AUTH_PUBLIC_KEYS: newKeys().publicKey, AUTH_SECRET: 'x' }), { now, logger });
    authOf(readConfig(schema, {}), { now, logger });
    expect(lines).toHaveLength(1);
  });
});
