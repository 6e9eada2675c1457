import { newKeys } from '../../../infra/laptop/auth-keys.cjs';
import { type Identity, type PrivateKey, readPrivateKey, signToken } from '../src/index';

/** A key of this test run. */
export const testKey: PrivateKey = readPrivateKey(newKeys().privateKey);

/** The public keys of services that believe {@link tokenOf}. */
export const testKeys = [testKey.publicKey];

/** A token that services take for a minute. */
export function tokenOf(identity: Identity, now: Date): Promise<string> {
  return signToken(identity, { key: testKey, seconds: 60, now });
}
