import type { Database } from '@blog/kit/sqlite';
import type { DeadLetterState } from './dead-letter-state';

export const pruningMigration = `
  CREATE INDEX redelivery_jobs_by_age ON redelivery_jobs (created_at);
  CREATE INDEX dead_letters_redelivered ON dead_letters (redelivered_at) WHERE phase = 'redelivered';`;

/** Deletes what is only history: jobs that are done, and dead letters that were delivered in the end. */
export function createPruning(db: Database): Pick<DeadLetterState, 'prune'> {
  const nthJob = db
    .prepare<[number], number>('SELECT created_at FROM redelivery_jobs ORDER BY created_at DESC LIMIT 1 OFFSET ?')
    .pluck();
  const nthLetter = db
    .prepare<[number], number>(
      `SELECT redelivered_at FROM dead_letters WHERE phase = 'redelivered'
       ORDER BY redelivered_at DESC LIMIT 1 OFFSET ?`,
    )
    .pluck();
  const jobs = db.prepare<[number, number]>(
    `DELETE FROM redelivery_jobs WHERE id IN (
       SELECT id FROM redelivery_jobs
       WHERE created_at <= ? AND total = delivered + failed + forgotten ORDER BY created_at LIMIT ?)`,
  );
  const letters = db.prepare<[number, number]>(
    `DELETE FROM dead_letters WHERE (name, sequence) IN (
       SELECT name, sequence FROM dead_letters
       WHERE phase = 'redelivered' AND redelivered_at <= ? ORDER BY redelivered_at LIMIT ?)`,
  );
  return {
    async prune({ upTo, maxJobs, maxRedelivered, atMost }) {
      const old = jobs.run(Math.max(upTo, nthJob.get(maxJobs) ?? upTo), atMost).changes;
      return old + letters.run(Math.max(upTo, nthLetter.get(maxRedelivered) ?? upTo), atMost).changes;
    },
  };
}
