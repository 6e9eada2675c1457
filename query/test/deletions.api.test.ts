import request from 'supertest';
import { useTestLife } from '../../common/kit/test/test-life';
import {
  commentCreated,
  commentDeleted,
  commentUpdated,
  dumpOf,
  postCreated,
  postDeleted,
  postUpdated,
  startQuery,
} from './query-service';

const life = useTestLife();

async function aFilledQuery() {
  const query = startQuery(life);
  await query.push(
    postCreated('p1', { title: 'Kept', tags: ['a'], version: 1 }),
    postCreated('p2', { title: 'Doomed', tags: ['a', 'b'], version: 1 }),
    commentUpdated('c1', { version: 2 }),
    commentUpdated('c2', { version: 2 }),
    commentUpdated('c3', { postId: 'p2', version: 2 }),
  );
  return query;
}

type Query = ReturnType<typeof startQuery>;
const read = async ({ app }: Query, path: string) => (await request(app).get(path)).body as unknown;

describe('A deleted post', () => {
  it('is gone from everything, with its comments', async () => {
    const query = await aFilledQuery();
    await query.push(postDeleted('p2', { version: 2 }));
    expect(await read(query, '/posts')).toMatchObject({ p1: { commentCount: 2 } });
    expect(Object.keys((await read(query, '/posts')) as object)).toEqual(['p1']);
    expect((await request(query.app).get('/posts/p2')).status).toBe(404);
    expect(await read(query, '/posts?q=doomed')).toEqual({});
    expect(await read(query, '/posts?tag=b')).toEqual({});
    expect(await read(query, '/tags')).toEqual([{ tag: 'a', count: 1 }]);
    expect((await request(query.app).get('/feed.atom')).text).not.toContain('Doomed');
    expect(dumpOf(query.file)).not.toContain('c3');
  });

  it('stays gone, whatever is told of it or of its comments later', async () => {
    const query = await aFilledQuery();
    await query.push(postDeleted('p2', { version: 2 }));
    const before = [dumpOf(query.file), query.store.changes.newest()];
    await query.push(
      postDeleted('p2', { version: 2 }),
      postUpdated('p2', { version: 9 }),
      postCreated('p2'),
      commentCreated('c4', { postId: 'p2', version: 1 }),
      commentDeleted('c3', { postId: 'p2', version: 3 }),
    );
    expect([dumpOf(query.file), query.store.changes.newest()]).toEqual(before);
  });

  it('may be told of before its creation', async () => {
    const query = startQuery(life);
    await query.push(commentUpdated('c1'), postDeleted('p1'), postCreated('p1'), commentUpdated('c2'));
    expect(await read(query, '/posts')).toEqual({});
    expect(query.store.changes.after(0, 10)).toMatchObject([
      { kind: 'comment-deleted', data: { id: 'c1', postId: 'p1' } },
      { kind: 'post-deleted', data: { id: 'p1' } },
    ]);
  });
});

describe('A deleted comment', () => {
  it('is gone, and counts no more', async () => {
    const query = await aFilledQuery();
    await query.push(commentDeleted('c1', { version: 3 }));
    expect(await read(query, '/posts/p1')).toMatchObject({ commentCount: 1, comments: [{ id: 'c2' }] });
  });

  it('stays gone, whatever is told of it later, and counts once', async () => {
    const query = await aFilledQuery();
    await query.push(commentDeleted('c1', { version: 3 }));
    const before = dumpOf(query.file);
    await query.push(commentDeleted('c1'), commentUpdated('c1', { version: 9 }), commentCreated('c1'));
    expect(dumpOf(query.file)).toBe(before);
    expect(await read(query, '/posts/p1')).toMatchObject({ commentCount: 1 });
  });

  it('may be told of before its creation', async () => {
    const query = startQuery(life);
    await query.push(postCreated('p1'), commentDeleted('c1'), commentCreated('c1'), commentUpdated('c1'));
    expect(await read(query, '/posts/p1')).toMatchObject({ commentCount: 0, comments: [] });
  });
});

describe('A changed post', () => {
  it('is found by what it says now, and keeps its place in the lists', async () => {
    const query = await aFilledQuery();
    const time = '2027-01-01T00:00:00.000Z';
    await query.push({ ...postUpdated('p1', { title: 'Renamed', tags: ['c'], version: 2, updatedAt: time }), time });
    expect(Object.keys((await read(query, '/posts')) as object)).toEqual(['p1', 'p2']);
    expect(await read(query, '/posts?q=renamed')).toMatchObject({ p1: { title: 'Renamed', updatedAt: time } });
    expect(await read(query, '/posts?q=kept')).toEqual({});
    expect(await read(query, '/tags')).toEqual([
      { tag: 'a', count: 1 },
      { tag: 'b', count: 1 },
      { tag: 'c', count: 1 },
    ]);
  });
});

describe('Counting approved comments', () => {
  it('follows every change of a status', async () => {
    const query = await aFilledQuery();
    const counts: number[] = [];
    for (const [version, status] of [
      [3, 'pending'],
      [4, 'approved'],
      [5, 'approved'],
      [6, 'rejected'],
    ] as const) {
      await query.push(commentUpdated('c1', { version, status }));
      counts.push(((await read(query, '/posts/p1')) as { commentCount: number }).commentCount);
    }
    expect(counts).toEqual([1, 2, 2, 1]);
  });
});
