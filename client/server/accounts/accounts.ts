import { createHash, randomBytes } from 'node:crypto';
import { Conflict, type Identity, InvalidInput, NotFound, type Role } from '@blog/kit';
import { type Account, openAccountsFile } from './accounts-file';
import { hashPassword, isPassword } from './passwords';

export interface Accounts {
  list(): Promise<Pick<Account, 'name' | 'roles' | 'createdAt'>[]>;
  /** Throws Conflict where the name is taken, InvalidInput where it is none or the password is too short. */
  add(account: { name: string; roles: readonly Role[]; password: string }): Promise<void>;
  /** These throw NotFound. */
  setRoles(name: string, roles: readonly Role[]): Promise<void>;
  setPassword(name: string, password: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Who it is, with the roles of now; undefined where the account is gone. */
  find(name: string): Promise<Identity | undefined>;
  /** Undefined where name and password don't belong together; which of them was wrong can't be told from the time. */
  signIn(name: string, password: string): Promise<Identity | undefined>;
  /** A code that signs somebody in once, within so many minutes. */
  createLink(name: string, minutes: number): Promise<string>;
  /** Uses a code up; undefined where it was used, is too old, or never was. */
  useLink(code: string): Promise<Identity | undefined>;
}

const wellFormedName = /^[\p{Letter}\p{Number}](?:[\p{Letter}\p{Number} ._-]{0,38}[\p{Letter}\p{Number}])?$/u;
const shortestPassword = 10;
const longestPassword = 200;

function checkName(name: string): void {
  if (!wellFormedName.test(name)) {
    const message = 'must be 1 to 40 letters and digits, with spaces, dots, dashes or underscores between them';
    throw new InvalidInput([{ path: 'name', message }]);
  }
}

function checkPassword(password: string): void {
  if (password.length >= shortestPassword && password.length <= longestPassword) return;
  const message = `must have ${shortestPassword} to ${longestPassword} characters`;
  throw new InvalidInput([{ path: 'password', message }]);
}

const hashOf = (code: string): string => createHash('sha256').update(code).digest('base64url');
const identityOf = ({ name, roles }: Pick<Account, 'name' | 'roles'>): Identity => ({ name, roles });

/** The accounts of those who write, moderate and operate. Readers need none. */
export function createAccounts({ file, now }: { file: string; now: () => Date }): Accounts {
  const { read, change } = openAccountsFile(file);

  async function accountOf(name: string): Promise<Account | undefined> {
    return (await read()).accounts.find((account) => account.name === name);
  }

  /** Changes one account. */
  const amend = (name: string, changes: Partial<Account>): Promise<void> =>
    change(({ accounts }) => {
      const account = accounts.find((one) => one.name === name);
      if (!account) throw new NotFound(`There is no account ${name}.`);
      Object.assign(account, changes);
    });

  return {
    list: async () => (await read()).accounts.map(({ name, roles, createdAt }) => ({ name, roles, createdAt })),
    async add({ name, roles, password }) {
      checkName(name);
      checkPassword(password);
      const account = {
        name,
        roles: [...roles],
        password: await hashPassword(password),
        createdAt: now().toISOString(),
      };
      await change(({ accounts }) => {
        if (accounts.some((one) => one.name === name)) throw new Conflict(`There is an account ${name} already.`);
        accounts.push(account);
      });
    },
    setRoles: (name, roles) => amend(name, { roles: [...roles] }),
    async setPassword(name, password) {
      checkPassword(password);
      await amend(name, { password: await hashPassword(password) });
    },
    remove: (name) =>
      change((content) => {
        const rest = content.accounts.filter((account) => account.name !== name);
        if (rest.length === content.accounts.length) throw new NotFound(`There is no account ${name}.`);
        content.accounts = rest;
        content.links = content.links.filter((link) => link.name !== name);
      }),
    async find(name) {
      const account = await accountOf(name);
      return account && identityOf(account);
    },
    async signIn(name, password) {
      const account = await accountOf(name);
      const isRight = await isPassword(password.slice(0, longestPassword + 1), account?.password);
      return account && isRight ? identityOf(account) : undefined;
    },
    async createLink(name, minutes) {
      const code = randomBytes(24).toString('base64url');
      const expiresAt = new Date(now().getTime() + minutes * 60_000).toISOString();
      await change(({ accounts, links }) => {
        if (!accounts.some((account) => account.name === name)) throw new NotFound(`There is no account ${name}.`);
        links.push({ hash: hashOf(code), name, expiresAt });
      });
      return code;
    },
    useLink: (code) =>
      change((content) => {
        const isValid = ({ expiresAt }: { expiresAt: string }): boolean => Date.parse(expiresAt) > now().getTime();
        const link = content.links.find(({ hash }) => hash === hashOf(code));
        content.links = content.links.filter((one) => one !== link && isValid(one));
        const account = content.accounts.find(({ name }) => name === link?.name);
        return link && account && isValid(link) ? identityOf(account) : undefined;
      }),
  };
}
