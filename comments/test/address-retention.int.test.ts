import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import request from 'supertest';
import { openRaw } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { noon, startComments } from './comments-service';
import { openAt } from './store-place';

const life = useTestLife();
const day = 24 * 60 * 60;

async function write(app: ReturnType<typeof startComments>['app'], content: string): Promise<void> {
  await request(app).post('/posts/p1/comments').send({ content }).expect(201);
}

function start() {
  const comments = startComments(life, { limits: [{ most: 100, ms: 60_000 }] });
  const raw = life.closing(openRaw(comments.file));
  // Migrations take the clock of the machine.
  raw.prepare('UPDATE address_key SET made_at = ?').run(Date.parse(noon));
  const hashes = (): unknown[] => raw.prepare('SELECT address_hash FROM comments ORDER BY id').pluck().all();
  return { ...comments, raw, hashes };
}

/** The files of a database that hold a text. */
function filesWith(file: string, text: string): string[] {
  const folder = dirname(file);
  return readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text));
}

describe('The address that a comment came from', () => {
  it('is forgotten after so many days, and that of a newer comment is not', async () => {
    const { app, store, pass, hashes, raw } = start();
    await write(app, 'old');
    pass(60 * day);
    await write(app, 'newer');
    pass(31 * day);
    await store.addresses.forget(90);
    expect(hashes()).toEqual([null, expect.any(String)]);
    expect(raw.prepare('SELECT count(*) FROM sendings').pluck().get()).toBe(0);
  });

  it('is kept for ever with 0 days', async () => {
    const { app, store, pass, hashes } = start();
    await write(app, 'old');
    const key = await store.addresses.key();
    pass(10_000 * day);
    await store.addresses.forget(0);
    expect(hashes()).toEqual([expect.any(String)]);
    expect(await store.addresses.key()).toBe(key);
  });

  it('has another hash when the key has ended, of which no byte is left', async () => {
    const { app, store, pass, hashes, file } = start();
    const key = await store.addresses.key();
    await write(app, 'first');
    await write(app, 'second');
    pass(89 * day);
    await store.addresses.forget(90);
    expect(await store.addresses.key()).toBe(key);
    pass(day);
    await store.addresses.forget(90);
    expect(await store.addresses.key()).not.toBe(key);
    expect(filesWith(file, key)).toEqual([]);
    await write(app, 'third');
    const [first, second, third] = hashes();
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('has the same hash in every process, also when another one has replaced the key', async () => {
    const { store, pass, file } = start();
    const other = life.closing(openAt(dirname(file), () => new Date(noon)));
    expect(await other.addresses.key()).toBe(await store.addresses.key());
    pass(100 * day);
    await store.addresses.forget(90);
    expect(await other.addresses.key()).toBe(await store.addresses.key());
  });

  it('is forgotten when whoever reads the files has ended, where a replaced key was still in them', async () => {
    const { store, pass, file, raw } = start();
    const key = await store.addresses.key();
    pass(100 * day);
    raw.exec('BEGIN');
    raw.prepare('SELECT * FROM address_key').get();
    await expect(store.addresses.forget(90)).rejects.toMatchObject({ name: 'Unavailable' });
    raw.exec('COMMIT');
    await store.addresses.forget(90);
    expect(filesWith(file, key)).toEqual([]);
  });
});
