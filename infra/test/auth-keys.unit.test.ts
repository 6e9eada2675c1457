import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPrivateKey, readPublicKey } from '@blog/kit';
import { authKeys, newKeys, signingKey, withoutKeys } from '../laptop/auth-keys.cjs';
import { environmentOf, portsFrom, processes } from '../laptop/processes.cjs';

let dataDir: string;
beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), 'keys-')), 'data');
});
afterEach(() => rmSync(join(dataDir, '..'), { recursive: true, force: true }));

const keyFile = () => join(dataDir, 'auth-private-key');
const laptop = { hasClient: true };

describe('the keys of npm start', () => {
  it('are made in the data folder, for its owner alone, and stay', () => {
    const keys = authKeys(dataDir, {}, laptop);
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    expect(readPrivateKey(keys.AUTH_PRIVATE_KEY ?? '').publicKey).toEqual(readPublicKey(keys.AUTH_PUBLIC_KEYS));
    expect(authKeys(dataDir, {}, laptop)).toEqual(keys);
    expect(signingKey(dataDir, {})).toBe(keys.AUTH_PRIVATE_KEY);
  });

  it('are not made of the secret of an earlier version', () => {
    const keys = authKeys(dataDir, { AUTH_SECRET: 'a-secret-of-before' }, laptop);
    expect(JSON.stringify(keys)).not.toContain('a-secret-of-before');
  });

  it('are those of the settings, also in files, and then none is made', () => {
    const { privateKey, publicKey } = newKeys();
    const own = { AUTH_PRIVATE_KEY: privateKey, AUTH_PUBLIC_KEYS: publicKey };
    expect(authKeys(dataDir, { AUTH_PRIVATE_KEY: privateKey }, laptop)).toEqual(own);
    const file = join(dataDir, '..', 'key.pem');
    const pem = Buffer.from(privateKey, 'base64url').toString('base64');
    writeFileSync(file, `-----BEGIN PRIVATE KEY-----\n${pem}\n-----END PRIVATE KEY-----\n`);
    expect(authKeys(dataDir, { AUTH_PRIVATE_KEY_FILE: file }, laptop).AUTH_PUBLIC_KEYS).toBe(publicKey);
    expect(existsSync(keyFile())).toBe(false);
  });

  it('count beside those of before during a rotation', () => {
    const before = newKeys().publicKey;
    const { AUTH_PUBLIC_KEYS: keys } = authKeys(dataDir, { AUTH_PUBLIC_KEYS: before }, laptop);
    expect(keys.split(',')).toEqual([expect.any(String), before]);
  });

  it('are public alone where services run for a client elsewhere, and no command signs there', () => {
    const { publicKey } = newKeys();
    const env = { AUTH_PUBLIC_KEYS: publicKey };
    expect(authKeys(dataDir, env, { hasClient: false })).toEqual(env);
    expect(() => signingKey(dataDir, env)).toThrow('where the client runs');
    expect(existsSync(keyFile())).toBe(false);
  });

  it('are named when they can’t be read', () => {
    authKeys(dataDir, {}, laptop);
    writeFileSync(keyFile(), 'damaged');
    expect(() => authKeys(dataDir, {}, laptop)).toThrow('auth-private-key');
    expect(readFileSync(keyFile(), 'utf8')).toBe('damaged');
  });
});

describe('the environment of a process', () => {
  it('has the private key in the client alone, however it was given', () => {
    const env = { AUTH_PRIVATE_KEY: 'k', AUTH_PRIVATE_KEY_FILE: '/k', AUTH_PUBLIC_KEYS: 'p' };
    for (const { name } of processes) {
      const own = environmentOf(name, { ports: portsFrom({}), dataDir, env });
      expect(own['AUTH_PUBLIC_KEYS']).toBe('p');
      const isClient = name === 'client';
      expect({ name, has: 'AUTH_PRIVATE_KEY' in own || 'AUTH_PRIVATE_KEY_FILE' in own }).toEqual({
        name,
        has: isClient,
      });
    }
  });

  it('has none of what npm start reads to make it', () => {
    const env = {
      AUTH_SECRET: 'x',
      AUTH_SECRET_FILE: 'x',
      AUTH_PUBLIC_KEYS_FILE: 'x',
      AUTH_PRIVATE_KEY: 'x',
      PATH: 'p',
    };
    expect(withoutKeys(env)).toEqual({ PATH: 'p' });
  });
});
