import { randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';

/**
 * The tables of `tables.ts` as PostgreSQL has them: `migrations[n]` leads from version n to n + 1. Texts are compared byte by
 * byte (`COLLATE "C"`), as SQLite does, so that lists have the same order whatever the server's language is.
 */
const migrations = [
  (newSecret: string) => `
  CREATE TABLE comments (
    id text COLLATE "C" PRIMARY KEY, post_id text COLLATE "C" NOT NULL, parent_id text, author text NOT NULL,
    content text NOT NULL, html text, status text NOT NULL, reason text, created_at text COLLATE "C" NOT NULL,
    edited_at text, version integer NOT NULL, text_version integer NOT NULL, verdict_revision integer NOT NULL,
    token_hash text NOT NULL, author_id text, address_hash text
  );
  CREATE INDEX comments_by_post ON comments (post_id, created_at, id);
  CREATE INDEX comments_by_token ON comments (token_hash);
  CREATE TABLE early_verdicts (
    comment_id text PRIMARY KEY, status text NOT NULL, reason text, revision integer, content text,
    comment_version integer, kept_at bigint NOT NULL
  );
  CREATE INDEX early_verdicts_by_time ON early_verdicts (kept_at);
  CREATE TABLE deleted_posts (post_id text PRIMARY KEY, deleted_at bigint NOT NULL);
  CREATE TABLE sendings (address_hash text NOT NULL, sent_at bigint NOT NULL);
  CREATE INDEX sendings_by_address ON sendings (address_hash, sent_at);
  CREATE INDEX sendings_by_time ON sendings (sent_at);
  CREATE TABLE installation (name text PRIMARY KEY, value text NOT NULL);
  INSERT INTO installation VALUES ('secret', '${newSecret}');
  CREATE TABLE idempotency_keys (
    key text PRIMARY KEY, request_hash text NOT NULL, answer text NOT NULL, given_at bigint NOT NULL
  );
  CREATE INDEX idempotency_keys_by_time ON idempotency_keys (given_at);
  CREATE TABLE outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event text NOT NULL, appended_at bigint NOT NULL
  );
  CREATE TABLE outbox_refused (position bigint PRIMARY KEY, event text NOT NULL, reason text NOT NULL);`,
  () => `
  CREATE TABLE erased_comments (comment_id text PRIMARY KEY, post_id text NOT NULL, erased_at bigint NOT NULL);
  ALTER TABLE early_verdicts ADD COLUMN post_id text;`,
  (newSecret: string) => `
  CREATE TABLE address_key (one integer PRIMARY KEY CHECK (one = 1), secret text NOT NULL, made_at bigint NOT NULL);
  INSERT INTO address_key
    SELECT 1, value, (extract(epoch FROM now()) * 1000)::bigint FROM installation WHERE name = 'secret';
  UPDATE installation SET value = '${newSecret}' WHERE name = 'secret';
  CREATE INDEX comments_with_address ON comments (created_at) WHERE address_hash IS NOT NULL;`,
];

/** Brings the schema up to date. Safe for several processes at once. Throws where commits would not be durable. */
export async function migrate(client: PoolClient): Promise<void> {
  await requireDurability(client);
  await client.query('BEGIN');
  try {
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('schema of ' || current_schema(), 0))`);
    await client.query('CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)');
    const { rows } = await client.query<{ version: number }>('SELECT version FROM schema_version');
    const version = rows[0]?.version ?? 0;
    if (version > migrations.length) {
      throw new Error(`the database is at version ${version}, this program knows ${migrations.length}: it is too old`);
    }
    if (rows.length === 0) await client.query('INSERT INTO schema_version VALUES (0)');
    for (const migration of migrations.slice(version)) await client.query(migration(randomBytes(32).toString('hex')));
    await client.query('UPDATE schema_version SET version = $1', [migrations.length]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

async function requireDurability(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'off'`,
  );
  if (rows.length === 0) return;
  throw new Error(`the database does not sync its commits: ${rows.map(({ name }) => name).join(' and ')} is off`);
}
