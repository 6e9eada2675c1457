import type { Database } from '@blog/kit/sqlite';
import { openSqlite } from '../sqlite';

/** What is to be erased: everything of one id, under one key. */
export interface Erasure {
  /** Of the event that asked for it. */
  sequence: number;
  eventId: string;
  key: string;
  /** The id whose texts go. */
  erases: string;
  /** When it was asked for, ms since 1970. */
  askedAt: number;
  /** How many events lost their texts. */
  events: number;
  /** Sequences of damaged records of that key: nobody can tell what they say. */
  damaged: number[];
  /** When nothing of it was left in the files, ms since 1970; null until then. */
  doneAt: number | null;
}

/**
 * Which erasures there were, and how far the log was looked through for them. All of it can be made again from the log: where this
 * file is missing, or is that of another log, the log is looked through from its beginning.
 */
export interface ErasureState {
  lookedUpTo(): number;
  all(): Erasure[];
  /** Notes some, and how far the log was looked through with them, in one transaction. */
  save(erasures: readonly Erasure[], lookedUpTo: number): void;
  close(): void;
}

const migrations = [
  `CREATE TABLE looked (identity TEXT NOT NULL, up_to INTEGER NOT NULL) STRICT;
   CREATE TABLE erasures (
     sequence INTEGER PRIMARY KEY, event_id TEXT NOT NULL, key TEXT NOT NULL, erases TEXT NOT NULL,
     asked_at INTEGER NOT NULL, events INTEGER NOT NULL, damaged TEXT NOT NULL, done_at INTEGER
   ) STRICT;`,
];

/** The place in the log up to which it was looked through; 0 where what is noted is not of this log. */
function attach(db: Database, { identity, head }: { identity: string; head: number }): number {
  const run = db.transaction(() => {
    const noted = db
      .prepare<[], { identity: string; upTo: number }>('SELECT identity, up_to AS upTo FROM looked')
      .get();
    if (noted?.identity === identity && noted.upTo <= head) return noted.upTo;
    db.exec('DELETE FROM erasures; DELETE FROM looked');
    db.prepare('INSERT INTO looked VALUES (?, 0)').run(identity);
    return 0;
  });
  return run.immediate();
}

/** @param log which log it is, and where it ends */
export function openErasureState(file: string, log: { identity: string; head: number }): ErasureState {
  const db = openSqlite({ file, synchronous: 'FULL', migrations });
  let lookedUpTo = attach(db, log);
  const all = db.prepare<[], Omit<Erasure, 'damaged'> & { damaged: string }>(
    `SELECT sequence, event_id AS eventId, key, erases, asked_at AS askedAt, events, damaged, done_at AS doneAt
     FROM erasures ORDER BY sequence`,
  );
  const put = db.prepare(
    `INSERT OR REPLACE INTO erasures (sequence, event_id, key, erases, asked_at, events, damaged, done_at)
     VALUES ($sequence, $eventId, $key, $erases, $askedAt, $events, $damaged, $doneAt)`,
  );
  const look = db.prepare<[number]>('UPDATE looked SET up_to = ?');
  const save = db.transaction((erasures: readonly Erasure[], upTo: number) => {
    for (const one of erasures) put.run({ ...one, damaged: JSON.stringify(one.damaged) });
    look.run(upTo);
  });
  return {
    lookedUpTo: () => lookedUpTo,
    all: () => all.all().map((row) => ({ ...row, damaged: JSON.parse(row.damaged) as number[] })),
    save(erasures, upTo) {
      save.immediate(erasures, upTo);
      lookedUpTo = upTo;
    },
    close: () => void db.close(),
  };
}
