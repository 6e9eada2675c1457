import { createHmac, timingSafeEqual } from 'node:crypto';
import { Unauthorized } from './errors';

/** The headers of a message that is signed as Standard Webhooks says. */
export interface SignatureHeaders {
  'webhook-id': string;
  /** Seconds since the epoch. */
  'webhook-timestamp': string;
  /** `v1,<base64>`; several, separated by spaces, during a rotation. */
  'webhook-signature': string;
}

export interface Signer {
  /** Signs the bytes that are sent. A repeated attempt needs a new signature: its time counts. */
  sign(message: { id: string; body: string | Buffer; now: Date }): SignatureHeaders;
}

export interface Verifier {
  /**
   * Throws {@link Unauthorized} unless one of the secrets has signed exactly these bytes within the last five minutes
   * (or the next, by the other machine's clock). Gives the place of that secret in the list.
   */
  verify(headers: Record<string, string | string[] | undefined>, body: Buffer, now: Date): number;
}

const toleranceSeconds = 5 * 60;
const prefix = 'whsec_';

/** The key in a secret: base64 after `whsec_`, or the text itself. Throws where it is too short to be one. */
function keyOf(secret: string): Buffer {
  const key = secret.startsWith(prefix) ? Buffer.from(secret.slice(prefix.length), 'base64') : Buffer.from(secret);
  if (key.length < 16) throw new Error('a signing secret must hold at least 16 bytes');
  return key;
}

function digest(key: Buffer, id: string, timestamp: string, body: string | Buffer): Buffer {
  return createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
}

/**
 * Signs with each of the secrets, the first one's signature first. During a rotation each receiver can so change over to
 * the new secret when it likes: whichever it has, one of the signatures fits.
 */
export function createSigner(secrets: readonly [string, ...string[]]): Signer {
  const keys = secrets.map(keyOf);
  return {
    sign({ id, body, now }) {
      const timestamp = String(Math.floor(now.getTime() / 1000));
      const signatures = keys.map((key) => `v1,${digest(key, id, timestamp, body).toString('base64')}`);
      return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
    },
  };
}

/** Accepts what any of the secrets has signed: during a rotation, the old and the new one. */
export function createVerifier(secrets: readonly string[]): Verifier {
  const keys = secrets.map(keyOf);
  return {
    verify(headers, body, now) {
      const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(
        (name) => headers[name],
      );
      if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') {
        throw new Unauthorized(
          'The message is not signed: webhook-id, webhook-timestamp or webhook-signature is missing.',
        );
      }
      const age = now.getTime() / 1000 - Number(timestamp);
      if (!(Math.abs(age) <= toleranceSeconds)) {
        throw new Unauthorized('The signature is older or newer than five minutes.');
      }
      const given = signatures
        .split(' ')
        .filter((signature) => signature.startsWith('v1,'))
        .map((signature) => Buffer.from(signature.slice('v1,'.length), 'base64'));
      const place = keys.findIndex((key) => {
        const expected = digest(key, id, timestamp, body);
        return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
      });
      if (place === -1) throw new Unauthorized('The signature does not fit the message.');
      return place;
    },
  };
}
