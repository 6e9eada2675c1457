import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { root } from '../processes.cjs';
import { authSecret } from '../secrets.mjs';

/** A token for some hours, for a program that reads and writes everything of the blog. */
export async function transferToken(env) {
  if (env.TOKEN) return env.TOKEN;
  const { signToken } = createRequire(import.meta.url)('@blog/kit');
  const secret = authSecret(resolve(root, env.DATA_DIR ?? 'data'), env).split(/[\s,]+/)[0];
  const identity = { name: 'import and export', roles: ['author', 'moderator'] };
  return signToken(identity, { secret, seconds: 6 * 3600, now: new Date() });
}
