import { join } from 'node:path';
import { type Logger, warnOfOldSecret } from '@blog/kit';
import { type Accounts, createAccounts } from './accounts/accounts';
import { type Audit, createAudit } from './accounts/audit';
import { createFailedSignIns, type FailedSignIns } from './accounts/failed-sign-ins';
import type { AppDeps } from './app';
import type { Settings } from './settings';

type AccessSettings = Pick<Settings, 'DATA_DIR' | 'AUTH_PRIVATE_KEY' | 'AUTH_PUBLIC_KEYS' | 'AUTH_SECRET'>;

export interface Access extends Pick<AppDeps, 'accounts' | 'audit' | 'failedSignIns' | 'key' | 'publicKeys'> {
  accounts: Accounts;
  audit: Audit;
  failedSignIns: FailedSignIns;
}

/** Who may do what, as the settings and the data folder have it. The audit tells if the key is another than last time. */
export async function openAccess(
  settings: AccessSettings,
  { now, logger }: { now: () => Date; logger: Logger },
): Promise<Access> {
  const { DATA_DIR: folder, AUTH_PRIVATE_KEY: key, AUTH_PUBLIC_KEYS: publicKeys } = settings;
  warnOfOldSecret(settings, { hasKeys: key !== undefined, setting: 'AUTH_PRIVATE_KEY', logger });
  const audit = createAudit({ file: join(folder, 'audit.jsonl'), now });
  const accounts = createAccounts({ file: join(folder, 'accounts.json'), now, audit });
  const onError = (error: unknown): void => logger.error({ err: error }, 'failed sign-ins are not in the audit');
  const failedSignIns = createFailedSignIns({ audit, onError });
  if (key) await accounts.noteKey(key.publicKey.id);
  return { accounts, audit, failedSignIns, key, publicKeys };
}
