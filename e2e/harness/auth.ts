import { type Identity, readPrivateKey, signToken } from '@blog/kit';
import { newKeys } from '../../infra/laptop/auth-keys.cjs';

/** A pair of keys of this test run. */
const pair = newKeys();

/** Settings of a system in which roles can be proven. Only the client gets the private key, as environmentOf sees to. */
export const authEnvironment = { AUTH_PRIVATE_KEY: pair.privateKey, AUTH_PUBLIC_KEYS: pair.publicKey };

/** A token that client and services of such a system take for ten minutes, as `npm run token` gives one. */
export function tokenOf(identity: Identity): Promise<string> {
  const key = readPrivateKey(pair.privateKey);
  return signToken(identity, { key, seconds: 600, now: new Date(), audience: ['services', 'client'] });
}

/** The header that proves it. */
export async function bearerOf(identity: Identity): Promise<{ Authorization: string }> {
  return { Authorization: `Bearer ${await tokenOf(identity)}` };
}
