import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Sqlite from '@blog/kit/sqlite';
import { sql } from 'kysely';
import { Unavailable } from '../src';
import { openDatabase } from '../src/state';
import { runTogether } from './processes';
import { useTestLife } from './test-life';
import { openThings } from './thing-database';

const life = useTestLife();
const open = (name = 'things.db') => life.closing(openThings(life.file(name)));

describe('A database', () => {
  it('syncs every commit, on the first open and on every later one', async () => {
    for (let opened = 0; opened < 3; opened += 1) {
      const { db, close } = openThings(life.file('things.db'));
      const { rows } = await sql<{ synchronous: number }>`pragma synchronous`.execute(db);
      expect(rows).toEqual([{ synchronous: 2 }]);
      await close();
    }
  });

  it('is made with its folder where it is missing', async () => {
    const { db } = open('some/where/things.db');
    expect(await db.selectFrom('things').selectAll().execute()).toEqual([]);
    // Nobody else on the machine may look into it.
    expect(statSync(dirname(life.file('some/where/things.db'))).mode & 0o777).toBe(0o700);
  });

  it('tells whether it is open', async () => {
    const { isOpen, close } = openThings(life.file('things.db'));
    expect(isOpen()).toBe(true);
    await close();
    expect(isOpen()).toBe(false);
  });

  it('throws where it can not be opened', () => {
    expect(() => openThings('/dev/null/things.db')).toThrow();
  });
});

describe('A schema', () => {
  const first = 'CREATE TABLE a (x INTEGER) STRICT';
  const second = 'ALTER TABLE a ADD COLUMN y INTEGER';

  it('is brought up to date from where it is, once', async () => {
    const file = life.file('a.db');
    await openDatabase<{ a: { x: number } }>({ file, use: 'alone', migrations: [first] }).close();
    const { db, close } = openDatabase<{ a: { x: number; y: number } }>({
      file,
      use: 'alone',
      migrations: [first, second],
    });
    await db.insertInto('a').values({ x: 1, y: 2 }).execute();
    await close();
    const again = life.closing(
      openDatabase<{ a: { x: number; y: number } }>({ file, use: 'alone', migrations: [first, second] }),
    );
    expect(await again.db.selectFrom('a').selectAll().execute()).toEqual([{ x: 1, y: 2 }]);
  });

  it('is left as it was where a migration fails', async () => {
    const file = life.file('a.db');
    const broken = `${second}; CREATE TABLE a (x INTEGER)`;
    expect(() => openDatabase({ file, use: 'alone', migrations: [first, broken] })).toThrow('already exists');
    const { db } = life.closing(
      openDatabase<{ a: { x: number; y: number } }>({ file, use: 'alone', migrations: [first, second] }),
    );
    expect(await db.selectFrom('a').selectAll().execute()).toEqual([]);
  });

  it('newer than the program is refused, and the file is let go', async () => {
    const file = life.file('a.db');
    await openDatabase({ file, use: 'alone', migrations: [first, second] }).close();
    expect(() => openDatabase({ file, use: 'alone', migrations: [first] })).toThrow(
      'at version 2, this program knows 1',
    );
    const alone = life.closing(new Sqlite(file));
    // Leaving WAL needs the file for oneself: it fails where the refused open is still held.
    expect(alone.pragma('journal_mode = DELETE', { simple: true })).toBe('delete');
  });
});

describe('A transaction', () => {
  it('is rolled back as a whole where its work fails', async () => {
    const { db, transaction } = open();
    const work = transaction(async (tx) => {
      await tx.insertInto('things').values({ id: 'a' }).execute();
      throw new Error('half way');
    });
    await expect(work).rejects.toThrow('half way');
    expect(await db.selectFrom('things').selectAll().execute()).toEqual([]);
  });

  it('makes reads that come meanwhile wait for its end', async () => {
    const { db, transaction } = open();
    const work = transaction((tx) => tx.insertInto('things').values({ id: 'a' }).execute());
    const seen = await db.selectFrom('things').selectAll().execute();
    await work;
    expect(seen).toEqual([{ id: 'a' }]);
  });

  it('says "not now" where there is no room, stores nothing, and works again when there is', async () => {
    const { db, transaction } = open();
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(db);
    await sql`pragma max_page_count = ${sql.lit(rows[0]?.page_count)}`.execute(db);
    const fill = () =>
      transaction(async (tx) => {
        for (const letter of 'abc') {
          await tx
            .insertInto('things')
            .values({ id: letter.repeat(10_000) })
            .execute();
        }
      });
    await expect(fill()).rejects.toThrow(Unavailable);
    expect(await db.selectFrom('things').selectAll().execute()).toEqual([]);
    await sql`pragma max_page_count = 10000`.execute(db);
    await fill();
    expect(await db.selectFrom('things').select('id').execute()).toHaveLength(3);
  });

  it('says "not now" where another process holds the file for too long', async () => {
    const { transaction } = life.closing(
      openDatabase<{ things: { id: string } }>({
        file: life.file('things.db'),
        use: 'alone',
        migrations: ['CREATE TABLE things (id TEXT)'],
        busyTimeoutMs: 10,
      }),
    );
    const other = life.closing(new Sqlite(life.file('things.db')));
    other.exec('BEGIN IMMEDIATE');
    const work = transaction((tx) => tx.insertInto('things').values({ id: 'a' }).execute());
    await expect(work).rejects.toThrow(Unavailable);
    other.exec('ROLLBACK');
  });
});

describe('Several processes with one database', () => {
  it('make its schema once, and wait for each other’s writes rather than fail', async () => {
    const each = 2;
    const files = Array.from({ length: 20 }, (_, index) => `${index}.db`);
    const ended = await runTogether(
      join(__dirname, 'inserting-process.ts'),
      ['a', 'b', 'c'].map((prefix) => [prefix, String(each), ...files.map((name) => life.file(name))]),
    );
    expect(ended).toEqual(Array(3).fill({ code: 0, reports: ['written'], errors: '' }));
    for (const name of files) {
      const { db } = open(name);
      expect(await db.selectFrom('things').select('id').execute()).toHaveLength(3 * each);
    }
  }, 30_000);
});
