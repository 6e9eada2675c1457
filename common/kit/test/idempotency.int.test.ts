import type { Request } from 'express';
import { createIdempotency, idempotencyMigration, idempotentRequest, openDatabase } from '../src/state';

let nowMs = Date.parse('2026-11-24T12:00:00Z');
const { db, transaction, close } = openDatabase<object>({
  file: ':memory:',
  use: 'alone',
  migrations: [idempotencyMigration],
});
const answers = createIdempotency<{ id: string }, object>(db, { now: () => new Date(nowMs) });
afterAll(close);

const asked = (key: string | undefined, body: unknown = { a: 1 }, originalUrl = '/posts') =>
  idempotentRequest({ method: 'POST', originalUrl, body, get: () => key } as unknown as Request);

/** One request: the answer of before, or a new one that is kept. */
const answer = (key: string, id: string, body?: unknown) =>
  transaction(async (tx) => {
    const wish = asked(key, body);
    if (!wish) throw new Error('no key');
    const earlier = await answers.find(tx, wish);
    if (earlier) return earlier;
    await answers.keep(tx, wish, { id });
    return { id };
  });

describe('Idempotency-Key', () => {
  it('gives the first answer again, to the same request', async () => {
    expect(await answer('k1', 'first')).toEqual({ id: 'first' });
    expect(await answer('k1', 'second')).toEqual({ id: 'first' });
    expect(await answer('k2', 'second')).toEqual({ id: 'second' });
  });

  it('is refused for another body', async () => {
    await answer('k3', 'x', { title: 'A' });
    await expect(answer('k3', 'y', { title: 'B' })).rejects.toMatchObject({ faults: [{ path: 'Idempotency-Key' }] });
  });

  it('is forgotten after a day', async () => {
    await answer('k4', 'old');
    nowMs += 25 * 60 * 60 * 1000;
    await answer('k5', 'sweeps');
    expect(await answer('k4', 'new')).toEqual({ id: 'new' });
  });

  it('is not required, and must be a key', () => {
    expect(asked(undefined)).toBeUndefined();
    for (const key of ['', 'ü', 'a b', 'x'.repeat(256)]) expect(() => asked(key)).toThrow();
  });
});
