import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import Sqlite from '@blog/kit/sqlite';
import { DamagedRecord, LogFailed, type LogRange } from '../src/log/event-log';
import { openSqliteEventLog, type SqliteEventLogOptions } from '../src/log/sqlite-event-log';
import { createMemoryEventLog, type MemoryEventLog } from './doubles/memory-event-log';
import { eventLogContract, newEvent, readAll } from './event-log.contract';
import { eventLogDamageContract } from './event-log-damage.contract';
import { eventLogSearchContract } from './event-log-search.contract';
import { eventLogTimesContract } from './event-log-times.contract';
import { reusedIdsContract } from './reused-ids.contract';
import { useFolder } from './use-folder';

const folder = useFolder();
let file = '';
beforeEach(() => {
  file = join(folder(), 'event-bus.db');
});

/** A log as the first program made it. */
const oldLog = `
  CREATE TABLE log (identity TEXT NOT NULL) STRICT;
  INSERT INTO log VALUES (lower(hex(randomblob(16))));
  CREATE TABLE events (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL, source TEXT NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL,
    stored_at INTEGER NOT NULL, checksum INTEGER NOT NULL, text TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX events_by_id ON events (id, source);
  CREATE INDEX events_by_key ON events (key);
  PRAGMA user_version = 1;`;

const open = (options: Partial<SqliteEventLogOptions> = {}) =>
  openSqliteEventLog({
    file,
    wallTime: Date.now,
    onFatal(error) {
      throw error;
    },
    ...options,
  });

describe('the log in memory', () => {
  const openInMemory = async () => createMemoryEventLog({ wallTime: Date.now });
  eventLogContract({ open: openInMemory });
  reusedIdsContract({ open: openInMemory });
  eventLogTimesContract({ open: async (wallTime) => createMemoryEventLog({ wallTime }) });
  eventLogSearchContract({ open: async () => createMemoryEventLog({ wallTime: Date.now }) });
});

describe('a log in memory that is damaged', () => {
  let inMemory: MemoryEventLog;
  eventLogDamageContract({
    open: async () => (inMemory = createMemoryEventLog({ wallTime: Date.now })),
    async damage(log, sequence) {
      inMemory.damage(sequence);
      return log;
    },
  });
});

describe.each([
  [
    'its text and its other columns are damaged',
    `UPDATE events SET text = 'x' || text, type = 'T', key = 'k', seal = 1`,
  ],
  ['its text is damaged', `UPDATE events SET text = replace(text, '1.0', '1.1')`],
  ['its seal and the number of its text are damaged', 'UPDATE events SET seal = 1, checksum = 1'],
])('a log in SQLite with a record of which %s', (_what, change) => {
  eventLogDamageContract({
    open: () => open(),
    async damage(log, sequence) {
      await log.close();
      const db = new Sqlite(file);
      db.exec(`${change} WHERE sequence = ${sequence}`);
      db.close();
      return open();
    },
  });
});

