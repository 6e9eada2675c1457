import { type Logger, Unavailable } from '@blog/kit';
import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { Pool, type PoolClient, types } from 'pg';
import { breaksConnection, meaningOf } from './away';
import { migrate } from './schema';

/**
 * Whoever waits gets an answer before the bus or a browser gives up (10 s). The server ends a transaction whose process was
 * cut off from it, as nobody else may change those comments until then.
 *
 *     connect 2 s     lock 4 s < statement 6 s < answer 7 s < idle transaction 8 s
 */
const patience = {
  connectionTimeoutMillis: 2_000,
  lock_timeout: 4_000,
  statement_timeout: 6_000,
  query_timeout: 7_000,
  idle_in_transaction_session_timeout: 8_000,
};

const keepAlives = 'SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3';

/** 64-bit integers, which are times and positions here: JavaScript's numbers hold them. */
const int8 = 20;
const asNumbers: typeof types = {
  ...types,
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === int8 ? Number : (types.getTypeParser(oid, format) as (value: string) => unknown),
};

/**
 * Connections to a server that may be away: then whoever wants one gets Unavailable, and the next one may be lucky. The schema
 * is brought up to date by the first connection that comes about. One whose end is unknown is never used again.
 */
export function createPool({ url, logger }: { url: string; logger: Logger }): PostgresPool {
  const pool = new Pool({ connectionString: url, max: 10, keepAlive: true, types: asNumbers, ...patience });
  // One that nobody uses has ended: the pool forgets it by itself. An error that nobody listens to would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    // The server forgets us within a minute where we are cut off, and not after two hours.
    client.query(keepAlives).catch(() => undefined);
  });
  let isAway = false;
  let migration: Promise<void> | undefined;

  function noteAway(error: unknown): void {
    if (!isAway)
      logger.warn({ reason: error instanceof Error ? error.message : String(error) }, 'the database is away');
    isAway = true;
  }

  function noteBack(): void {
    if (isAway) logger.info('the database is back');
    isAway = false;
  }

  /** Once, whoever comes first; again where that failed. */
  function migrated(client: PoolClient): Promise<void> {
    migration ??= migrate(client).catch((error: unknown) => {
      migration = undefined;
      throw error;
    });
    return migration;
  }

  async function connect(): Promise<PostgresPoolClient> {
    let client: PoolClient | undefined;
    try {
      client = await pool.connect();
      await migrated(client);
      noteBack();
      return guard(client, noteAway);
    } catch (error) {
      client?.release(true);
      noteAway(error);
      throw new Unavailable('The database is away; nothing was stored.');
    }
  }

  return { connect, end: () => pool.end() };
}

/** A connection that is thrown away where its end is unknown: an answer that comes too late would be taken for the next one. */
function guard(client: PoolClient, onBroken: (error: unknown) => void): PostgresPoolClient {
  let broken: Error | undefined;
  /** It may end between two statements, too. */
  const breakIt = (error: unknown): void => {
    broken ??= meaningOf(error, '');
    onBroken(error);
  };
  client.on('error', breakIt);

  async function query<R>(statement: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (broken !== undefined) throw broken;
    try {
      const { command, rowCount, rows } = await client.query(statement, [...parameters]);
      return { command, rowCount, rows: rows as R[] } as PostgresQueryResult<R>;
    } catch (error) {
      const meaning = meaningOf(error, statement);
      if (breaksConnection(error)) {
        broken = meaning;
        onBroken(error);
      }
      throw meaning;
    }
  }

  return {
    query: query as PostgresPoolClient['query'],
    release() {
      client.off('error', breakIt);
      client.release(broken !== undefined);
    },
  };
}
