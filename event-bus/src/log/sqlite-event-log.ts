import { crc32 } from 'node:zlib';
import { Unavailable } from '@blog/kit';
import Sqlite, { type Database } from 'better-sqlite3';
import { openSqlite } from '../sqlite';
import {
  type Appended,
  DamagedRecord,
  type EventLog,
  LogFailed,
  type LogPage,
  type LogRange,
  type NewEvent,
  type StoredEvent,
} from './event-log';
import { createGroupCommit } from './group-commit';

const migrations = [
  `CREATE TABLE log (identity TEXT NOT NULL) STRICT;
   INSERT INTO log VALUES (lower(hex(randomblob(16))));
   CREATE TABLE events (
     sequence INTEGER PRIMARY KEY,
     id TEXT NOT NULL,
     source TEXT NOT NULL,
     type TEXT NOT NULL,
     key TEXT NOT NULL,
     stored_at INTEGER NOT NULL,
     checksum INTEGER NOT NULL,
     text TEXT NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX events_by_id ON events (id, source);
   CREATE INDEX events_by_key ON events (key);`,
];

/** A read that searches for types looks at so many events at once, so that a rare type never blocks the process. */
const lookedAtAtOnce = 4_096;

export interface SqliteEventLogOptions {
  file: string;
  /** ms since 1970. */
  wallTime: () => number;
  /** Called once for an I/O error. The process must end: a failed fsync is not reported twice. */
  onFatal: (error: LogFailed) => void;
  /** Called after each commit with the number of new events and the time that it took with its fsync. */
  onCommit?: (commit: { events: number; seconds: number }) => void;
}

type Row = StoredEvent & { checksum: number };

/** The writer: one transaction for many appends. */
function createWriter(db: Database, wallTime: () => number) {
  const insert = db.prepare(
    `INSERT INTO events (sequence, id, source, type, key, stored_at, checksum, text)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, source) DO NOTHING`,
  );
  const find = db.prepare<[string, string], number>('SELECT sequence FROM events WHERE id = ? AND source = ?').pluck();
  let head = db.prepare<[], number | null>('SELECT max(sequence) FROM events').pluck().get() ?? 0;

  const store = db.transaction((appends: readonly (readonly NewEvent[])[]) => {
    const storedAt = wallTime();
    let next = head + 1;
    const appended = appends.map((events) =>
      events.map(({ id, source, type, key, text }): Appended => {
        const numbered = `${text.slice(0, -1)},"sequence":${next}}`;
        const { changes } = insert.run(next, id, source, type, key, storedAt, crc32(numbered), numbered);
        if (changes === 1) return { id, sequence: next++ };
        return { id, sequence: find.get(id, source) ?? 0 };
      }),
    );
    return { appended, newHead: next - 1 };
  });

  return {
    head: () => head,
    write(appends: readonly (readonly NewEvent[])[]): Appended[][] {
      const { appended, newHead } = store.immediate(appends);
      head = newHead;
      return appended;
    },
  };
}

