import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAccounts } from '../server/accounts/accounts';
import { newPassword } from '../server/accounts/passwords';

let folder: string;
let now = new Date('2026-11-24T12:00:00Z');
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accounts-'));
  now = new Date('2026-11-24T12:00:00Z');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = () => join(folder, 'accounts.json');
const audit = { add: () => Promise.resolve() };
const open = () => createAccounts({ file: file(), now: () => now, audit });
const ana = { name: 'ana', roles: ['author', 'moderator'] as const, password: 'correct horse' };
const identity = { name: 'ana', roles: ['author', 'moderator'], generation: expect.any(String) };

describe('accounts', () => {
  it('sign in with their password, after a restart too', async () => {
    await open().add(ana);
    expect(await open().signIn('ana', 'correct horse')).toEqual(identity);
    expect(await open().signIn('ana', 'correct horsf')).toBeUndefined();
    expect(await open().signIn('ben', 'correct horse')).toBeUndefined();
    expect(await open().signIn('ana', '')).toBeUndefined();
    expect(await open().signIn('__proto__', 'correct horse')).toBeUndefined();
  });

  it('are kept in a file that only its owner reads, without any password', async () => {
    await open().add(ana);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await readFile(file(), 'utf8')).not.toContain('correct horse');
  });

  it('take the same password however its characters are composed', async () => {
    await open().add({ ...ana, password: 'Crème brûlée' });
    expect(await open().signIn('ana', 'Crème brûlée'.normalize('NFD'))).toEqual(identity);
  });

  it('change at once for whoever has the file open', async () => {
    const [one, other] = [open(), open()];
    await one.add(ana);
    expect(await other.find('ana')).toEqual(identity);
    await one.setRoles('ana', ['operator']);
    await one.setPassword('ana', 'another password');
    expect(await other.find('ana')).toMatchObject({ name: 'ana', roles: ['operator'] });
    expect(await other.signIn('ana', 'correct horse')).toBeUndefined();
    await other.remove('ana');
    expect(await one.find('ana')).toBeUndefined();
  });

  it('lose no change when several are made at once', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `user${n}`);
    const [one, other] = [open(), open()];
    await Promise.all(names.map((name, n) => (n % 2 === 0 ? one : other).add({ ...ana, name })));
    expect((await open().list()).map(({ name }) => name).sort()).toEqual(names);
  });

  it.each([
    [{ ...ana, name: '' }, 'name'],
    [{ ...ana, name: 'a'.repeat(41) }, 'name'],
    [{ ...ana, name: 'a\nb' }, 'name'],
    [{ ...ana, name: ' ana' }, 'name'],
    [{ ...ana, password: 'short' }, 'password'],
    [{ ...ana, password: 'x'.repeat(201) }, 'password'],
  ])('refuse %j, naming the field', async (account, path) => {
    await expect(open().add(account)).rejects.toMatchObject({ faults: [{ path }] });
    expect(await open().list()).toEqual([]);
  });

  it('have a name of their own', async () => {
    await open().add(ana);
    await expect(open().add({ ...ana, password: 'another password' })).rejects.toThrow('already');
    await expect(open().remove('ben')).rejects.toThrow('no account ben');
    await expect(open().setRoles('ben', [])).rejects.toThrow('no account ben');
  });

  it('are not lost when the file is damaged: it is named, and left as it is', async () => {
    await writeFile(file(), '{"accounts": [');
    await expect(open().signIn('ana', 'correct horse')).rejects.toThrow(file());
    await expect(open().add(ana)).rejects.toThrow(file());
    expect(await readFile(file(), 'utf8')).toBe('{"accounts": [');
  });
});

describe('a link to sign in', () => {
  it('works once', async () => {
    await open().add(ana);
    const code = await open().createLink('ana', 10);
    expect(await open().useLink('another')).toBeUndefined();
    expect(await open().useLink(code)).toEqual(identity);
    expect(await open().useLink(code)).toBeUndefined();
  });

  it('counts once among replicas that share the file and get it at the same time', async () => {
    await open().add(ana);
    const codes = await Promise.all(Array.from({ length: 5 }, () => open().createLink('ana', 10)));
    const replicas = [open(), open(), open()];
    const uses = await Promise.all(codes.map((code) => Promise.all(replicas.map((each) => each.useLink(code)))));
    for (const answers of uses) expect(answers.filter((answer) => answer !== undefined)).toEqual([identity]);
  });

  it('ends after its time, and with its account', async () => {
    await open().add(ana);
    const late = await open().createLink('ana', 10);
    now = new Date(now.getTime() + 10 * 60_000);
    expect(await open().useLink(late)).toBeUndefined();
    const orphan = await open().createLink('ana', 10);
    await open().remove('ana');
    expect(await open().useLink(orphan)).toBeUndefined();
    await expect(open().createLink('ana', 10)).rejects.toThrow('no account ana');
  });
});

it('a new password is long, and never the same', () => {
  const passwords = new Set(Array.from({ length: 100 }, newPassword));
  expect(passwords.size).toBe(100);
  for (const password of passwords) expect(password).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
});
