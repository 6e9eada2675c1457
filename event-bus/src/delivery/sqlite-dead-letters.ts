import { Unavailable } from '@blog/kit';
import type { Database } from '@blog/kit/sqlite';
import { emptyWriteAheadLog } from '../sqlite';
import type {
  DeadLetterState,
  LetterFilter,
  LetterPlace,
  NewJob,
  QueuedLetters,
  RedeliveryJob,
  StoredLetter,
} from './dead-letter-state';
import type { DeadLetter } from './lane';
import { createPruning } from './sqlite-pruning';

export const deadLetterMigration = `
  ALTER TABLE dead_letters ADD COLUMN phase TEXT NOT NULL DEFAULT 'dead';
  ALTER TABLE dead_letters ADD COLUMN redeliveries INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE dead_letters ADD COLUMN job TEXT;
  ALTER TABLE dead_letters ADD COLUMN redelivered_at INTEGER;
  CREATE INDEX dead_letters_queued ON dead_letters (name, key, sequence) WHERE phase = 'queued';
  CREATE TABLE redelivery_jobs (
    id TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    total INTEGER NOT NULL,
    delivered INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0,
    forgotten INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;`;

const columns = `name AS "group", sequence, event_id AS eventId, type, key, reason, detail, attempts,
  first_failed_at AS firstFailedAt, dead_at AS deadAt, phase, remains, redeliveries, job, redelivered_at AS redeliveredAt`;

/** Conditions with their values, for what is given. */
function conditionsOf({ ids, group, reason, key, phase }: LetterFilter): { where: string; values: unknown[] } {
  const conditions: [string, unknown][] = [];
  if (ids) {
    const pairs = JSON.stringify(ids.map((id) => [id.group, id.sequence]));
    conditions.push(['(name, sequence) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))', pairs]);
  }
  for (const [column, value] of [
    ['name', group],
    ['reason', reason],
    ['key', key],
    ['phase', phase],
  ] as const) {
    if (value !== undefined) conditions.push([`${column} = ?`, value]);
  }
  return {
    where: conditions.map(([condition]) => `AND ${condition}`).join(' '),
    values: conditions.map(([, value]) => value),
  };
}

/** What a queued letter's job counts, when the letter is queued no more. */
type JobResult = 'delivered' | 'failed' | 'forgotten';

function createCount(db: Database) {
  const count = (result: JobResult) =>
    db.prepare<[string, number]>(
      `UPDATE redelivery_jobs SET ${result} = ${result} + 1
       WHERE id = (SELECT job FROM dead_letters WHERE name = ? AND sequence = ? AND phase = 'queued')`,
    );
  const statements = { delivered: count('delivered'), failed: count('failed'), forgotten: count('forgotten') };
  return (result: JobResult, name: string, sequence: number): void => void statements[result].run(name, sequence);
}

/** What the transitions of lanes do to dead letters; each of these is a part of a transaction. */
export function createLetterChanges(db: Database) {
  const count = createCount(db);
  const giveUp = db.prepare(
    `INSERT INTO dead_letters (name, sequence, event_id, type, key, reason, detail, attempts, first_failed_at, dead_at)
     VALUES ($name, $sequence, $eventId, $type, $key, $reason, $detail, $attempts, $firstFailedAt, $deadAt)
     ON CONFLICT (name, sequence) DO UPDATE
       SET reason = excluded.reason, detail = excluded.detail, attempts = excluded.attempts, dead_at = excluded.dead_at, phase = 'dead'`,
  );
  const markDamaged = db.prepare(
    "UPDATE dead_letters SET phase = 'damaged', remains = ? WHERE name = ? AND sequence = ?",
  );
  const redelivered = db.prepare(
    `UPDATE dead_letters SET phase = 'redelivered', redelivered_at = ? WHERE name = ? AND sequence = ?`,
  );
  const forget = db.prepare('DELETE FROM dead_letters WHERE name = ? AND sequence = ?');
  const forgetQueued = db.prepare<{ name: string }>(
    `UPDATE redelivery_jobs SET forgotten = forgotten + lost.letters
     FROM (SELECT job, count(*) AS letters FROM dead_letters WHERE name = $name AND phase = 'queued' GROUP BY job) AS lost
     WHERE lost.job = redelivery_jobs.id`,
  );
  const from = db
    .prepare<[string, number, string | null], number>(
      `SELECT sequence FROM dead_letters
       WHERE name = ? AND sequence >= ? AND key = ifnull(?, key) AND phase <> 'damaged'`,
    )
    .pluck();

  const upTo = db
    .prepare<[string, number], number>('SELECT sequence FROM dead_letters WHERE name = ? AND sequence <= ?')
    .pluck();

  function store(name: string, { firstFailedAt, deadAt, ...letter }: DeadLetter): void {
    count('failed', name, letter.sequence);
    giveUp.run({ name, ...letter, firstFailedAt: Math.round(firstFailedAt), deadAt: Math.round(deadAt) });
  }

  return {
    giveUp: store,
    setAside(name: string, letter: DeadLetter, remains: string | null): void {
      store(name, letter);
      markDamaged.run(remains, name, letter.sequence);
    },
    redelivered(name: string, sequence: number, at: number): void {
      count('delivered', name, sequence);
      redelivered.run(Math.round(at), name, sequence);
    },
    forget(name: string, sequence: number): void {
      count('forgotten', name, sequence);
      forget.run(name, sequence);
    },
    /** Forgets a group's letters from a sequence on, those of one key or all. */
    forgetFrom(name: string, sequence: number, key: string | null = null): void {
      for (const one of from.all(name, sequence, key)) this.forget(name, one);
    },
    /** Forgets a group's letters up to a sequence. */
    forgetUpTo(name: string, sequence: number): void {
      for (const one of upTo.all(name, sequence)) this.forget(name, one);
    },
    /** Its letters go with the group. */
    groupEnds: (name: string): void => void forgetQueued.run({ name }),
  };
}