/** The reader: a connection of its own, so that a read sees only what is committed. */
function createReader(db: Database) {
  const columns = 'sequence, id, type, key, stored_at AS storedAt, checksum, text';
  const range = `sequence > $after AND sequence <= $upTo`;
  const end = 'ORDER BY sequence LIMIT $limit';
  const ofTypes = 'type IN (SELECT value FROM json_each($types))';
  const statements = {
    all: db.prepare<unknown[], Row>(`SELECT ${columns} FROM events WHERE ${range} ${end}`),
    types: db.prepare<unknown[], Row>(`SELECT ${columns} FROM events WHERE ${range} AND ${ofTypes} ${end}`),
    key: db.prepare<unknown[], Row>(`SELECT ${columns} FROM events WHERE key = $key AND ${range} ${end}`),
    keyAndTypes: db.prepare<unknown[], Row>(
      `SELECT ${columns} FROM events WHERE key = $key AND ${range} AND ${ofTypes} ${end}`,
    ),
  };

  function rows(asked: LogRange, upTo: number): IterableIterator<Row> {
    const { after, limit, key, types } = asked;
    const common = { after, upTo, limit };
    if (key !== undefined) {
      if (!types) return statements.key.iterate({ ...common, key });
      return statements.keyAndTypes.iterate({ ...common, key, types: JSON.stringify(types) });
    }
    if (!types) return statements.all.iterate(common);
    return statements.types.iterate({ ...common, types: JSON.stringify(types) });
  }

  return (asked: LogRange, head: number): LogPage => {
    const last = Math.min(asked.upTo ?? head, head);
    // By key there is an index; without one a search for types goes on page by page.
    const upTo = asked.key === undefined && asked.types ? Math.min(last, asked.after + lookedAtAtOnce) : last;
    const events: StoredEvent[] = [];
    let size = 0;
    for (const { checksum, ...event } of rows(asked, upTo)) {
      if (crc32(event.text) !== checksum) {
        // What is before the damage can still be used; the next read begins with it and stops.
        if (events.length > 0) return { events, upTo: event.sequence - 1 };
        throw new DamagedRecord(event.sequence);
      }
      events.push(event);
      size += event.text.length;
      if (events.length >= asked.limit || size >= (asked.maxSize ?? Infinity)) {
        return { events, upTo: event.sequence };
      }
    }
    return { events, upTo: Math.max(upTo, asked.after) };
  };
}

/** Commits; tells an I/O error, which is fatal, from a lack of room, which isn't. */
function createCommit(
  writer: ReturnType<typeof createWriter>,
  { onCommit, fail }: { onCommit: SqliteEventLogOptions['onCommit']; fail: (error: unknown) => LogFailed },
) {
  return (appends: readonly (readonly NewEvent[])[]): Appended[][] => {
    const started = performance.now();
    const before = writer.head();
    try {
      const appended = writer.write(appends);
      onCommit?.({ events: writer.head() - before, seconds: (performance.now() - started) / 1000 });
      return appended;
    } catch (error) {
      if (error instanceof Sqlite.SqliteError && /^SQLITE_(FULL|BUSY)/.test(error.code)) {
        throw new Unavailable('The log has no room now; nothing of this request was stored.', 5);
      }
      throw fail(error);
    }
  };
}

function durabilityOf(db: Database, lastCommitAt: number | undefined): ReturnType<EventLog['durability']> {
  return {
    synchronous: db.pragma('synchronous', { simple: true }) === 2 ? 'full' : 'NOT FULL',
    journal: String(db.pragma('journal_mode', { simple: true })),
    lastFsyncAt: lastCommitAt === undefined ? null : new Date(lastCommitAt).toISOString(),
  };
}

/**
 * The log in one SQLite file. A commit is fsynced (`synchronous=FULL`) before its publishers are answered.
 * Opening looks at the newest event only, whatever the size of the log.
 */
export function openSqliteEventLog({ file, wallTime, onFatal, onCommit }: SqliteEventLogOptions): EventLog {
  const db = openSqlite({ file, synchronous: 'FULL', migrations });
  const readDb = new Sqlite(file, { readonly: true });
  const identity = db.prepare<[], string>('SELECT identity FROM log').pluck().get() ?? '';
  const writer = createWriter(db, wallTime);
  const readPage = createReader(readDb);
  const listeners: (() => void)[] = [];
  let failed: LogFailed | undefined;
  let lastCommitAt: number | undefined;

  function fail(error: unknown): LogFailed {
    if (!failed) {
      failed = new LogFailed('the log failed', { cause: error });
      onFatal(failed);
    }
    return failed;
  }

  const commit = createCommit(writer, { onCommit, fail });
  const group = createGroupCommit({
    async commit(appends) {
      if (failed) throw failed;
      return commit(appends);
    },
    onCommitted() {
      lastCommitAt = wallTime();
      queueMicrotask(() => listeners.forEach((listener) => listener()));
    },
  });

  return {
    identity,
    append: group.append,
    head: writer.head,
    async read(range) {
      try {
        return readPage(range, writer.head());
      } catch (error) {
        throw error instanceof DamagedRecord ? error : fail(error);
      }
    },
    durability: () => durabilityOf(db, lastCommitAt),
    onAppended: (listener) => void listeners.push(listener),
    async close() {
      await group.drained();
      readDb.close();
      db.close();
    },
  };
}
