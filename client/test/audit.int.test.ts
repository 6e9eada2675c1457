import { appendFile, chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Audited, createAudit, readAudit } from '../server/accounts/audit';
import { describeEntry } from '../server/accounts/audit-entry';
import { createFailedSignIns } from '../server/accounts/failed-sign-ins';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const noon = '2026-11-24T12:00:00.000Z';
const file = () => join(folder, 'data', 'audit.jsonl');
const open = () => createAudit({ file: file(), now: () => new Date(noon) });
const signedIn = (account: string): Audited => ({ event: 'signed-in', account, how: 'password' });
const accountsIn = async () => (await readAudit(file())).entries.map(({ account }) => account);

describe('the audit', () => {
  it('is one JSON object a line, in a file that only its owner reads', async () => {
    await open().add(signedIn('ana'));
    await chmod(file(), 0o644);
    await open().add({ event: 'post-deleted', by: 'ana', post: 'p1' });
    const lines = (await readFile(file(), 'utf8')).split('\n');
    expect(lines).toEqual([
      `{"time":"${noon}","event":"signed-in","account":"ana","how":"password"}`,
      `{"time":"${noon}","event":"post-deleted","by":"ana","post":"p1"}`,
      '',
    ]);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
  });

  it('is empty before anything was done', async () => {
    expect(await readAudit(file())).toEqual({ entries: [], damaged: 0 });
  });

  it.each(['{"time":"2026', '{', '\u0000\u0000\u0000', 'x'])(
    'goes on after a line that a crash has torn, and loses only that one: %j',
    async (torn) => {
      await open().add(signedIn('ana'));
      await appendFile(file(), torn);
      expect(await accountsIn()).toEqual(['ana']);
      await open().add(signedIn('ben'));
      await open().add(signedIn('cleo'));
      expect(await accountsIn()).toEqual(['ana', 'ben', 'cleo']);
      expect((await readAudit(file())).damaged).toBe(1);
    },
  );

  it('takes what is whole of a damaged file, whatever else is in it', async () => {
    await open().add(signedIn('ana'));
    const [good = ''] = (await readFile(file(), 'utf8')).split('\n');
    await writeFile(file(), `[]\n${good}\nnull\n{"event":"unheard-of","time":"${noon}"}\n${good.slice(3)}\n`);
    expect(await readAudit(file())).toMatchObject({ entries: [{ account: 'ana' }], damaged: 4 });
  });

  it('loses no entry of several that write at once', async () => {
    const [one, other] = [open(), open()];
    const names = Array.from({ length: 40 }, (_, n) => `user${n}`);
    await Promise.all(names.map((name, n) => (n % 2 === 0 ? one : other).add(signedIn(name))));
    expect((await accountsIn()).sort()).toEqual(names.sort());
  });

  it('keeps no entry longer than what it may tell, nor anything else that it was given', async () => {
    const long = 'x'.repeat(100_000);
    await open().add({ event: 'comment-deleted', by: 'ana', post: long, comment: long, text: long } as Audited);
    const text = await readFile(file(), 'utf8');
    expect(text.length).toBeLessThan(500);
    expect(text).not.toContain('"text"');
  });

  it('moves no cursor of who looks at it', async () => {
    await open().add({ event: 'post-deleted', by: 'ana', post: 'a\u001b[2J\nb\u202ec' });
    const [entry] = (await readAudit(file())).entries;
    expect(entry && describeEntry(entry)).toBe(`${noon}  post-deleted  by=ana  post=a?[2J?b?c`);
  });

  it('goes on after an entry that could not be written', async () => {
    const audit = open();
    await expect(audit.add({ event: 'no-such-event' } as unknown as Audited)).rejects.toThrow();
    await audit.add(signedIn('ana'));
    expect(await accountsIn()).toEqual(['ana']);
  });
});

describe('failures to sign in', () => {
  const start = () => {
    const entries: Audited[] = [];
    const audit = { add: (entry: Audited) => Promise.resolve(void entries.push(entry)) };
    const failed = createFailedSignIns({ audit, onError: (error) => process.emitWarning(String(error)) });
    return { entries, failed };
  };
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('take a few lines, however many they are, and none is left out of the number', async () => {
    const { entries, failed } = start();
    for (let n = 0; n < 10_000; n += 1) failed.add({ how: 'password', account: 'ana' });
    for (let n = 0; n < 10_000; n += 1) failed.add({ how: 'password' });
    failed.add({ how: 'link' });
    expect(entries).toHaveLength(3);
    await jest.advanceTimersByTimeAsync(10 * 60_000);
    expect(entries.slice(3)).toEqual([
      { event: 'sign-in-failed', how: 'password', account: 'ana', count: 9_999 },
      { event: 'sign-in-failed', how: 'password', count: 9_999 },
    ]);
  });

  it('that are refused take a few lines as well, one network’s apart from another’s, and name no address', async () => {
    const { entries, failed } = start();
    for (let n = 0; n < 10_000; n += 1) failed.add({ how: 'password', refusedNetwork: `203.0.113.${n % 2}` });
    expect(entries).toEqual(
      Array(2).fill({ event: 'sign-in-refused', how: 'password', network: expect.any(String), count: 1 }),
    );
    for (let n = 0; n < 10_000; n += 1) failed.add({ how: 'password', refusedNetwork: `2001:db8:${n}::/64` });
    expect(entries).toHaveLength(11);
    expect(entries.at(-1)).toEqual({ event: 'sign-in-refused', how: 'password', count: 1 });
    await jest.advanceTimersByTimeAsync(10 * 60_000);
    expect(entries.slice(11).map(({ count }) => count)).toEqual([4_999, 4_999, 9_991]);
    const networks = entries.map(({ network }) => network).filter((network) => network !== undefined);
    expect(new Set(networks).size).toBe(10);
    expect(JSON.stringify(entries)).not.toMatch(/203\.0|2001/);
  });

  it('are written at once again after a quiet time', async () => {
    const { entries, failed } = start();
    failed.add({ how: 'link' });
    await jest.advanceTimersByTimeAsync(10 * 60_000);
    failed.add({ how: 'link' });
    expect(entries.map(({ count }) => count)).toEqual([1, 1]);
  });

  it('are written down when the process ends', async () => {
    const { entries, failed } = start();
    for (let n = 0; n < 5; n += 1) failed.add({ how: 'link' });
    await failed.close();
    expect(entries.map(({ count }) => count)).toEqual([1, 4]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