/** So many letters are looked at in one transaction: what else the process does waits for it. */
const lookedAtAtOnce = 500;

const beginning: LetterPlace = { group: '', sequence: 0 };

/** Queues letters in pieces, each one a transaction with what its job counts. */
function createQueue(db: Database, findJob: (id: string) => RedeliveryJob | undefined) {
  const insertJob = db.prepare(
    'INSERT INTO redelivery_jobs (id, created_at, total) VALUES (?, ?, 0) ON CONFLICT DO NOTHING',
  );
  const addToJob = db.prepare('UPDATE redelivery_jobs SET total = total + ? WHERE id = ?');
  const lastOf = db.prepare<[string, number, number], LetterPlace>(
    `SELECT name AS "group", sequence FROM dead_letters WHERE (name, sequence) > (?, ?)
     ORDER BY name, sequence LIMIT 1 OFFSET ?`,
  );
  const run = db.transaction((filter: LetterFilter, job: NewJob, after: LetterPlace): QueuedLetters => {
    const { where, values } = conditionsOf(filter);
    const last = lastOf.get(after.group, after.sequence, lookedAtAtOnce - 1);
    const range = last
      ? 'AND (name, sequence) > (?, ?) AND (name, sequence) <= (?, ?)'
      : 'AND (name, sequence) > (?, ?)';
    const ends = last ? [last.group, last.sequence] : [];
    const { changes } = db
      .prepare(
        `UPDATE dead_letters SET phase = 'queued', job = ?, redeliveries = redeliveries + 1
         WHERE phase = 'dead' ${range} ${where}`,
      )
      .run(job.id, after.group, after.sequence, ...ends, ...values);
    insertJob.run(job.id, job.createdAt);
    addToJob.run(changes, job.id);
    const now = findJob(job.id);
    if (!now) throw new Error('a job that was just stored is missing');
    return { job: now, next: last };
  });
  return async (filter: LetterFilter, job: NewJob, after = beginning): Promise<QueuedLetters> =>
    run.immediate(filter, job, after);
}

export function createDeadLetterState(db: Database): DeadLetterState {
  const live = "phase IN ('dead', 'queued', 'damaged')";
  const total = db.prepare<[string], number>(`SELECT count(*) FROM dead_letters WHERE name = ? AND ${live}`).pluck();
  const findJob = db.prepare<[string], RedeliveryJob>(
    `SELECT id, created_at AS createdAt, total, total - delivered - failed - forgotten AS waiting,
       delivered, failed, forgotten
     FROM redelivery_jobs WHERE id = ?`,
  );
  /** The write-ahead log may hold texts that were forgotten: since now, or since before this process. */
  let holdsForgotten = true;
  const forgetTexts = db.prepare<[string]>(
    `UPDATE dead_letters SET detail = NULL, remains = NULL
     WHERE (detail IS NOT NULL OR remains IS NOT NULL) AND sequence IN (SELECT value FROM json_each(?))`,
  );
  const queuedKeys = db.prepare<[string, string, number], { key: string; sequence: number }>(
    `SELECT key, min(sequence) AS sequence FROM dead_letters
     WHERE name = ? AND phase = 'queued' AND key > ? GROUP BY key ORDER BY key LIMIT ?`,
  );
  const nextQueued = db
    .prepare<[string, string], number | null>(
      `SELECT min(sequence) FROM dead_letters WHERE name = ? AND key = ? AND phase = 'queued'`,
    )
    .pluck();

  return {
    async letters(filter, { after = beginning, limit }) {
      const { where, values } = conditionsOf(filter);
      return db
        .prepare<unknown[], StoredLetter>(
          `SELECT ${columns} FROM dead_letters WHERE (name, sequence) > (?, ?) ${where} ORDER BY name, sequence LIMIT ?`,
        )
        .all(after.group, after.sequence, ...values, limit);
    },
    countDeadLetters: async (name) => total.get(name) ?? 0,
    queueLetters: createQueue(db, (id) => findJob.get(id)),
    async forgetTexts(sequences) {
      if (forgetTexts.run(JSON.stringify(sequences)).changes > 0) holdsForgotten = true;
      if (!holdsForgotten) return;
      if (!emptyWriteAheadLog(db)) throw new Unavailable('Somebody reads the state of the delivery.', 1);
      holdsForgotten = false;
    },
    job: async (id) => findJob.get(id),
    // A key is never empty. -1: no limit.
    queuedKeys: async (name, { after, limit } = { after: '', limit: -1 }) => queuedKeys.all(name, after, limit),
    nextQueued: async (name, key) => nextQueued.get(name, key) ?? undefined,
    ...createPruning(db),
  };
}
