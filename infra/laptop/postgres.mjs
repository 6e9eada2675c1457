// The PostgreSQL server that tests use, where there is one.

const usual = 'postgres://postgres@127.0.0.1:5432/test';

/** The server's URL (TEST_DATABASE_URL, or the usual one of this machine), or why it can't be used. */
export async function findPostgres(env) {
  const url = env.TEST_DATABASE_URL || usual;
  // Installed by now, and not before this program started.
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // Whatever ends the connection ends the question.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return { url };
  } catch (error) {
    return { reason: error.message || error.code };
  } finally {
    await client.end().catch(() => undefined);
  }
}