describe('the log in SQLite', () => {
  eventLogContract({
    open: async () => open(),
    async reopen(log) {
      await log.close();
      return open();
    },
  });
  reusedIdsContract({ open: async () => open() });
  eventLogTimesContract({
    open: async (wallTime) => open({ wallTime }),
    async reopen(log, wallTime) {
      await log.close();
      return open({ wallTime });
    },
  });

  eventLogSearchContract({ open: async () => open() });

  it('finds the effects and keys of events that were stored by an older program', async () => {
    const old = join(folder(), 'old.db');
    const db = new Sqlite(old);
    db.exec(oldLog);
    const texts = ['a', undefined, 5, undefined].map((causationid, index) =>
      JSON.stringify({ id: `e${index}`, source: '/s', type: 'T', partitionkey: 'k', causationid, sequence: index + 1 }),
    );
    const insert = db.prepare(
      `INSERT INTO events (sequence, id, source, type, key, stored_at, checksum, text) VALUES (?, ?, '/s', 'T', 'k', 1, ?, ?)`,
    );
    texts.forEach((text, index) => insert.run(index + 1, `e${index}`, crc32(text), text));
    db.close();
    const log = await open({ file: old });
    expect((await log.effectsOf('a')).map(({ sequence }) => sequence)).toEqual([1]);
    expect(await log.effectsOf('5')).toEqual([]);
    const ofKey = await log.read({ after: 0, limit: 10, key: 'k' });
    expect(ofKey.events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    await log.close();
  });

  it('fsyncs its commits at the first open and at every other', async () => {
    for (const attempt of ['made', 'opened again', 'once more']) {
      const log = await open();
      expect([attempt, log.durability()]).toEqual([
        attempt,
        expect.objectContaining({ synchronous: 'full', journal: 'wal' }),
      ]);
      await log.append([newEvent()]);
      await log.close();
    }
  });

  it('finds the events of a key, whether its index on the disk has them already or not', async () => {
    let log = await open();
    const stored: { sequence: number; key: string; type: string }[] = [];
    const ranges: Partial<LogRange>[] = [{}, { types: ['T1'] }, { after: 4_000, upTo: 7_000, limit: 9 }];
    const numbersOf = (events: readonly { sequence: number }[]) => events.map(({ sequence }) => sequence);
    for (const count of [100, 4_500, 1, 3_000, 2_000, 100]) {
      const made = Array.from({ length: count }, (_, n) => newEvent({ key: `k${(n * 7) % 50}`, type: `T${n % 3}` }));
      const appended = await log.append(made);
      made.forEach(({ key, type }, n) => stored.push({ key, type, sequence: appended[n]?.sequence ?? 0 }));
      for (const opened of ['before', 'again']) {
        for (const { types, after = 0, upTo = Infinity, limit = 1_000 } of ranges) {
          const isAsked = ({ key, type, sequence }: (typeof stored)[number]): boolean =>
            key === 'k14' && (types?.includes(type) ?? true) && sequence > after && sequence <= upTo;
          const expected = stored.filter(isAsked).map(({ sequence }) => sequence);
          const found = await readAll(log, { key: 'k14', after, limit, ...(types ? { types } : {}), upTo });
          expect([opened, after, types, numbersOf(found)]).toEqual([opened, after, types, expected]);
        }
        await log.close();
        log = await open();
      }
    }
    await log.close();
  });

  it('lets concurrent appends share commits, and commits one that comes alone at once', async () => {
    const commits: number[] = [];
    const log = await open({ onCommit: ({ events }) => commits.push(events) });
    await log.append([newEvent()]);
    await Promise.all(Array.from({ length: 100 }, () => log.append([newEvent()])));
    expect(commits).toEqual([1, 100]);
    await log.close();
  });

  it.each([
    ['damaged', `UPDATE events SET text = replace(text, '1.0', '1.1') WHERE sequence = 3`],
    ['missing', 'DELETE FROM events WHERE sequence = 3'],
  ])('stops at a %s record, after what is before it and without skipping it', async (_what, damage) => {
    const whole = await open();
    await whole.append(Array.from({ length: 5 }, () => newEvent()));
    await whole.close();
    const db = new Sqlite(file);
    db.exec(damage);
    db.close();
    const log = await open();
    for (const attempt of ['first', 'second']) {
      const before = await log.read({ after: 0, limit: 10 });
      expect([attempt, before.events.length, before.upTo]).toEqual([attempt, 2, 2]);
      await expect(log.read({ after: 2, limit: 10 })).rejects.toThrow(new DamagedRecord(3));
    }
    expect((await readAll(log, { after: 3 })).length).toBe(2);
    await log.close();
  });

  it('takes an error of the disk as its end: says so once, and acknowledges nothing after it', async () => {
    const fatal: LogFailed[] = [];
    const log = await open({ onFatal: (error) => fatal.push(error) });
    await log.append([newEvent()]);
    const db = new Sqlite(file);
    db.exec('DROP TABLE events');
    await expect(log.append([newEvent()])).rejects.toThrow(LogFailed);
    db.exec(
      'CREATE TABLE events (sequence, id, source, type, key, cause, stored_at, checksum, text, UNIQUE (id, source))',
    );
    db.close();
    await expect(log.append([newEvent()])).rejects.toThrow(LogFailed);
    expect(fatal).toHaveLength(1);
    await log.close();
  });

  it('refuses a file of a newer program', async () => {
    await (await open()).close();
    const db = new Sqlite(file);
    db.pragma('user_version = 99');
    db.close();
    await expect(open()).rejects.toThrow('too old');
  });
});
