import request from 'supertest';
import { openRaw, outboxOf } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { push, read, startComments, verdict, write } from './comments-service';

const life = useTestLife();

const path = '/posts/p1/comments';
type App = ReturnType<typeof startComments>['app'];

const post = (app: App, body: object, headers: Record<string, string> = {}) =>
  request(app).post(path).set(headers).send(body);
const factsOf = (file: string) => outboxOf(file).map(({ data }) => data as Record<string, unknown>);

describe('A reply', () => {
  it('names the comment that it replies to, to everybody', async () => {
    const { app, file } = startComments(life);
    await write(app, 'Nice');
    const { body } = await post(app, { content: 'Indeed', parentId: 'c1' });
    expect(body).toMatchObject([{ id: 'c1' }, { id: 'c2', parentId: 'c1' }]);
    await post(app, { content: 'Is it?', parentId: 'c2' }).expect(201);
    expect((await read(app)).map(({ parentId }) => parentId)).toEqual([undefined, 'c1', 'c2']);
    expect(factsOf(file).map(({ parentId }) => parentId)).toEqual([undefined, 'c1', 'c2']);
  });

  it.each(['c1', 'c9', '__proto__'])('to what is no comment of the post, %s, is refused', async (parentId) => {
    const { app, file } = startComments(life);
    await write(app, 'Elsewhere', '/posts/p2/comments');
    const { status, body } = await post(app, { content: 'Indeed', parentId });
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [{ path: 'parentId', message: 'is no comment of this post' }],
    });
    expect(outboxOf(file)).toHaveLength(1);
  });
});

describe('A program that fills in every field', () => {
  it('gets an answer as if it had worked, and nothing is stored or told', async () => {
    const { app, file, commits } = startComments(life);
    await write(app, 'Nice');
    const people = await post(app, { content: 'Me too', author: 'Ada', website: '' });
    const program = await post(app, { content: 'Buy!', author: 'Ada', website: 'https://example.org' });
    const last = (body: unknown) => (body as object[]).at(-1);
    expect(program.status).toBe(201);
    expect(last(program.body)).toEqual({ ...last(people.body), id: 'c3', content: 'Buy!', html: '<p>Buy!</p>\n' });
    expect(program.headers['location']).toBe(`${path}/c3`);
    expect(program.headers['comment-token']).toMatch(/^[\w-]{24}$/);
    expect(Object.keys(program.headers).sort()).toEqual(Object.keys(people.headers).sort());
    expect(await read(app, program.headers['comment-token'])).toHaveLength(2);
    expect({ events: outboxOf(file).length, commits: commits.length }).toEqual({ events: 2, commits: 2 });
  });
});

