import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const fileOf = (dataDir) => join(dataDir, 'auth-secret');

/**
 * What signs the tokens of those who are signed in: AUTH_SECRET, or else a secret of this data folder, which is made where
 * there is none. Whoever may read that file may be anybody.
 */
export function authSecret(dataDir, env) {
  if (env.AUTH_SECRET) return env.AUTH_SECRET;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(fileOf(dataDir), `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  return readFileSync(fileOf(dataDir), 'utf8').trim();
}
