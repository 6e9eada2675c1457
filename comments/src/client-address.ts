import { createHmac } from 'node:crypto';

export {
  isProgramHere as isOfThisMachine,
  readerNetwork as addressOf,
  trustProxies as trustOwnProxies,
} from '@blog/kit';

const addressHashBytes = 16;

/** Tells addresses apart without telling them: nobody without the installation's secret can compare or guess them. */
export function addressHashOf(secret: string, address: string): string {
  const bytes = createHmac('sha256', secret).update(`address ${address}`).digest();
  return bytes.subarray(0, addressHashBytes).toString('base64url');
}
