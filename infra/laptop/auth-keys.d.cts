import type { Environment } from './processes.cjs';

export function newKeys(): { privateKey: string; publicKey: string };
export function authKeys(
  dataDir: string,
  env: Environment,
  options: { hasClient: boolean },
): { AUTH_PRIVATE_KEY?: string; AUTH_PUBLIC_KEYS: string };
export function signingKey(dataDir: string, env: Environment): string;
export function withoutKeys(env: Environment): Environment;
