import { crc32 } from 'node:zlib';
import { Unavailable } from '@blog/kit';
import Sqlite, { type Database } from 'better-sqlite3';
import { openSqlite } from '../sqlite';
import { type Appended, type EventLog, LogFailed, type NewEvent, ReusedId, type StoredEvent } from './event-log';
import { createGroupCommit, type Outcome } from './group-commit';
import { isSameEvent } from './same-event';
import { type KeyIndex, keyIndexMigration, openKeyIndex } from './sqlite-key-index';
import { createLogReader } from './sqlite-log-reader';
import { createTail } from './tail';

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
  // Partial: an event that nothing caused costs no more than before. Damaged text keeps nobody from opening the log.
  `ALTER TABLE events ADD COLUMN cause TEXT;
   UPDATE events SET cause = text ->> 'causationid'
     WHERE CASE WHEN json_valid(text) THEN json_type(text, '$.causationid') = 'text' END;
   CREATE INDEX events_by_cause ON events (cause) WHERE cause IS NOT NULL;`,
  keyIndexMigration,
];

/** What is kept in memory of the newest events. */
const tailSize = { events: 4_096, characters: 8 * 1024 * 1024 };
/**
 * The write-ahead log goes into the file when it has so many pages (of 4 KB). Each commit touches many pages of the
 * indexes, and this way a page is copied once for many commits; SQLite's own 1,000 costs half of the throughput.
 */
const pagesPerCheckpoint = 4_000;

export interface SqliteEventLogOptions {
  file: string;
  /** ms since 1970. */
  wallTime: () => number;
  /** Called once for an I/O error. The process must end: a failed fsync is not reported twice. */
  onFatal: (error: LogFailed) => void;
  /** Called after each commit: new events, those that were stored before, and the time that it took with its fsync. */
  onCommit?: (commit: { events: number; duplicates: number; seconds: number }) => void;
}

/** The writer: one transaction for many appends. `onStored` gets each new event once it is durable. */
function createWriter(
  db: Database,
  { wallTime, keys, onStored }: { wallTime: () => number; keys: KeyIndex; onStored: (event: StoredEvent) => void },
) {
  const insert = db.prepare(
    `INSERT INTO events (sequence, id, source, type, key, cause, stored_at, checksum, text)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id, source) DO NOTHING`,
  );
  const find = db.prepare<[string, string], { sequence: number; text: string }>(
    'SELECT sequence, text FROM events WHERE id = ? AND source = ?',
  );
  const undo = db.prepare('DELETE FROM events WHERE sequence >= ?');
  const newest = db
    .prepare<[], { sequence: number; storedAt: number }>(
      'SELECT sequence, stored_at AS storedAt FROM events ORDER BY sequence DESC LIMIT 1',
    )
    .get();
  let head = newest?.sequence ?? 0;
  let lastStoredAt = newest?.storedAt ?? 0;

  const store = db.transaction((appends: readonly (readonly NewEvent[])[], storedAt: number) => {
    const afterwards = keys.write();
    const stored: StoredEvent[] = [];

    function place(event: NewEvent, at: number, reused: number[]): Appended {
      const { id, source, type, key, cause = null } = event;
      const sequence = head + stored.length + 1;
      const text = `${event.text.slice(0, -1)},"sequence":${sequence}}`;
      const { changes } = insert.run(sequence, id, source, type, key, cause, storedAt, crc32(text), text);
      if (changes === 1) {
        stored.push({ sequence, id, type, key, storedAt, text });
        return { id, sequence };
      }
      const before = find.get(id, source);
      if (before && !isSameEvent(before.text, event)) reused.push(at);
      return { id, sequence: before?.sequence ?? 0 };
    }

    const outcomes = appends.map((events): Outcome => {
      const before = stored.length;
      const reused: number[] = [];
      const appended = events.map((event, at) => place(event, at, reused));
      if (reused.length === 0) return { appended };
      // The others of this commit go on as if it had never come: the next one gets its numbers.
      undo.run(head + before + 1);
      stored.length = before;
      return { refused: new ReusedId(reused) };
    });
    return { outcomes, stored, afterwards };
  });

  return {
    head: () => head,
    write(appends: readonly (readonly NewEvent[])[]): Outcome[] {
      // A clock that was set back does not take the log with it: who looks for a time finds it by halves.
      const storedAt = Math.max(wallTime(), lastStoredAt);
      const { outcomes, stored, afterwards } = store.immediate(appends, storedAt);
      afterwards?.();
      if (stored.length > 0) [head, lastStoredAt] = [head + stored.length, storedAt];
      for (const event of stored) {
        keys.note(event);
        onStored(event);
      }
      return outcomes;
    },
  };
}

/** Commits; tells an I/O error, which is fatal, from a lack of room, which isn't. */
function createCommit(
  writer: ReturnType<typeof createWriter>,
  { onCommit, fail }: { onCommit: SqliteEventLogOptions['onCommit']; fail: (error: unknown) => LogFailed },
) {
  return (appends: readonly (readonly NewEvent[])[]): Outcome[] => {
    const started = performance.now();
    const before = writer.head();
    try {
      const outcomes = writer.write(appends);
      const events = writer.head() - before;
      const answered = outcomes.reduce((sum, { appended = [] }) => sum + appended.length, 0);
      onCommit?.({ events, duplicates: answered - events, seconds: (performance.now() - started) / 1000 });
      return outcomes;
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
 * Opening looks at the newest events only, whatever the size of the log.
 */
export function openSqliteEventLog({ file, wallTime, onFatal, onCommit }: SqliteEventLogOptions): EventLog {
  const db = openSqlite({ file, synchronous: 'FULL', migrations });
  db.pragma(`wal_autocheckpoint = ${pagesPerCheckpoint}`);
  const readDb = new Sqlite(file, { readonly: true });
  const identity = db.prepare<[], string>('SELECT identity FROM log').pluck().get() ?? '';
  const tail = createTail(tailSize);
  const keys = openKeyIndex(db);
  const writer = createWriter(db, { wallTime, keys, onStored: tail.add });
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
    ...createLogReader(readDb, { tail, keys, head: writer.head, fail }),
    durability: () => durabilityOf(db, lastCommitAt),
    onAppended: (listener) => void listeners.push(listener),
    async close() {
      await group.drained();
      readDb.close();
      db.close();
    },
  };
}
