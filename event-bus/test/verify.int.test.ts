import { join } from 'node:path';
import Sqlite from '@blog/kit/sqlite';
import { mendLog } from '../src/log/repair/mend-log';
import { openSqliteEventLog } from '../src/log/sqlite-event-log';
import { verifyFolder } from '../src/verify';
import { flipIn } from './damage/flips';
import { logFile, storeLog, type StoredLog } from './damage/stored-log';
import { runBus } from './running-bus';
import { useFolder } from './use-folder';

const folder = useFolder();
let stored: StoredLog;

async function store(): Promise<void> {
  stored = await storeLog(folder(), 5_000, undefined);
}

function change(sql: string, file = 'event-bus.db'): void {
  const db = new Sqlite(join(folder(), file));
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  db.close();
}

const told = () => verifyFolder(folder()).findings.map(({ what }) => what);
const open = () =>
  openSqliteEventLog({
    file: logFile(folder()),
    wallTime: Date.now,
    onFatal(error) {
      throw error;
    },
  });

describe('verify', () => {
  it('finds nothing in a log that is whole', async () => {
    await store();
    expect(verifyFolder(folder())).toEqual({ findings: [], records: 5_000 });
  });

  it('names each record that is changed or missing', async () => {
    await store();
    change(`UPDATE events SET text = 'x' WHERE sequence = 7; DELETE FROM events WHERE sequence = 4900`);
    const { findings } = verifyFolder(folder());
    expect(findings.filter(({ sequence }) => sequence !== undefined).map(({ sequence }) => sequence)).toEqual([
      7, 4_900,
    ]);
  });

  it('finds an index of keys that is not what the records say', async () => {
    await store();
    change(`DELETE FROM key_index WHERE sequence = 17`);
    expect(told()).toEqual([expect.stringContaining('index of keys')]);
  });

  it('finds a page that SQLite can not read, and mends it', async () => {
    await store();
    const [, page = 0] = stored.pages.get('events_by_id') ?? [];
    flipIn(folder(), { of: '', part: '', byte: (page - 1) * 4_096, bit: 5 });
    expect(told()).not.toEqual([]);
    expect(mendLog(logFile(folder()))).toEqual([expect.stringContaining('put together anew from 5000 records')]);
    expect(told()).toEqual([]);
    const log = await open();
    const { events } = await log.read({ after: 0, limit: 5_000 });
    expect(events).toEqual(stored.events.slice(0, events.length));
    await log.close();
  });

  it('mends nothing while a bus has the log open', async () => {
    await store();
    const log = await open();
    expect(() => mendLog(logFile(folder()))).toThrow('The bus is running');
    await log.close();
  });

  it('finds groups, parked keys and dead letters that refer to nothing', async () => {
    await (await runBus(folder(), { g: { endpoints: ['http://127.0.0.1:1/events'] } })).stop();
    change(
      `UPDATE groups SET cursor = 99;
       INSERT INTO lanes (name, key, phase, head, attempts, faults, reason, parked_at, retry_at)
         VALUES ('gone', 'k', 'parked', 50, 0, 0, '', 0, 0)`,
      'event-bus-delivery.db',
    );
    expect(told()).toEqual([
      '1 groups are beyond the end of the log',
      '1 parked keys wait for events beyond the end of the log',
      '1 parked keys are of groups that do not exist',
    ]);
  });

  it('says clearly that a folder holds no log', () => {
    expect(() => verifyFolder(folder())).toThrow('holds no event-bus.db');
  });
});
