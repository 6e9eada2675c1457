import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileInUse, lockFile } from '@blog/kit/file-lock';
import Sqlite from '@blog/kit/sqlite';
import { openDatabase } from '../src/state';
import { useTestLife } from './test-life';

const life = useTestLife();

const lock = (use: 'alone' | 'shared', name = 'a.db') => {
  const close = lockFile(life.file(name), use);
  return life.closing({ close });
};

/** Another process that holds a lock. */
async function startHolder(use: 'alone' | 'shared'): Promise<ChildProcess> {
  const execArgv = ['--conditions=source', '-r', join(__dirname, 'register-typescript.cjs')];
  const holder = fork(join(__dirname, 'locking-process.ts'), [life.file('a.db'), use], { execArgv });
  life.closing({ close: () => holder.kill('SIGKILL') });
  await once(holder, 'message');
  return holder;
}

/** Runs `work` as a user who may do nothing that isn't allowed to all: root may write everywhere. */
function asNobody<T>(work: () => T): T {
  if (process.geteuid?.() !== 0) return work();
  process.seteuid?.(65_534);
  try {
    return work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('The lock of a database file', () => {
  it('excludes everybody else while it is held alone, also within one process, until it is let go of', () => {
    const held = lock('alone');
    expect(() => lock('alone')).toThrow(FileInUse);
    expect(() => lock('shared')).toThrow(FileInUse);
    lock('alone', 'b.db');
    held.close();
    held.close();
    lock('alone');
  });

  it('is shared among those who ask for that, and had alone only when the last of them is gone', () => {
    const [first, second] = [lock('shared'), lock('shared')];
    expect(() => lock('alone')).toThrow(FileInUse);
    first.close();
    expect(() => lock('alone')).toThrow(FileInUse);
    second.close();
    lock('alone');
  });

  it('names the file that is in use, and is told by its code', () => {
    lock('alone');
    const file = life.file('a.db');
    const error: unknown = expect.objectContaining({ code: 'FILE_IN_USE', file });
    expect(() => lock('alone')).toThrow(error as Error);
  });

  it('stays held where a try fails in the same process', async () => {
    lock('alone');
    expect(() => lock('alone')).toThrow(FileInUse);
    const file = JSON.stringify(life.file('a.db'));
    const other = join(__dirname, '../file-lock.cjs');
    const child = fork('-e', [`require(${JSON.stringify(other)}).lockFile(${file}, 'alone')`], { silent: true });
    expect(await once(child, 'close')).toEqual([1, null]);
  });

  it.each(['alone', 'shared'] as const)(
    'is freed by the kernel when a process that has it %s is killed',
    async (use) => {
      const holder = await startHolder(use);
      expect(() => lock('alone')).toThrow(FileInUse);
      holder.kill('SIGKILL');
      await once(holder, 'close');
      lock('alone');
    },
  );

  it('excludes a process that is stopped, as long as it lives', async () => {
    const holder = await startHolder('alone');
    holder.kill('SIGSTOP');
    expect(() => lock('alone')).toThrow(FileInUse);
  });

  it('is an empty file beside the database, which needs no room and no journal, and stays', () => {
    const held = lock('alone');
    const path = life.file('a.db.lock');
    expect(readdirSync(dirname(path))).toEqual(['a.db.lock']);
    expect(statSync(path).size).toBe(0);
    held.close();
    expect(readdirSync(dirname(path))).toEqual(['a.db.lock']);
  });

  it('keeps nobody from reading and writing the database itself, as a backup does', () => {
    lock('alone');
    const db = life.closing(new Sqlite(life.file('a.db')));
    db.exec('CREATE TABLE a (x); BEGIN IMMEDIATE; COMMIT');
    expect(existsSync(life.file('a.db'))).toBe(true);
  });

  it('counts for the file that is there now: one whose file was deleted keeps nobody out', () => {
    lock('alone');
    rmSync(life.file('a.db.lock'));
    lock('alone');
    expect(() => lock('alone')).toThrow(FileInUse);
  });

  it('is not had where its file may only be read: SQLite would call that locked, and it would exclude nobody', () => {
    const path = life.file('a.db.lock');
    writeFileSync(path, '');
    chmodSync(path, 0o444);
    chmodSync(dirname(path), 0o755);
    expect(() => asNobody(() => lock('alone'))).toThrow(/a\.db\.lock can't be had: attempt to write a readonly/);
    expect(readFileSync(path, 'utf8')).toBe('');
  });
});

describe('A database that is opened alone', () => {
  const open = () => openDatabase({ file: life.file('a.db'), use: 'alone', migrations: ['CREATE TABLE a (x INT)'] });

  it('is not opened by anybody else, before it is looked into, until it is closed', async () => {
    const { close } = open();
    expect(open).toThrow(FileInUse);
    await close();
    life.closing(open());
  });

  it('lets others have it where it could not be opened', () => {
    const broken = () => openDatabase({ file: life.file('a.db'), use: 'alone', migrations: ['CREATE NOTHING'] });
    expect(broken).toThrow('syntax error');
    life.closing(open());
  });
});
