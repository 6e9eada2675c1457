import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAccountCommand } from '../server/accounts/command';
import { createAccounts } from '../server/accounts/accounts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accounts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const accounts = () =>
  createAccounts({
    file: join(folder, 'accounts.json'),
    now: () => new Date(),
    audit: { add: () => Promise.resolve() },
  });

async function account(args: string, given = ''): Promise<string> {
  const said: string[] = [];
  const options = {
    dataDir: folder,
    publicUrl: 'http://blog.example',
    readPassword: () => given,
    say: (line: string) => said.push(line),
  };
  await runAccountCommand([...args.split(' '), ...(given === '' ? [] : ['--password-stdin'])], options);
  return said.join('\n');
}

describe('npm run account', () => {
  it('makes accounts with a new password, or with one that is piped in', async () => {
    const password = /^ana can sign in with the password (\S+)$/.exec(await account('add ana --roles author'))?.[1];
    expect(await accounts().signIn('ana', password ?? '')).toMatchObject({ name: 'ana', roles: ['author'] });
    expect(await account('add ben --roles moderator,operator', 'correct horse')).toBe('ben can sign in.');
    expect(await accounts().signIn('ben', 'correct horse')).toMatchObject({ roles: ['moderator', 'operator'] });
    expect(await account('list')).toBe('ana: author\nben: moderator, operator');
  });

  it('changes and ends them', async () => {
    await account('add ana --roles author', 'correct horse');
    await account('roles ana --roles moderator');
    await account('password ana', 'another horse');
    expect(await accounts().signIn('ana', 'another horse')).toMatchObject({ name: 'ana', roles: ['moderator'] });
    const code = /code=(\S+)/.exec(await account('link ana'))?.[1] ?? '';
    expect(await accounts().useLink(code)).toMatchObject({ name: 'ana' });
    expect(await account('remove ana')).toBe('ana is gone.');
    expect(await account('list')).toBe('No accounts.');
  });

  it('makes admin at the first start, and only then', async () => {
    const said = await account('first');
    const [, password = '', link = ''] = /password (\S+)\n.*: (http\S+)/.exec(said) ?? [];
    expect(await accounts().signIn('admin', password)).toMatchObject({ roles: ['author', 'moderator', 'operator'] });
    expect(link).toMatch(/^http:\/\/blog\.example\/sign-in\?code=/);
    expect(await account('first')).toBe('');
  });

  it('tells how it is used, and does nothing else', async () => {
    expect(await account('add ana --roles author --help')).toContain('npm run account -- <command>');
    expect(await account('list')).toBe('No accounts.');
  });

  it.each([
    ['--lisp', 'npm run account --'],
    ['fly', 'npm run account --'],
    ['add', 'npm run account --'],
    ['add ana', '--roles takes author, moderator, operator'],
    ['add ana --roles king', '--roles takes author, moderator, operator'],
    ['remove ana', 'There is no account ana.'],
    ['__proto__', 'npm run account --'],
  ])('says what is wrong with "%s"', async (args, expected) => {
    await expect(account(args)).rejects.toThrow(expected);
  });

  it('names the field at fault', async () => {
    await expect(account('add ana --roles author', 'short')).rejects.toThrow('password must have 10 to 200 characters');
  });
});
