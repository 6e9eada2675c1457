import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { InvalidInput, MeaningfulError, type Role, roles } from '@blog/kit';
import { type Accounts, createAccounts } from './accounts';
import { newPassword } from './passwords';

export const accountUsage = `npm run account -- <command>

  list                                     who has an account, and which roles
  add <name> --roles author,moderator      makes one, and prints its password once
  roles <name> --roles author              gives it these roles and no others
  password <name>                          gives it a new password, and prints it once
  link <name>                              prints a link that signs in once, within a quarter of an hour
  remove <name>                            ends it; whoever is signed in with it is signed out

Roles: author (posts), moderator (comments), operator (the bus). With --password-stdin the password
is read from standard input instead of being made up.`;

const linkMinutes = 15;

function rolesIn(text: string | undefined): Role[] {
  const names = (text ?? '').split(',').filter(Boolean);
  const unknown = names.filter((name) => !(roles as readonly string[]).includes(name));
  if (text === undefined || unknown.length > 0)
    throw new Error(`--roles takes ${roles.join(', ')}, with commas between.`);
  return roles.filter((role) => names.includes(role));
}

interface Command {
  accounts: Accounts;
  name: string;
  roles: string | undefined;
  /** Read from standard input, or made up. */
  password: () => { text: string; isNew: boolean };
  publicUrl: string;
  say: (line: string) => void;
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

const needsName = (command: string): boolean => command !== 'list' && command !== 'first';

function parse(args: readonly string[]) {
  const options = { roles: { type: 'string' }, 'password-stdin': { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new Error(accountUsage, { cause: error });
  }
}

/** Runs one command; an Error that it throws is meant for people. */
export async function runAccountCommand(
  args: readonly string[],
  {
    dataDir,
    publicUrl,
    readPassword,
    say,
  }: { dataDir: string; publicUrl: string; readPassword: () => string; say: (line: string) => void },
): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return say(accountUsage);
  const { values, positionals } = parse(args);
  const [command = '', name = ''] = positionals;
  const run = Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (!run || (needsName(command) && name === '')) throw new Error(accountUsage);
  const password = (): ReturnType<Command['password']> =>
    values['password-stdin'] ? { text: readPassword(), isNew: false } : { text: newPassword(), isNew: true };
  const accounts = createAccounts({ file: join(dataDir, 'accounts.json'), now: () => new Date() });
  try {
    await run({ accounts, name, roles: values.roles, password, publicUrl, say });
  } catch (error) {
    if (!(error instanceof MeaningfulError)) throw error;
    const faults = error instanceof InvalidInput ? error.faults.map(({ path, message }) => `${path} ${message}`) : [];
    throw new Error([error.message, ...faults].join('\n'), { cause: error });
  }
}
