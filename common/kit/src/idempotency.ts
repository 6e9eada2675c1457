import { createHash } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Request } from 'express';
import { InvalidInput, Unprocessable } from './errors';

/** The table of answers given. A service puts {@link idempotencyMigration} among its migrations. */
export interface IdempotencyTables {
  idempotency_keys: { key: string; request_hash: string; answer: string; given_at: number };
}

export const idempotencyMigration = `
  CREATE TABLE idempotency_keys (
    key TEXT PRIMARY KEY, request_hash TEXT NOT NULL, answer TEXT NOT NULL, given_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX idempotency_keys_by_time ON idempotency_keys (given_at);
`;

/** A key is remembered for so long. */
const keptMs = 24 * 60 * 60 * 1000;
const wellFormed = /^[\x21-\x7e]{1,255}$/;

/** The wish of a request to have its effect once, however often it is sent. */
export interface IdempotentRequest {
  key: string;
  /** Of what the request is: the same key for something else is a mistake. */
  hash: string;
}

/** Reads `Idempotency-Key`; undefined where there is none. Throws InvalidInput where it is no key. */
export function idempotentRequest(req: Request): IdempotentRequest | undefined {
  const key = req.get('Idempotency-Key');
  if (key === undefined) return undefined;
  if (!wellFormed.test(key)) {
    throw new InvalidInput([{ path: 'Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters' }]);
  }
  const content = JSON.stringify([req.method, req.originalUrl, req.body]);
  return { key, hash: createHash('sha256').update(content).digest('base64url') };
}

/** A database, or a transaction in it, whatever its tables. */
type QueryRunner = Pick<Kysely<unknown>, 'executeQuery'>;

export interface Idempotency<Answer> {
  /**
   * Within the transaction that has the effect: the answer given before, if any.
   * Throws Unprocessable where the key came with another request.
   */
  find(tx: QueryRunner, request: IdempotentRequest): Promise<Answer | undefined>;
  /** Remembers the answer in the same transaction, and forgets those of yesterday. */
  keep(tx: QueryRunner, request: IdempotentRequest, answer: Answer): Promise<void>;
}

/** Answers are kept as JSON; whatever is secret in them must be left out. */
export function createIdempotency<Answer, Tables>(
  db: Kysely<Tables>,
  { now }: { now: () => Date },
): Idempotency<Answer> {
  const own = db as unknown as Kysely<IdempotencyTables>;
  return {
    async find(tx, { key, hash }) {
      const query = own.selectFrom('idempotency_keys').selectAll().where('key', '=', key);
      const [row] = (await tx.executeQuery(query)).rows;
      if (!row) return undefined;
      if (row.request_hash === hash) return JSON.parse(row.answer) as Answer;
      const message = 'was used for another request before';
      throw new Unprocessable([{ path: 'Idempotency-Key', message }], 'The key is not new; nothing was stored.');
    },
    async keep(tx, { key, hash }, answer) {
      const givenAt = now().getTime();
      await tx.executeQuery(own.deleteFrom('idempotency_keys').where('given_at', '<', givenAt - keptMs));
      const row = { key, request_hash: hash, answer: JSON.stringify(answer), given_at: givenAt };
      await tx.executeQuery(own.insertInto('idempotency_keys').values(row));
    },
  };
}
