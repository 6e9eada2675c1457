import request from 'supertest';
import { useTestLife } from '../../common/kit/test/test-life';
import { createPreparedAnswers } from '../src/http/prepared-answers';
import { isNotModified } from '../src/http/not-modified';
import { commentDeleted, commentUpdated, postCreated, postDeleted, postUpdated, startQuery } from './query-service';

const life = useTestLife();

async function aFilledQuery() {
  const query = startQuery(life);
  await query.push(postCreated('p1', { tags: ['a'] }), postCreated('p2'), commentUpdated('c1'));
  return query;
}

const reads = [
  ...['/posts', '/posts?limit=1', '/posts?tag=a', '/posts?q=title', '/posts/p1', '/posts/p1?limit=1', '/tags'],
  ...['/feed.atom', '/feed.atom?tag=a', '/feed.json', '/sitemap.xml'],
];

describe.each(reads)('GET %s', (path) => {
  it('answers 304 until something changes of which it is made, asked once or again', async () => {
    const { app, push } = await aFilledQuery();
    const first = await request(app).get(path).expect(200);
    const etag = first.headers['etag'] ?? '';
    for (const sent of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const { status, text, headers } = await request(app).get(path).set('If-None-Match', sent);
      expect({ status, text, etag: headers['etag'] }).toEqual({ status: 304, text: '', etag });
    }
    await push(
      postUpdated('p1', { title: 'New title', tags: ['a', 'b'], version: 2 }),
      postUpdated('p2', { title: 'New title', version: 2 }),
    );
    const changed = await request(app).get(path).set('If-None-Match', etag);
    expect(changed.status).toBe(200);
    expect(changed.text).not.toBe(first.text);
  });

  it('gives the same answer when it is prepared, with the same headers', async () => {
    const { app } = await aFilledQuery();
    const answers = [await request(app).get(path), await request(app).get(path), await request(app).get(path)];
    const [first, ...others] = answers.map(({ status, text, headers }) => ({
      ...{ status, text },
      headers: { ...headers, date: '', 'x-request-id': '', 'keep-alive': '' },
    }));
    expect(first?.headers).toMatchObject({ 'access-control-allow-origin': '*', 'cache-control': 'no-cache' });
    for (const other of others) expect(other).toEqual(first);
    const { headers } = await request(app).head(path);
    expect({ etag: headers['etag'], length: headers['content-length'] }).toEqual({
      etag: answers[0]?.headers['etag'],
      length: answers[0]?.headers['content-length'],
    });
  });
});

describe('A prepared answer', () => {
  it('is never given after a change that it does not show', async () => {
    const { app, push } = await aFilledQuery();
    const titles = async () => {
      const { body } = await request(app).get('/posts');
      return Object.values(body as Record<string, { title: string; commentCount: number }>).map((post) => [
        post.title,
        post.commentCount,
      ]);
    };
    const seen = [await titles()];
    for (const event of [
      postUpdated('p1', { title: 'B' }),
      commentUpdated('c2'),
      commentDeleted('c1'),
      postDeleted('p2'),
    ]) {
      await push(event);
      seen.push(await titles());
    }
    expect(seen).toEqual([
      [
        ['Title of p1', 1],
        ['Title of p2', 0],
      ],
      [
        ['B', 1],
        ['Title of p2', 0],
      ],
      [
        ['B', 2],
        ['Title of p2', 0],
      ],
      [
        ['B', 1],
        ['Title of p2', 0],
      ],
      [['B', 1]],
    ]);
  });

  it('says the place in the live stream as it is now, though it was made before', async () => {
    const { app, push } = await aFilledQuery();
    const positionOf = async () => (await request(app).get('/posts/p2')).headers['stream-position'];
    expect([await positionOf(), await positionOf()]).toEqual(['3', '3']);
    await push(commentUpdated('c2'));
    expect(await positionOf()).toBe('4');
  });

  it('outlives a change of something else', async () => {
    const { app, push, answers } = await aFilledQuery();
    for (const path of ['/posts', '/posts/p1', '/posts/p2', '/feed.atom']) await request(app).get(path);
    await push(commentUpdated('c2'));
    const kept = ['/posts', '/posts/p1', '/posts/p2', '/feed.atom'].filter((path) => answers.get(path));
    expect(kept).toEqual(['/posts/p2', '/feed.atom']);
  });

  it('is kept under one address only, whatever is added to it', async () => {
    const { app, answers } = await aFilledQuery();
    for (const path of ['/posts?x=1', '/posts?cursor=', '/posts/p1?x', '/posts/%701', '/posts?q=title', '/feed.atom?x'])
      await request(app).get(path);
    expect(answers.size()).toBe(0);
  });

  it('has its request counted under its route', async () => {
    const { app } = await aFilledQuery();
    for (let n = 0; n < 3; n += 1) await request(app).get('/posts/p1');
    const { text } = await request(app).get('/metrics');
    expect(text).toMatch(/^http_request_duration_seconds_count\{.*route="\/posts\/:id",status="200".*\} 3$/m);
  });
});

describe('Preparing answers', () => {
  const answer = (bytes: number) => ({
    route: '/',
    headers: {},
    hasPosition: true,
    body: Buffer.alloc(bytes),
    etag: '"1"',
  });

  it('keeps no more than it may: what nobody asked for goes first', () => {
    const answers = createPreparedAnswers(80_000);
    for (let n = 0; n < 100; n += 1) {
      answers.keep(`/posts/p${n}`, { post: `p${n}` }, answer(5_000));
      answers.get('/posts/p0');
      expect(answers.size()).toBeLessThanOrEqual(80_000);
    }
    expect(['/posts/p0', '/posts/p1', '/posts/p99'].map((url) => answers.get(url) !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('keeps none that would take the place of most others', () => {
    const answers = createPreparedAnswers(80_000);
    answers.keep('/posts', 'everything', answer(20_000));
    expect(answers.size()).toBe(0);
  });

  it('counts an answer once that is made again', () => {
    const answers = createPreparedAnswers(80_000);
    answers.keep('/posts', 'everything', answer(1_000));
    const size = answers.size();
    answers.keep('/posts', 'everything', answer(1_000));
    expect(answers.size()).toBe(size);
    answers.forget({ posts: new Set(['p1']), anyPost: false });
    expect(answers.size()).toBe(0);
  });
});

describe('isNotModified', () => {
  const answer = { etag: '"5"', lastModified: 'Tue, 24 Nov 2026 12:00:00 GMT' };

  it.each<[Record<string, string>, boolean]>([
    [{}, false],
    [{ 'if-none-match': '"5"' }, true],
    [{ 'if-none-match': '"50"' }, false],
    [{ 'if-none-match': '5' }, false],
    [{ 'if-modified-since': answer.lastModified }, true],
    [{ 'if-modified-since': 'Tue, 24 Nov 2026 11:59:59 GMT' }, false],
    [{ 'if-modified-since': 'whenever' }, false],
    [{ 'if-none-match': '"4"', 'if-modified-since': answer.lastModified }, false],
  ])('%j: %s', (headers, expected) => {
    expect(isNotModified(headers, answer)).toBe(expected);
  });
});
