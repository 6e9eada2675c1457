import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Unavailable } from '@blog/kit';
import type { LogFailed } from '../src/log/event-log';
import type { LogWriter } from '../src/log/log-writer';
import { mendWriteAheadLog, pageSize } from '../src/log/repair/write-ahead-log';
import { openSqliteEventLog } from '../src/log/sqlite-event-log';
import { writeInThread } from '../src/log/thread-writer';
import { flipIn } from './damage/flips';
import { logFile, publishedEvent, storeLog, type StoredLog } from './damage/stored-log';
import { newEvent, readAll } from './event-log.contract';
import { useFolder } from './use-folder';

const folder = useFolder();
const other = useFolder();
const inThread = (path: string) =>
  writeInThread(path, { execArgv: ['--conditions=source', '--require', join(__dirname, 'process/swc-register.cjs')] });

let fatal: LogFailed[];
const open = (openWriter?: (file: string) => Promise<LogWriter>) =>
  openSqliteEventLog({
    file: logFile(folder()),
    wallTime: Date.now,
    onFatal: (error) => fatal.push(error),
    ...(openWriter ? { openWriter } : {}),
  });
beforeEach(() => {
  fatal = [];
});
afterEach(() => expect(fatal).toEqual([]));

/** The pages of a table or index become unreadable. */
function spoil(stored: StoredLog, name: string): void {
  for (const page of stored.pages.get(name) ?? []) {
    if (page > 1) flipIn(folder(), { of: name, part: '', byte: (page - 1) * pageSize, bit: 6 });
  }
}

describe.each([
  ['in the same thread', undefined],
  ['in a thread of its own', inThread],
])('a log that is written %s', (_where, openWriter) => {
  it('is put together anew when an index is damaged that a publish needs; readers go on meanwhile', async () => {
    const stored = await storeLog(folder(), 3_000, undefined);
    spoil(stored, 'events_by_id');
    const log = await open(openWriter);
    expect(log.damageFound()).toEqual([]);
    const [appended, read] = await Promise.all([log.append([newEvent(), newEvent()]), readAll(log)]);
    expect(appended.map(({ sequence }) => sequence)).toEqual([3_001, 3_002]);
    expect(read).toEqual(stored.events);
    expect(log.damageFound()).toEqual([expect.stringContaining('put together anew from 3000 records')]);
    expect((await log.append(publishedEvent(7)))[0]).toEqual({ id: 'event-7', sequence: 7 });
    expect(await readAll(log, { upTo: 3_000, key: 'post-7' })).toHaveLength(60);
    await log.close();
  });

  it('takes no events, and delivers those that it has, when mending does not help', async () => {
    const stored = await storeLog(folder(), 300, undefined);
    spoil(stored, 'events_by_id');
    const log = await open(openWriter);
    // A folder of this name is in the way of the new file.
    mkdirSync(`${logFile(folder())}-rebuilding`);
    await expect(log.append([newEvent()])).rejects.toThrow(Unavailable);
    await expect(log.append([newEvent()])).rejects.toThrow(Unavailable);
    expect(await readAll(log)).toEqual(stored.events);
    expect(log.damageFound().at(-1)).toContain('the log can not be written');
    await log.close();
  });
});

describe('a log that can not be opened as it is', () => {
  it('keeps its identity, its numbers and all its events when its first page is lost, and the damaged file', async () => {
    const stored = await storeLog(folder(), 3_000, undefined);
    const before = await open();
    const { identity } = before;
    await before.close();
    const bytes = readFileSync(logFile(folder()));
    bytes.fill(0, 0, pageSize);
    writeFileSync(logFile(folder()), bytes);
    const log = await open();
    expect(log.identity).toBe(identity);
    expect(await readAll(log)).toEqual(stored.events);
    expect((await log.append([newEvent()]))[0]?.sequence).toBe(3_001);
    expect(readdirSync(folder()).some((name) => name.startsWith('event-bus.db.damaged-'))).toBe(true);
    await log.close();
  });

  it('misses the events that a file cut short has lost, and gives their numbers to no others', async () => {
    await storeLog(folder(), 3_000, undefined);
    truncateSync(logFile(folder()), Math.floor(statSync(logFile(folder())).size / pageSize / 2) * pageSize);
    const log = await open();
    const [appended] = await log.append([newEvent()]);
    expect(appended?.sequence).toBe(3_001);
    expect(log.damageFound()[1]).toContain('nothing whole is left');
    await expect(readAll(log)).rejects.toThrow('is damaged');
    await log.close();
    const again = await open();
    expect(again.damageFound()).toEqual([]);
    expect(again.head()).toBe(3_001);
    await again.close();
  });
});

