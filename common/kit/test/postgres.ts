import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** The server for these tests. `npm test` leaves them out, loudly, where there is none; in CI there must be one. */
const server = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/test';

export interface TestSchema {
  /** A DATABASE_URL whose tables are the test's own; of the server itself, or of a proxy before it. */
  url(proxy?: { host?: string; port: number }): string;
  /** What a proxy has to reach. */
  target: { host: string; port: number };
  query<R extends object>(statement: string): Promise<R[]>;
  close(): Promise<void>;
}

/** A schema of its own, which is dropped when it is closed. */
export async function openTestSchema(): Promise<TestSchema> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const client = new Client({ connectionString: server, options: `-c search_path=${name}` });
  await client.connect();
  await client.query(`CREATE SCHEMA ${name}`);
  return {
    url(proxy) {
      const url = new URL(server);
      if (proxy) url.port = String(proxy.port);
      if (proxy?.host !== undefined) url.hostname = proxy.host;
      url.searchParams.set('options', `-c search_path=${name}`);
      return url.href;
    },
    target: { host: client.host, port: client.port },
    query: async <R extends object>(statement: string) => (await client.query<R>(statement)).rows,
    async close() {
      await client.query(`DROP SCHEMA ${name} CASCADE`);
      await client.end();
    },
  };
}
