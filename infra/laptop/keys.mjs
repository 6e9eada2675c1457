// npm run -s keys: a new pair of keys for who is signed in, as settings (-s: and nothing else).
import { newKeys } from './auth-keys.cjs';

const { privateKey, publicKey } = newKeys();
console.log(`AUTH_PRIVATE_KEY=${privateKey}
AUTH_PUBLIC_KEYS=${publicKey}`);
