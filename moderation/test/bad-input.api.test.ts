import type { Express } from 'express';
import fc from 'fast-check';
import request from 'supertest';
import { openRaw } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { ask, bearer, comment, created, push, startModeration } from './moderation-service';

jest.setTimeout(30_000);
const life = useTestLife();
const doors = [
  ['put', '/rules'],
  ['post', '/rules/try'],
  ['post', '/verdicts'],
  ['post', '/verdicts/undo'],
  ['put', '/blocklist'],
  ['post', '/events'],
] as const;
type Door = [method: (typeof doors)[number][0], path: string];

/** All that is stored, to see that nothing came in. */
function stored(file: string): unknown {
  const raw = openRaw(file);
  const tables = ['comments', 'verdicts', 'posts', 'rule_set', 'blocklist', 'outbox'];
  const rows = tables.map((table) => raw.prepare(`SELECT * FROM ${table}`).all());
  raw.close();
  return rows;
}

async function sendRaw(app: Express, [method, path]: Door, body: string | Buffer, type = 'application/json') {
  const sent = request(app)[method](path);
  const headers = { Authorization: await bearer(), 'Content-Type': type, 'If-Match': '*' };
  // As bytes: supertest would encode a string of another type as it likes.
  return sent
    .set(headers)
    .serialize((value: unknown) => value as string)
    .send(body as object);
}

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const notUtf8 = Buffer.concat([Buffer.from('{"commentId":"'), Buffer.from([0xff]), Buffer.from('"}')]);

describe.each(doors)('%s %s', (...door) => {
  it.each([
    ['no JSON', '{', 'application/json', 400],
    ['nothing', '', 'application/json', 400],
    ['a bare text', '"x"', 'application/json', 400],
    ['a bare number', '7', 'application/json', 400],
    ['null', 'null', 'application/json', 400],
    ['an object of nothing', '{}', 'application/json', 400],
    ['a list of nothing that counts', '[null]', 'application/json', 400],
    ['a list of lists', '[[]]', 'application/json', 400],
    ['wrong UTF-8', notUtf8, 'application/json', 400],
    ['too deep', deep(40), 'application/json', 400],
    ['another charset', '{}', 'application/json; charset=utf-16', 415],
    ['another type', '{}', 'text/plain', 415],
    ['too much', `{"x":"${'x'.repeat(9 * 1024 * 1024)}"}`, 'application/json', 413],
  ])('refuses %s', async (_name, body, type, status) => {
    const { app, file } = startModeration(life);
    const before = stored(file);
    const answer = await sendRaw(app, door, body, type);
    expect({ status: answer.status, type: answer.headers['content-type'] }).toEqual({
      status,
      type: 'application/problem+json; charset=utf-8',
    });
    expect(stored(file)).toEqual(before);
  });

  it('never fails, whatever JSON comes, and stores nothing of what it refuses', async () => {
    const { app, file } = startModeration(life);
    await push(app, created('c1'));
    const words = ['commentId', 'verdict', 'approved', 'c1', 'rules', 'kind', 'words', 'all', 'name', 'action', 'hold'];
    const more = [
      'authorId',
      'revision',
      'commentIds',
      'type',
      'CommentCreated',
      'CommentUpdated',
      'data',
      '__proto__',
    ];
    const word = fc.oneof(fc.constantFrom(...words, ...more), fc.string({ unit: 'binary', maxLength: 8 }));
    const leaf = fc.oneof(word, fc.double(), fc.integer(), fc.constantFrom(true, null, 1e308, -0));
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('json'), { maxLength: 3 }),
        fc.dictionary(word, tie('json'), { maxKeys: 6 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(json, async (body) => {
        const before = stored(file);
        const { status } = await sendRaw(app, door, JSON.stringify(body));
        expect(status).toBeLessThan(500);
        if (status >= 400) expect(stored(file)).toEqual(before);
      }),
      { numRuns: 100, endOnFailure: true },
    );
  });
});

const anyText = fc
  .string({ unit: 'binary', maxLength: 30 })
  .filter((text) => text.isWellFormed() && !text.includes('\0'));

describe('What looks right', () => {
  it('is stored and given back unchanged, whatever the text', async () => {
    const { app } = startModeration(life);
    let made = 0;
    const word = anyText.filter((text) => text.trim() !== '');
    await fc.assert(
      fc.asyncProperty(word, anyText, word, async (content, author, name) => {
        const id = `c${(made += 1)}`;
        await push(app, created(id, content, { author }));
        const { body: queue } = await ask(app, 'GET /queue?status=approved&limit=1');
        expect(queue.items).toMatchObject([{ id, content, author }]);
        const rules = [{ kind: 'all', name, reason: content, action: 'flag' }];
        expect((await ask(app, 'POST /rules/try', { body: { rules } })).body.items[0]).toMatchObject({ rule: name });
        await ask(app, 'POST /verdicts', { by: 'ána', body: { commentId: id, verdict: 'rejected', reason: content } });
        const search = await ask(app, `GET /queue?status=rejected&limit=1&q=${encodeURIComponent(content)}`);
        expect(search.status).toBe(200);
        expect((await ask(app, `GET /verdicts?commentId=${id}&by=%C3%A1na`)).body).toMatchObject([{ reason: content }]);
      }),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it.each([
    '2026-01-01T00:00Z',
    '0000-01-01T00:00:00+23:59',
    '9999-12-31T23:59:59-23:59',
    '2026-01-01T00:00:00.123456789123Z',
    'yesterday',
  ])('may have the time %s, or is refused for it', async (time) => {
    const { app } = startModeration(life);
    const data = comment('c1', 'x', { createdAt: time, editedAt: time });
    const { status } = await request(app).post('/events').send({ type: 'CommentCreated', time, data });
    expect([200, 400]).toContain(status);
    const post = { id: 'p', title: 'T', createdAt: time };
    expect([200, 400]).toContain(
      (await request(app).post('/events').send({ type: 'PostCreated', time, data: post })).status,
    );
  });
});
