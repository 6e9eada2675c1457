import { type Audience, longestLife, type PrivateKey, type Role, signToken } from '@blog/kit';
import type { Accounts } from './accounts';
import type { Audit } from './audit';

export interface TokenWanted {
  name: string;
  roles: readonly Role[];
  seconds: number;
}

interface TokenTools {
  accounts: Pick<Accounts, 'find'>;
  audit: Audit;
  key: PrivateKey;
  now: () => Date;
}

/**
 * Makes a token for a program. The services take it where it lives no longer than a quarter of an hour. The client takes it
 * too; where `name` is an account it may live longer there, and counts until that account signs out everywhere, or changes.
 * Throws an Error that says what is wrong where nobody would take it.
 */
export async function makeToken(
  { name, roles, seconds }: TokenWanted,
  { accounts, audit, key, now }: TokenTools,
): Promise<string> {
  const account = await accounts.find(name);
  const missing = account ? roles.filter((role) => !account.roles.includes(role)) : [];
  if (missing.length > 0) throw new Error(`${name} hasn’t the role ${missing.join(', ')}.`);
  const isForServices = seconds <= longestLife.services;
  if (!account && !isForServices) {
    throw new Error(
      `There is no account ${name}: a token of nobody’s account lives ${longestLife.services / 60} minutes at most.`,
    );
  }
  const audience: Audience[] = isForServices ? ['services', 'client'] : ['client'];
  const tied = account ? { generation: account.generation } : {};
  const token = await signToken({ name, roles }, { key, seconds, now: now(), audience, ...tied });
  await audit.add({ event: 'token-made', by: 'command line', account: name, roles: [...roles], minutes: seconds / 60 });
  return token;
}
