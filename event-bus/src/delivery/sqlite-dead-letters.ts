import type { Database } from '@blog/kit/sqlite';
import type { DeadLetterState, LetterFilter, RedeliveryJob, StoredLetter } from './dead-letter-state';
import type { DeadLetter } from './lane';

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
  };
}

export function createDeadLetterState(db: Database): DeadLetterState {
  const live = "phase IN ('dead', 'queued', 'damaged')";
  const total = db.prepare<[string], number>(`SELECT count(*) FROM dead_letters WHERE name = ? AND ${live}`).pluck();
  const insertJob = db.prepare('INSERT INTO redelivery_jobs (id, created_at, total) VALUES (?, ?, ?)');
  const findJob = db.prepare<[string], RedeliveryJob>(
    `SELECT id, created_at AS createdAt, total, total - delivered - failed - forgotten AS waiting,
       delivered, failed, forgotten
     FROM redelivery_jobs WHERE id = ?`,
  );
  const queuedKeys = db.prepare<[string], { key: string; sequence: number }>(
    `SELECT key, min(sequence) AS sequence FROM dead_letters WHERE name = ? AND phase = 'queued' GROUP BY key`,
  );
  const nextQueued = db
    .prepare<[string, string], number | null>(
      `SELECT min(sequence) FROM dead_letters WHERE name = ? AND key = ? AND phase = 'queued'`,
    )
    .pluck();

  const queue = db.transaction((filter: LetterFilter, { id, createdAt }: { id: string; createdAt: number }) => {
    const { where, values } = conditionsOf(filter);
    const { changes } = db
      .prepare(
        `UPDATE dead_letters SET phase = 'queued', job = ?, redeliveries = redeliveries + 1
         WHERE phase = 'dead' ${where}`,
      )
      .run(id, ...values);
    insertJob.run(id, createdAt, changes);
    return { id, createdAt, total: changes, waiting: changes, delivered: 0, failed: 0, forgotten: 0 };
  });

  return {
    async letters(filter, { after = { group: '', sequence: 0 }, limit }) {
      const { where, values } = conditionsOf(filter);
      return db
        .prepare<unknown[], StoredLetter>(
          `SELECT ${columns} FROM dead_letters WHERE (name, sequence) > (?, ?) ${where} ORDER BY name, sequence LIMIT ?`,
        )
        .all(after.group, after.sequence, ...values, limit);
    },
    countDeadLetters: async (name) => total.get(name) ?? 0,
    queueLetters: async (filter, job) => queue.immediate(filter, job),
    job: async (id) => findJob.get(id),
    queuedKeys: async (name) => queuedKeys.all(name),
    nextQueued: async (name, key) => nextQueued.get(name, key) ?? undefined,
  };
}
