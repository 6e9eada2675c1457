import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InvalidInput, MeaningfulError, type PrivateKey, type Role, roles } from '@blog/kit';
import { type Accounts, createAccounts } from './accounts';
import { type Audit, createAudit, readAudit } from './audit';
import { describeEntry } from './audit-entry';
import { makeToken } from './make-token';
import { newPassword } from './passwords';
import { accountUsage } from './usage';

const linkMinutes = 15;
const defaultMinutes = 15;
const longestDays = 366;

function rolesIn(text: string | undefined): Role[] {
  const names = (text ?? '').split(',').filter(Boolean);
  const unknown = names.filter((name) => !(roles as readonly string[]).includes(name));
  if (text === undefined || unknown.length > 0)
    throw new Error(`--roles takes ${roles.join(', ')}, with commas between.`);
  return roles.filter((role) => names.includes(role));
}

interface Command {
  accounts: Accounts;
  audit: Audit;
  auditFile: string;
  name: string;
  roles: string | undefined;
  /** Read from standard input, or made up. */
  password: () => { text: string; isNew: boolean };
  publicUrl: string;
  key: PrivateKey | undefined;
  minutes: string | undefined;
  hours: string | undefined;
  json: boolean;
  say: (line: string) => void;
}

/** Seconds, by --minutes or --hours. */
function lifeOf({ minutes, hours }: Pick<Command, 'minutes' | 'hours'>): number {
  if (minutes !== undefined && hours !== undefined) throw new Error('Give --minutes or --hours, not both.');
  const given = hours === undefined ? Number(minutes ?? defaultMinutes) * 60 : Number(hours) * 3600;
  if (given >= 1 && given <= longestDays * 24 * 3600) return Math.round(given);
  throw new Error('--minutes and --hours take a number, up to a year of them.');
}

const signInLink = (publicUrl: string, code: string): string => `${publicUrl}/sign-in?code=${code}`;

const commands: Record<string, (command: Command) => Promise<void>> = {
  async list({ accounts, say }) {
    const all = await accounts.list();
    if (all.length === 0) return say('No accounts.');
    for (const account of all) say(`${account.name}: ${account.roles.join(', ') || 'no roles'}`);
  },
  async add({ accounts, name, roles: given, password, say }) {
    const wanted = rolesIn(given);
    const { text, isNew } = password();
    await accounts.add({ name, roles: wanted, password: text });
    say(isNew ? `${name} can sign in with the password ${text}` : `${name} can sign in.`);
  },
  async roles({ accounts, name, roles: given, say }) {
    await accounts.setRoles(name, rolesIn(given));
    say(`${name}: ${given ?? ''}`);
  },
  async password({ accounts, name, password, say }) {
    const { text, isNew } = password();
    await accounts.setPassword(name, text);
    say(isNew ? `${name} can sign in with the password ${text}` : `${name} has a new password.`);
  },
  async link({ accounts, name, publicUrl, say }) {
    say(
      `${signInLink(publicUrl, await accounts.createLink(name, linkMinutes))}\nIt works once, until a quarter of an hour from now.`,
    );
  },
  async 'sign-out'({ accounts, name, say }) {
    await accounts.signOutEverywhere(name);
    say(`${name} is signed out everywhere.`);
  },
  async audit({ auditFile, json, say }) {
    const { entries, damaged } = await readAudit(auditFile);
    for (const entry of entries) say(json ? JSON.stringify(entry) : describeEntry(entry));
    if (json) return;
    if (entries.length === 0) say('Nothing has been noted yet.');
    if (damaged > 0) say(`${damaged} damaged lines of ${auditFile} are left out.`);
  },
  /** For `npm run token`. */
  async token({ accounts, audit, key, name, roles: given, say, ...life }) {
    const wanted = rolesIn(given);
    if (wanted.length === 0) throw new Error('A token without any role proves nothing: name some with --roles.');
    if (!key) throw new Error('No AUTH_PRIVATE_KEY is set: nothing can sign a token.');
    const program = name === '' ? 'program' : name;
    say(
      await makeToken(
        { name: program, roles: wanted, seconds: lifeOf(life) },
        { accounts, audit, key, now: () => new Date() },
      ),
    );
  },
  async remove({ accounts, name, say }) {
    await accounts.remove(name);
    say(`${name} is gone.`);
  },
  /** For the first start: makes `admin` where there is nobody, and tells how to sign in. */
  async first({ accounts, publicUrl, say }) {
    if ((await accounts.list()).length > 0) return;
    const text = newPassword();
    await accounts.add({ name: 'admin', roles, password: text });
    const link = signInLink(publicUrl, await accounts.createLink('admin', 24 * 60));
    say(
      `There is an account now: name admin, password ${text}\nOr once by this link, within a day: ${link}\nThis is not shown again.`,
    );
  },
};

const nameless = ['list', 'first', 'audit', 'token'];
const needsName = (command: string): boolean => !nameless.includes(command);

function parse(args: readonly string[]) {
  const type = 'string';
  const options = {
    roles: { type },
    name: { type },
    minutes: { type },
    hours: { type },
    json: { type: 'boolean' },
    'password-stdin': { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new Error(accountUsage, { cause: error });
  }
}

export interface CommandOptions {
  dataDir: string;
  publicUrl: string;
  /** Signs tokens. */
  key?: PrivateKey | undefined;
  readPassword: () => string;
  say: (line: string) => void;
}

/** Runs one command; an Error that it throws is meant for people. */
export async function runAccountCommand(
  args: readonly string[],
  { dataDir, publicUrl, key, readPassword, say }: CommandOptions,
): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return say(accountUsage);
  const { values, positionals } = parse(args);
  const [command = '', name = values.name ?? ''] = positionals;
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!run || (needsName(command) && name === '')) throw new Error(accountUsage);
  const password = (): ReturnType<Command['password']> =>
    values['password-stdin'] ? { text: readPassword(), isNew: false } : { text: newPassword(), isNew: true };
  const now = (): Date => new Date();
  const auditFile = join(dataDir, 'audit.jsonl');
  const audit = createAudit({ file: auditFile, now });
  const accounts = createAccounts({ file: join(dataDir, 'accounts.json'), now, audit, by: 'command line' });
  const { roles, minutes, hours, json = false } = values;
  try {
    await run({ accounts, audit, auditFile, name, roles, password, publicUrl, key, minutes, hours, json, say });
  } catch (error) {
    if (!(error instanceof MeaningfulError)) throw error;
    const faults = error instanceof InvalidInput ? error.faults.map(({ path, message }) => `${path} ${message}`) : [];
    throw new Error([error.message, ...faults].join('\n'), { cause: error });
  }
}
