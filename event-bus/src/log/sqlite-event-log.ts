import Sqlite, { type Database } from '@blog/kit/sqlite';
import { pageCacheKiB } from '../sqlite';
import { createDamageList, type DamageList } from './damage-list';
import { type Appended, DamagedRecord, type EventLog, LogFailed, type NewEvent, ReusedId } from './event-log';
import { createGroupCommit, type Outcome } from './group-commit';
import { openNote } from './log-note';
import { type LogWriter, writeHere } from './log-writer';
import type { Room } from './room';
import { createSafeWrite } from './safe-write';
import { createNewerKeys, entriesAfter } from './sqlite-key-index';
import { createLogReader, type LogReader } from './sqlite-log-reader';
import { numbered, type Written } from './sqlite-writer';
import { createTail, type Tail } from './tail';

/** What is kept in memory of the newest events. */
const tailSize = { events: 4_096, characters: 8 * 1024 * 1024 };

export interface SqliteEventLogOptions {
  file: string;
  /** How to write to it; in this thread, unless `writeInThread` is given. */
  openWriter?: (file: string) => LogWriter | Promise<LogWriter>;
  /** ms since 1970. */
  wallTime: () => number;
  /** Asked before each commit; absent where all of the disk may be used. */
  room?: Room;
  /** Called once for an I/O error of a write. The process must end: a failed fsync is not reported twice. */
  onFatal: (error: LogFailed) => void;
  /** Called for damage that was found, in words. It harms only those who meet it. */
  onDamage?: (what: string) => void;
  /** Called after each commit: new events, those that were stored before, and the time that it took with its fsync. */
  onCommit?: (commit: { events: number; duplicates: number; seconds: number }) => void;
}

type Appends = readonly (readonly NewEvent[])[];

/** What readers have in memory of the log. It takes in what was committed. */
function createMemory(readDb: Database, damage: DamageList) {
  const note = openNote(readDb).read();
  const tail = createTail(tailSize);
  const newest = entriesAfter(readDb, note.indexedUpTo, note.head);
  for (const { key, sequence } of newest) if (key === undefined) damage.add(new DamagedRecord(sequence).message);
  const keys = createNewerKeys(note.indexedUpTo, newest);
  let { head } = note;

  function takeIn({ id, type, key, text }: NewEvent, sequence: number, storedAt: number): Appended {
    // One that isn't the next was there before.
    if (sequence === head + 1) {
      head = sequence;
      keys.add({ sequence, key });
      tail.add({ sequence, id, type, key, storedAt, text: numbered(text, sequence) });
    }
    return { id, sequence };
  }

  return {
    identity: note.identity,
    tail,
    keys,
    head: () => head,
    takeIn(appends: Appends, { appends: written, storedAt, indexedUpTo }: Written): Outcome[] {
      keys.forgetUpTo(indexedUpTo);
      return appends.map((events, append) => {
        const { sequences = [], reused, damaged } = written[append] ?? {};
        if (reused) return { refused: new ReusedId(reused) };
        if (damaged !== undefined) return { refused: new DamagedRecord(damaged) };
        return { appended: events.map((event, place) => takeIn(event, sequences[place] ?? 0, storedAt)) };
      });
    },
  };
}

/** The reader's connection, which gives way while the file is put together anew. */
function createReaderOf(file: string, createReader: (db: Database) => LogReader) {
  const open = (): Database => {
    const db = new Sqlite(file, { readonly: true });
    db.pragma(`cache_size = ${-pageCacheKiB}`);
    return db;
  };
  let db = open();
  let reader = createReader(db);
  let gap: Promise<void> | undefined;

  async function rebuilding(work: () => Promise<void>): Promise<void> {
    db.close();
    const done = work().finally(() => {
      gap = undefined;
      db = open();
      reader = createReader(db);
    });
    gap = done.catch(() => undefined);
    await done;
  }

  function use<T>(look: (reader: LogReader) => Promise<T>): Promise<T> {
    return gap ? gap.then(() => use(look)) : look(reader);
  }

  const whole: LogReader = {
    read: (range) => use((one) => one.read(range)),
    firstSince: (time) => use((one) => one.firstSince(time)),
    find: (id) => use((one) => one.find(id)),
    effectsOf: (...asked) => use((one) => one.effectsOf(...asked)),
    remainsOf: (sequence) => use((one) => one.remainsOf(sequence)),
    forgetRead: () => reader.forgetRead(),
  };
  return { reader: whole, rebuilding, close: () => db.close() };
}

