import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';

/** Verifies tokens, and can make none. */
export interface PublicKey {
  /** The key's thumbprint (RFC 7638): tokens name it, so that several keys can count at once. */
  id: string;
  jwk: { kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string; alg: 'EdDSA' };
}

/** Signs tokens. Who has it may be anybody. */
export interface PrivateKey {
  key: KeyObject;
  publicKey: PublicKey;
}

const hint = 'npm run -s keys prints a pair';

/**
 * Keys as base64 (or base64url) of their DER, with commas or spaces between them, or as PEM. A PEM of Ed25519 holds its whole
 * key in one line, so it is the same once its marks are gone.
 */
function keyTexts(text: string): string[] {
  return text
    .replace(/-----[^-]*-----/g, ' ')
    .split(/[\s,]+/)
    .filter(Boolean);
}

function publicKeyOf(key: KeyObject): PublicKey {
  const { x = '' } = key.export({ format: 'jwk' });
  // The members and their order are those of RFC 7638, 3.2.
  const id = createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
  return { id, jwk: { kty: 'OKP', crv: 'Ed25519', x, kid: id, alg: 'EdDSA' } };
}

function requireEd25519(key: KeyObject): KeyObject {
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`is ${key.asymmetricKeyType}`);
  return key;
}

/** Reads one public key. Throws where the text is none, as where it is a private one. */
export function readPublicKey(text: string): PublicKey {
  const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' });
  return publicKeyOf(requireEd25519(key));
}

/** Reads one private key, and knows its public one. Throws where the text is none. */
export function readPrivateKey(text: string): PrivateKey {
  const [only = '', ...others] = keyTexts(text);
  if (others.length > 0) throw new Error('There is more than one key.');
  const key = createPrivateKey({ key: Buffer.from(only, 'base64'), format: 'der', type: 'pkcs8' });
  return { key: requireEd25519(key), publicKey: publicKeyOf(createPublicKey(key)) };
}

/** Reads what a setting says; its message never quotes it, as it may be secret. */
function reading<T>(read: (text: string) => T, message: string) {
  return (text: string, context: z.core.$RefinementCtx<string>): T => {
    try {
      return read(text);
    } catch {
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
  };
}

/** The public keys by which tokens count: several during a rotation, none where it isn't set. */
export const publicKeysSetting = z
  .string()
  .transform(
    reading((text) => keyTexts(text).map(readPublicKey), `must be public Ed25519 keys with commas between (${hint})`),
  )
  .default([]);

/** The key that signs tokens; undefined where it isn't set. */
export const privateKeySetting = z
  .string()
  .transform(reading(readPrivateKey, `must be one private Ed25519 key (${hint})`))
  .optional();
