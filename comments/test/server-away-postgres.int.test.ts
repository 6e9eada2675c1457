import { newId } from '@blog/kit';
import request from 'supertest';
import { startCuttableProxy } from '../../common/kit/test/cuttable-proxy';
import { eventually } from '../../common/kit/test/eventually';
import { useTestLife } from '../../common/kit/test/test-life';
import { createComment } from '../src/domain';
import type { CommentStore } from '../src/store';
import { noon, push, startComments, verdict } from './comments-service';
import { openTestSchema, type TestSchema } from '../../common/kit/test/postgres';
import { openAt, postgresPlace } from './store-place';

jest.setTimeout(60_000);

const life = useTestLife();
const now = () => new Date(noon);
let schema: TestSchema;

beforeEach(async () => {
  schema = life.closing(await openTestSchema());
});

/** A service that reaches its database over a wire that can be cut. */
async function behindAWire() {
  const proxy = life.closing(await startCuttableProxy(schema.target));
  return { proxy, ...startComments(life, { address: schema.url(proxy), newId }) };
}

const statusOf = async (test: request.Test) => (await test).status;
type App = ReturnType<typeof startComments>['app'];
const readyz = (app: App) => statusOf(request(app).get('/readyz'));
const post = (app: App, content: string) => request(app).post('/posts/p1/comments').send({ content });
const insert = (store: CommentStore, id: string) => {
  const made = { id, postId: 'p1', tokenHash: 'h', authorId: id, now: now() };
  return store.transaction(['p1'], (tx) => tx.insert(createComment({ content: 'Nice', author: '' }, made)));
};

describe('While the server is away', () => {
  it('everything is refused with 503 and nothing acknowledged is lost; when it is back all goes on', async () => {
    const { proxy, app } = await behindAWire();
    const { body } = await post(app, 'Before').expect(201);
    expect(await readyz(app)).toBe(200);

    proxy.cut();
    // One that waits for an answer, and one that finds no connection.
    const answers = await Promise.all([post(app, 'During'), request(app).get('/posts/p1/comments'), readyz(app)]);
    expect(answers.map((answer) => (typeof answer === 'number' ? answer : answer.status))).toEqual([503, 503, 503]);
    expect(answers[0].body).toMatchObject({ detail: 'The database is away; nothing was stored.' });
    expect(answers[0].headers['retry-after']).toBe('1');
    expect(await statusOf(request(app).post('/events').send(verdict(body[0].id)))).toBe(503);
    expect(await statusOf(request(app).get('/healthz'))).toBe(200);

    proxy.mend();
    await eventually(async () => expect(await readyz(app)).toBe(200));
    await push(app, verdict(body[0].id, { revision: 1, content: 'Before' }));
    const after = await post(app, 'After').expect(201);
    expect(after.body).toMatchObject([{ content: 'Before', status: 'approved' }, { content: 'After' }]);
    const types = (await postgresPlace(schema).outbox()).map(({ type }) => type);
    expect(types).toEqual(['CommentCreated', 'CommentUpdated', 'CommentCreated']);
  });

  it('a service starts, and is ready when the server is', async () => {
    const proxy = life.closing(await startCuttableProxy(schema.target));
    proxy.cut();
    const { app } = startComments(life, { address: schema.url(proxy) });
    expect([await readyz(app), (await post(app, 'Early')).status]).toEqual([503, 503]);
    proxy.mend();
    await eventually(async () => expect(await readyz(app)).toBe(200));
    await post(app, 'Late').expect(201);
  });
});

describe('When the server ends connections under load', () => {
  it('a request is answered with 503 or is stored, once', async () => {
    const { app } = startComments(life, { address: schema.url(), newId });
    await post(app, 'First').expect(201);
    const acknowledged: string[] = [];
    const refused: number[] = [];
    let ended = false;
    const write = async (writer: number): Promise<void> => {
      for (let number = 1; !ended; number += 1) {
        const content = `${writer}.${number}`;
        const key = { 'Idempotency-Key': content };
        const answer = await post(app, content).set(key);
        if (answer.status === 201) acknowledged.push(content);
        else refused.push(answer.status);
        // The end of a refused one may be unknown: asked again, it is stored once.
        if (answer.status !== 201 && (await post(app, content).set(key)).status === 201) acknowledged.push(content);
      }
    };
    const writing = Promise.all([1, 2, 3, 4].map(write));
    while (refused.length < 10) {
      await schema.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()
           AND query LIKE '%' || current_schema() || '%'`,
      );
      await schema.query(
        `SELECT pg_terminate_backend(l.pid) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
           JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = current_schema() AND l.pid <> pg_backend_pid()`,
      );
    }
    ended = true;
    await writing;
    expect(new Set(refused)).toEqual(new Set([503]));
    const stored = await schema.query<{ content: string }>('SELECT content FROM comments');
    const contents = stored.map(({ content }) => content);
    expect(acknowledged.filter((content) => !contents.includes(content))).toEqual([]);
    expect(new Set(contents).size).toBe(contents.length);
    expect(await postgresPlace(schema).outbox()).toHaveLength(contents.length);
  });
});

describe('A replica that is cut off in the middle of a change', () => {
  it('keeps the others from the same post for some seconds, and from no other one', async () => {
    const proxy = life.closing(await startCuttableProxy(schema.target));
    const cutOff = life.closing(openAt(schema.url(proxy), now));
    const other = life.closing(openAt(schema.url(), now));
    await insert(other, 'c1');
    let whenOthersTried: () => void = () => undefined;
    const othersTried = new Promise<void>((resolve) => (whenOthersTried = resolve));
    let whenHeld: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (whenHeld = resolve));
    const change = cutOff.transaction(['p1'], async (tx) => {
      await tx.find('c1');
      proxy.cut();
      whenHeld();
      await othersTried;
      await tx.remove([], {});
    });
    await held;
    await other.transaction(['p2'], (tx) => tx.markPostDeleted('p2'));
    await expect(insert(other, 'c2')).rejects.toMatchObject({ name: 'Unavailable' });
    let tries = 1;
    for (let done = false; !done; tries += 1) {
      done = await insert(other, 'c2').then(
        () => true,
        () => false,
      );
    }
    expect(tries).toBeLessThanOrEqual(4);
    whenOthersTried();
    await expect(change).rejects.toMatchObject({ name: 'Unavailable' });
    proxy.mend();
    expect((await other.page('p1', 10)).items.map(({ id }) => id)).toEqual(['c1', 'c2']);
  });
});

describe('A server that would lose commits', () => {
  it('is not used', async () => {
    const url = schema.url().replace('search_path', 'synchronous_commit%3Doff%20-c%20search_path');
    const store = life.closing(openAt(url, now));
    await expect(insert(store, 'c1')).rejects.toMatchObject({ name: 'Unavailable' });
    expect(await store.isReady()).toBe(false);
    expect(await life.closing(openAt(schema.url(), now)).isReady()).toBe(true);
  });
});