/** The part of the log that an erasure uses. */
function createErasing(parts: {
  writer: LogWriter;
  write: ReturnType<typeof createSafeWrite>;
  tail: Tail;
  forgetRead: () => void;
}): Pick<EventLog, 'replace' | 'scrub'> {
  const { writer, write, tail, forgetRead } = parts;
  return {
    async replace(texts) {
      const damaged = await write.orFail(() => writer.replace(texts));
      if (damaged !== undefined) throw new DamagedRecord(damaged);
      for (const { sequence, text } of texts) tail.replace(sequence, text);
      forgetRead();
    },
    scrub: () => write.orFail(() => writer.scrub()),
  };
}

function openMemory(file: string, damage: DamageList): ReturnType<typeof createMemory> {
  const db = new Sqlite(file, { readonly: true });
  try {
    return createMemory(db, damage);
  } finally {
    db.close();
  }
}

/** The index of keys is made anew once: readers do without it meanwhile. */
function reindexOnce(writer: LogWriter, damage: DamageList): (what: string) => void {
  let asked = false;
  return (what) => {
    damage.add(what);
    if (asked) return;
    asked = true;
    writer
      .reindex()
      .catch((error: unknown) => damage.add(`the index of keys could not be made anew: ${String(error)}`));
  };
}

/**
 * The log in one SQLite file. A commit is fsynced (`synchronous=FULL`) before its publishers are answered.
 * Opening looks at the newest events only, whatever the size of the log, and mends what would keep it from being used.
 */
export async function openSqliteEventLog(options: SqliteEventLogOptions): Promise<EventLog> {
  const { file, openWriter = writeHere, wallTime, onCommit, onDamage } = options;
  const damage = createDamageList(onDamage);
  const writer = await openWriter(file);
  writer.found.forEach(damage.add);
  const memory = openMemory(file, damage);
  const deps = { tail: memory.tail, keys: memory.keys, head: memory.head, now: () => performance.now() };
  const onIndexDamage = reindexOnce(writer, damage);
  const readers = createReaderOf(file, (db) => createLogReader(db, { ...deps, onDamage: damage.add, onIndexDamage }));
  const listeners: (() => void)[] = [];
  let lastFsyncAt: string | null = null;
  const write = createSafeWrite(writer, { ...options, damage, rebuilding: readers.rebuilding });

  const group = createGroupCommit({
    async commit(appends) {
      const before = memory.head();
      const written = await write.append(appends);
      const outcomes = memory.takeIn(appends, written);
      const events = memory.head() - before;
      const answered = outcomes.reduce((sum, { appended = [] }) => sum + appended.length, 0);
      onCommit?.({ events, duplicates: answered - events, seconds: written.seconds });
      return outcomes;
    },
    onCommitted() {
      lastFsyncAt = new Date(wallTime()).toISOString();
      queueMicrotask(() => listeners.forEach((listener) => listener()));
    },
  });

  const { forgetRead, ...reader } = readers.reader;
  return {
    identity: memory.identity,
    append: group.append,
    head: memory.head,
    ...reader,
    ...createErasing({ writer, write, tail: memory.tail, forgetRead }),
    damageFound: damage.all,
    durability: () => ({ ...writer.durability(), lastFsyncAt }),
    onAppended: (listener) => void listeners.push(listener),
    async close() {
      await group.drained();
      readers.close();
      await writer.close();
    },
  };
}
