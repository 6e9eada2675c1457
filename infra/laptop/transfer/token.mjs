import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { signingKey } from '../auth-keys.cjs';
import { root } from '../processes.cjs';

/**
 * A token for a program that reads and writes everything of the blog. It lives for minutes, as services take no other:
 * ask for a new one for each request.
 */
export async function transferToken(env) {
  if (env.TOKEN) return env.TOKEN;
  const { readPrivateKey, signToken } = createRequire(import.meta.url)('@blog/kit');
  const key = readPrivateKey(signingKey(resolve(root, env.DATA_DIR ?? 'data'), env));
  const identity = { name: 'import and export', roles: ['author', 'moderator'] };
  return signToken(identity, { key, seconds: 10 * 60, now: new Date() });
}
