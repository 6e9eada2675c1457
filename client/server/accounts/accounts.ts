import { randomBytes } from 'node:crypto';
import { Conflict, type Identity, InvalidInput, NotFound, type Role } from '@blog/kit';
import { type Account, type Content, openAccountsFile } from './accounts-file';
import type { Audit } from './audit';
import { hashPassword, isPassword } from './passwords';
import { addSession, findSession, hashOf, newGeneration, renew, shortId } from './session-list';

/** Somebody who has an account, as it is now. */
export interface Known extends Identity {
  /** What was handed out for another generation counts no more. */
  generation: string;
}

export type SignInWay = 'password' | 'link';

export interface Accounts {
  list(): Promise<Pick<Account, 'name' | 'roles' | 'createdAt'>[]>;
  /** Throws Conflict where the name is taken, InvalidInput where it is none or the password is too short. */
  add(account: { name: string; roles: readonly Role[]; password: string }): Promise<void>;
  /** These throw NotFound, and end whatever was handed out to the account: sessions, links, tokens. */
  setRoles(name: string, roles: readonly Role[]): Promise<void>;
  setPassword(name: string, password: string): Promise<void>;
  signOutEverywhere(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  /** Who it is, with the roles of now; undefined where the account is gone. */
  find(name: string): Promise<Known | undefined>;
  /** Undefined where name and password don't belong together; which of them was wrong can't be told from the time. */
  signIn(name: string, password: string): Promise<Known | undefined>;
  /** A code that signs somebody in once, within so many minutes. */
  createLink(name: string, minutes: number): Promise<string>;
  /** Uses a code up; undefined where it was used, is too old, or never was. */
  useLink(code: string): Promise<Known | undefined>;
  /** Begins a session; gives what the browser must show. Undefined where the account has changed since it was looked at. */
  startSession(known: Known, how: SignInWay): Promise<string | undefined>;
  /** Whose session it is, with the roles of now. */
  findSession(value: string): Promise<Known | undefined>;
  /** Ends one session, if it is one. */
  endSession(value: string): Promise<void>;
  /** Notes which key signs tokens from now on. */
  noteKey(keyId: string): Promise<void>;
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

const knownOf = ({ name, roles, generation }: Account): Known => ({ name, roles, generation });

function find({ accounts }: Content, name: string | undefined): Account | undefined {
  return accounts.find((account) => account.name === name);
}

/** Throws NotFound where there is no such account. */
function accountIn(content: Content, name: string): Account {
  const account = find(content, name);
  if (!account) throw new NotFound(`There is no account ${name}.`);
  return account;
}

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((one) => others.includes(one));

interface AccountsOptions {
  file: string;
  now: () => Date;
  audit: Audit;
  /** Who changes accounts through this, for the audit; the account itself unless it is said. */
  by?: string;
}

/** The accounts of those who write, moderate and operate, and their sessions. Readers need none. */
export function createAccounts({ file, now, audit, by }: AccountsOptions): Accounts {
  const { read, change } = openAccountsFile(file);
  const doer = (account: string) => ({ by: by ?? account, account });

  return {
    list: async () => (await read()).accounts.map(({ name, roles, createdAt }) => ({ name, roles, createdAt })),
    async add({ name, roles, password }) {
      checkName(name);
      checkPassword(password);
      const account: Account = {
        name,
        roles: [...roles],
        password: await hashPassword(password),
        createdAt: now().toISOString(),
        generation: newGeneration(),
      };
      await change((content) => {
        if (find(content, name)) throw new Conflict(`There is an account ${name} already.`);
        content.accounts.push(account);
      });
      await audit.add({ event: 'account-added', ...doer(name), roles: [...roles] });
    },
    async setRoles(name, roles) {
      const hasChanged = await change((content) => {
        const account = accountIn(content, name);
        if (isSame(account.roles, roles)) return false;
        account.roles = [...roles];
        renew(content, account);
        return true;
      });
      if (hasChanged) await audit.add({ event: 'roles-changed', ...doer(name), roles: [...roles] });
    },
    async setPassword(name, password) {
      checkPassword(password);
      const hash = await hashPassword(password);
      await change((content) => {
        const account = accountIn(content, name);
        account.password = hash;
        renew(content, account);
      });
      await audit.add({ event: 'password-changed', ...doer(name) });
    },
    async signOutEverywhere(name) {
      await change((content) => renew(content, accountIn(content, name)));
      await audit.add({ event: 'signed-out-everywhere', ...doer(name) });
    },
    async remove(name) {
      await change((content) => {
        const account = accountIn(content, name);
        renew(content, account);
        content.accounts = content.accounts.filter((one) => one !== account);
      });
      await audit.add({ event: 'account-removed', ...doer(name) });
    },
    async find(name) {
      const account = find(await read(), name);
      return account && knownOf(account);
    },
    async signIn(name, password) {
      const account = find(await read(), name);
      const isRight = await isPassword(password.slice(0, longestPassword + 1), account?.password);
      return account && isRight ? knownOf(account) : undefined;
    },
    async createLink(name, minutes) {
      const code = randomBytes(24).toString('base64url');
      const expiresAt = new Date(now().getTime() + minutes * 60_000).toISOString();
      await change((content) => {
        accountIn(content, name);
        content.links.push({ hash: hashOf(code), name, expiresAt });
      });
      await audit.add({ event: 'link-made', ...doer(name), minutes });
      return code;
    },
    useLink: (code) =>
      change((content) => {
        const isValid = ({ expiresAt }: { expiresAt: string }): boolean => Date.parse(expiresAt) > now().getTime();
        const link = content.links.find(({ hash }) => hash === hashOf(code));
        content.links = content.links.filter((one) => one !== link && isValid(one));
        const account = find(content, link?.name);
        return link && account && isValid(link) ? knownOf(account) : undefined;
      }),
    async startSession({ name, generation }, how) {
      const begun = await change((content) => {
        const account = find(content, name);
        return account?.generation === generation ? addSession(content, account, now()) : undefined;
      });
      if (!begun) return undefined;
      await audit.add({ event: 'signed-in', account: name, how, session: shortId(begun.id) });
      return begun.value;
    },
    async findSession(value) {
      const found = findSession(await read(), value, now());
      return found && knownOf(found.account);
    },
    async endSession(value) {
      if (!findSession(await read(), value, now())) return;
      const ended = await change((content) => {
        const found = findSession(content, value, now());
        content.sessions = content.sessions.filter(({ id }) => id !== found?.id);
        return found;
      });
      if (!ended) return;
      await audit.add({ event: 'signed-out', account: ended.account.name, session: shortId(ended.id) });
    },
    async noteKey(keyId) {
      if ((await read()).keyId === keyId) return;
      const isChange = await change((content) => {
        const isOther = content.keyId !== keyId;
        content.keyId = keyId;
        return isOther;
      });
      if (isChange) await audit.add({ event: 'key-changed', key: keyId });
    },
  };
}
