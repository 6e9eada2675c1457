import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@blog/kit';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { CommentDatabase } from '../store';
import type { Tables } from '../tables';
import { wasBeaten } from './away';
import { createPool } from './pool';

const tries = 5;
/** Whether it answers is asked by somebody who waits for the answer. */
const readyWithinMs = 2_000;

/**
 * The comments in a PostgreSQL database, which replicas on several machines share. Opening connects to nothing: a server that is
 * away is awaited, and until then everything is refused with Unavailable.
 */
export function openPostgresDatabase({ url, logger }: { url: string; logger: Logger }): CommentDatabase {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: createPool({ url, logger }) }) });

  const answers = async (): Promise<boolean> => {
    await sql`SELECT 1`.execute(db);
    return true;
  };

  return {
    db,
    async transaction(work) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await db.transaction().execute(work);
        } catch (error) {
          if (attempt === tries || !wasBeaten(error)) throw error;
        }
      }
    },
    async hold(tx, names) {
      for (const name of names) {
        // The names of other schemas of this server are others.
        await sql`SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' ' || ${name}, 0))`.execute(tx);
      }
    },
    // What lies in the files of the server is for those who run it: docs/erasing.md.
    scrub: async () => undefined,
    isReady: () => Promise.race([answers().catch(() => false), delay(readyWithinMs, false, { ref: false })]),
    close: () => db.destroy(),
  };
}
