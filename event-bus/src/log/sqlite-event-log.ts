import { Unavailable } from '@blog/kit';
import Sqlite, { type Database } from '@blog/kit/sqlite';
import { mayWorkLater, pageCacheKiB } from '../sqlite';
import { type Appended, type EventLog, LogFailed, type NewEvent, ReusedId } from './event-log';
import { createGroupCommit, type Outcome } from './group-commit';
import { type LogWriter, WriteFailed, writeHere } from './log-writer';
import type { Room } from './room';
import { createNewerKeys } from './sqlite-key-index';
import { createLogReader } from './sqlite-log-reader';
import { numbered, type Written } from './sqlite-writer';
import { createTail } from './tail';

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
  /** Called once for an I/O error. The process must end: a failed fsync is not reported twice. */
  onFatal: (error: LogFailed) => void;
  /** Called after each commit: new events, those that were stored before, and the time that it took with its fsync. */
  onCommit?: (commit: { events: number; duplicates: number; seconds: number }) => void;
}

type Appends = readonly (readonly NewEvent[])[];

/** What readers have in memory of the log. It takes in what was committed. */
function createMemory(readDb: Database) {
  const tail = createTail(tailSize);
  const keys = createNewerKeys(readDb);
  let head = readDb.prepare<[], number | null>('SELECT max(sequence) FROM events').pluck().get() ?? 0;

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
    ...{ tail, keys },
    head: () => head,
    takeIn(appends: Appends, { appends: written, storedAt, indexedUpTo }: Written): Outcome[] {
      keys.forgetUpTo(indexedUpTo);
      return appends.map((events, append) => {
        const { sequences = [], reused } = written[append] ?? {};
        if (reused) return { refused: new ReusedId(reused) };
        return { appended: events.map((event, place) => takeIn(event, sequences[place] ?? 0, storedAt)) };
      });
    },
  };
}

const sizeOf = (appends: Appends): number => appends.flat().reduce((sum, { text }) => sum + text.length, 0);

/** Tells an I/O error, after which nothing more is written, from a lack of room. */
function createSafeWrite(
  writer: LogWriter,
  { wallTime, room, onFatal }: Pick<SqliteEventLogOptions, 'wallTime' | 'room' | 'onFatal'>,
) {
  let failed: LogFailed | undefined;

  function fail(error: unknown): LogFailed {
    if (!failed) {
      failed = new LogFailed('the log failed', { cause: error });
      onFatal(failed);
    }
    return failed;
  }

  async function write(appends: Appends): Promise<Written> {
    if (failed) throw failed;
    room?.expect(sizeOf(appends));
    try {
      return await writer.write(appends, wallTime());
    } catch (error) {
      if (error instanceof WriteFailed && mayWorkLater(error)) {
        throw new Unavailable('The log has no room now; nothing of this request was stored.', 5);
      }
      throw fail(error);
    }
  }

  return { write, fail };
}

/**
 * The log in one SQLite file. A commit is fsynced (`synchronous=FULL`) before its publishers are answered.
 * Opening looks at the newest events only, whatever the size of the log.
 */
export async function openSqliteEventLog(options: SqliteEventLogOptions): Promise<EventLog> {
  const { file, openWriter = writeHere, wallTime, onCommit } = options;
  const writer = await openWriter(file);
  const readDb = new Sqlite(file, { readonly: true });
  readDb.pragma(`cache_size = ${-pageCacheKiB}`);
  const identity = readDb.prepare<[], string>('SELECT identity FROM log').pluck().get() ?? '';
  const memory = createMemory(readDb);
  const listeners: (() => void)[] = [];
  let lastFsyncAt: string | null = null;
  const { write, fail } = createSafeWrite(writer, options);

  const group = createGroupCommit({
    async commit(appends) {
      const before = memory.head();
      const written = await write(appends);
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

  return {
    identity,
    append: group.append,
    head: memory.head,
    ...createLogReader(readDb, { ...memory, fail }),
    durability: () => ({ ...writer.durability(), lastFsyncAt }),
    onAppended: (listener) => void listeners.push(listener),
    async close() {
      await group.drained();
      readDb.close();
      await writer.close();
    },
  };
}