describe('Idempotency-Key', () => {
  const key = { 'Idempotency-Key': 'b1f3c5e0-4c0e-4d0e-9d5b-2f1f6f0c9a11' };
  const once = { content: 'Once' };

  it('gives the first answer again, with the same token, and writes one comment', async () => {
    const { app, file } = startComments(life);
    const first = await post(app, once, key);
    const again = await post(app, once, key);
    expect({ status: again.status, body: again.body }).toEqual({ status: 201, body: first.body });
    for (const name of ['location', 'comment-token']) expect(again.headers[name]).toBe(first.headers[name]);
    expect(await read(app, again.headers['comment-token'])).toMatchObject([{ content: 'Once', own: true }]);
    expect(outboxOf(file)).toHaveLength(1);
  });

  it('writes one comment, when the same request comes many times at once', async () => {
    const { app, file } = startComments(life);
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(app, once, key)));
    expect(new Set(answers.map(({ headers }) => headers['comment-token'])).size).toBe(1);
    expect(answers.map(({ status, body }) => [status, body.length])).toEqual(Array(10).fill([201, 1]));
    expect(outboxOf(file)).toHaveLength(1);
  });

  it('is refused with another body, or for another post', async () => {
    const { app, file } = startComments(life);
    await post(app, once, key).expect(201);
    for (const refused of [
      await post(app, { content: 'Twice' }, key),
      await request(app).post('/posts/p2/comments').set(key).send(once),
    ]) {
      expect({ status: refused.status, path: refused.body.errors[0].path }).toEqual({
        status: 422,
        path: 'Idempotency-Key',
      });
      expect(refused.headers['comment-token']).toBeUndefined();
    }
    expect(outboxOf(file)).toHaveLength(1);
  });

  it('is answered again even where it may not be written any more', async () => {
    const { app } = startComments(life);
    const first = await post(app, once, key);
    await push(app, { type: 'PostDeleted', data: { id: 'p1' } });
    const again = await post(app, once, key);
    expect({ status: again.status, body: again.body }).toEqual({ status: 201, body: [] });
    expect(again.headers['comment-token']).toBe(first.headers['comment-token']);
  });

  it('makes tokens that differ from comment to comment and from installation to installation', async () => {
    const { app, pass } = startComments(life);
    const tokens = [await post(app, once, key)];
    pass(25 * 60 * 60);
    tokens.push(await post(app, { content: 'Sweeps' }, { 'Idempotency-Key': 'k2' }));
    tokens.push(await post(app, once, key));
    expect(new Set(tokens.map(({ headers }) => headers['comment-token'])).size).toBe(3);
  });

  it.each(['a b', 'x'.repeat(256), ''])('is refused where it is no key: %j', async (wrong) => {
    const { app, file } = startComments(life);
    const { status, body } = await post(app, once, { 'Idempotency-Key': wrong });
    expect({ status, path: body.errors?.[0].path }).toEqual({ status: 400, path: 'Idempotency-Key' });
    expect(outboxOf(file)).toEqual([]);
  });
});

describe('The author of a comment', () => {
  it('is the same for all that send the token of an earlier one', async () => {
    const { app, file } = startComments(life);
    const first = await write(app, 'One');
    const second = await post(app, { content: 'Two' }, { 'Comment-Token': `x, ${first}` });
    await post(app, { content: 'Three' }, { 'Comment-Token': second.headers['comment-token'] ?? '' });
    await write(app, 'Of somebody else');
    await push(app, verdict('c2', { revision: 1 }));
    expect(factsOf(file).map(({ authorId }) => authorId)).toEqual(['c1', 'c1', 'c1', 'c4', 'c1']);
  });

  it('is that of the newest comment, where the tokens are of several', async () => {
    const { app, file } = startComments(life);
    const tokens = [await write(app, 'One'), await write(app, 'Two')].reverse();
    await post(app, { content: 'Three' }, { 'Comment-Token': tokens.join(',') });
    expect(factsOf(file).at(-1)).toMatchObject({ authorId: 'c2' });
  });
});

describe('What is stored', () => {
  it('holds no token, no key and no address, and tells addresses apart', async () => {
    const { app, file } = startComments(life);
    const key = 'b1f3c5e0-4c0e-4d0e-9d5b-2f1f6f0c9a11';
    const from = (address: string) => ({ 'X-Forwarded-For': address });
    const tokens = [
      await post(app, { content: 'One' }, { ...from('203.0.113.5'), 'Idempotency-Key': key }),
      await post(app, { content: 'Two' }, from('198.51.100.7, 203.0.113.5, 10.1.2.3')),
      await post(app, { content: 'Three' }, from('203.0.113.6')),
    ].map(({ headers }) => headers['comment-token'] ?? '');
    const hashes = factsOf(file).map(({ addressHash }) => addressHash);
    expect(hashes).toEqual([
      expect.stringMatching(/^[\w-]{22}$/),
      hashes[0],
      expect.not.stringMatching(String(hashes[0])),
    ]);
    const raw = openRaw(file);
    const everything = raw.serialize().toString('latin1');
    raw.close();
    for (const secret of [...tokens, key, '203.0.113', '198.51.100']) expect(everything).not.toContain(secret);
    expect(everything).toContain(hashes[0]);
  });
});