describe('a write-ahead log', () => {
  let killed: StoredLog;
  const wal = () => `${logFile(other())}-wal`;
  beforeEach(async () => {
    killed = await storeLog(folder(), 1_000, other());
  });

  async function opened() {
    const log = await openSqliteEventLog({ file: logFile(other()), wallTime: Date.now, onFatal: (e) => fatal.push(e) });
    const events = await readAll(log, { upTo: 500 });
    const [found, head] = [log.damageFound(), log.head()];
    await log.close();
    return { numbers: events.map(({ sequence }) => sequence), found, head };
  }

  it('that is whole is left as it is', async () => {
    const before = readFileSync(wal());
    expect(mendWriteAheadLog(logFile(other()))).toEqual([]);
    expect(readFileSync(wal()).equals(before)).toBe(true);
    expect(await opened()).toMatchObject({
      found: [],
      head: 1_000,
      numbers: killed.events.slice(0, 500).map(({ sequence }) => sequence),
    });
  });

  it.each([8, 21, 26, 33, 41, 49, 500, 6_000])('loses nothing by one flipped bit, as in byte %s', async (byte) => {
    const before = readFileSync(wal());
    flipIn(other(), { of: basename(wal()), part: '-wal', byte, bit: 3 });
    expect(mendWriteAheadLog(logFile(other()))).toEqual([expect.stringContaining('one bit')]);
    expect(readFileSync(wal()).equals(before)).toBe(true);
  });

  // The last word of what a checksum is made of changes it as a flipped bit of the checksum does.
  it.each([
    ['its salts', 16],
    ['its checksum', 24],
    ["its first frame's checksum", 48],
    ['the end of its first page', 4_144],
    ["its second frame's checksum", 4_168],
  ])('loses nothing by any flipped bit of %s', async (_, from) => {
    const before = readFileSync(wal());
    for (let n = 0; n < 64; n += 1) {
      const flip = { byte: from + (n >> 3), bit: n & 7 };
      flipIn(other(), { of: basename(wal()), part: '-wal', ...flip });
      expect({ ...flip, found: mendWriteAheadLog(logFile(other())) }).toEqual({
        ...flip,
        found: [expect.stringContaining('one bit')],
      });
      expect({ ...flip, isWhole: readFileSync(wal()).equals(before) }).toEqual({ ...flip, isWhole: true });
    }
  });

  it('keeps what comes after worse damage', async () => {
    const bytes = readFileSync(wal());
    const frames = Math.floor((bytes.length - 32) / (pageSize + 24));
    const frame = 32 + Math.floor(frames / 3) * (pageSize + 24);
    bytes.fill(0x55, frame + 24 + 1_000, frame + 24 + 1_600);
    writeFileSync(wal(), bytes);
    const log = await openSqliteEventLog({ file: logFile(other()), wallTime: Date.now, onFatal: (e) => fatal.push(e) });
    expect(log.head()).toBe(1_000);
    expect(log.damageFound()[0]).toContain('what comes after it was kept');
    await log.close();
  });

  it('that ends within a commit, as after a crash, is no damage', async () => {
    truncateSync(wal(), statSync(wal()).size - 100);
    const { found, head } = await opened();
    expect([found, head]).toEqual([[], 750]);
  });
});
