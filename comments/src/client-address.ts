import { createHmac } from 'node:crypto';

export {
  isProgramHere as isOfThisMachine,
  readerNetwork as addressOf,
  trustProxies as trustOwnProxies,
} from '@blog/kit';

const addressHashBytes = 16;

/** Tells addresses apart without telling them: nobody without the key can compare or guess them, and the key ends. */
export function addressHashOf(key: string, address: string): string {
  const bytes = createHmac('sha256', key).update(`address ${address}`).digest();
  return bytes.subarray(0, addressHashBytes).toString('base64url');
}
