import { join } from 'node:path';
import { Unavailable } from '@blog/kit';
import Sqlite from '@blog/kit/sqlite';
import { LogFailed } from '../src/log/event-log';
import { openSqliteEventLog, type SqliteEventLogOptions } from '../src/log/sqlite-event-log';
import { writeInThread } from '../src/log/thread-writer';
import { eventLogContract, newEvent } from './event-log.contract';
import { useFolder } from './use-folder';

const folder = useFolder();
let file = '';
beforeEach(() => {
  file = join(folder(), 'event-bus.db');
});

/** A thread that runs the sources as they are. */
const openWriter = (path: string) =>
  writeInThread(path, { execArgv: ['--conditions=source', '--require', join(__dirname, 'process/swc-register.cjs')] });

const open = (options: Partial<SqliteEventLogOptions> = {}) =>
  openSqliteEventLog({
    file,
    wallTime: Date.now,
    onFatal(error) {
      throw error;
    },
    openWriter,
    ...options,
  });

describe('the log in SQLite, written in a thread of its own', () => {
  eventLogContract({
    open: () => open(),
    async reopen(log) {
      await log.close();
      return open();
    },
  });

  it('fsyncs its commits', async () => {
    const log = await open();
    expect(log.durability()).toMatchObject({ synchronous: 'full', journal: 'wal' });
    await log.close();
  });

  it('has its commits on the disk, for whoever opens it next, when they are acknowledged', async () => {
    const log = await open();
    await Promise.all(Array.from({ length: 5 }, () => log.append([newEvent(), newEvent()])));
    const db = new Sqlite(file, { readonly: true });
    expect(db.prepare('SELECT count(*) FROM events').pluck().get()).toBe(10);
    db.close();
    await log.close();
  });

  it('ends with an error of the disk that its thread meets', async () => {
    const fatal: LogFailed[] = [];
    const log = await open({ onFatal: (error) => fatal.push(error) });
    const db = new Sqlite(file);
    db.exec('DROP TABLE events');
    db.close();
    const both = await Promise.allSettled([log.append([newEvent()]), log.append([newEvent()])]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(log.append([newEvent()])).rejects.toThrow(LogFailed);
    expect(fatal).toHaveLength(1);
    await log.close();
  });

  it('tells a lack of room from that, and goes on', async () => {
    const log = await open();
    await log.append([newEvent()]);
    const db = new Sqlite(file);
    db.exec('BEGIN IMMEDIATE');
    await expect(log.append([newEvent()])).rejects.toThrow(Unavailable);
    db.exec('ROLLBACK');
    db.close();
    expect((await log.append([newEvent()]))[0]?.sequence).toBe(2);
    await log.close();
  });

  it('can not be opened where its thread can not open it', async () => {
    await (await open()).close();
    const db = new Sqlite(file);
    db.pragma('user_version = 99');
    db.close();
    await expect(open()).rejects.toThrow('too old');
  });
});
