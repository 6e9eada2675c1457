import type { Place } from '@blog/kit';
import { outboxMigration } from '@blog/kit/state';
import fc from 'fast-check';
import { useTestLife } from '../../common/kit/test/test-life';
import { openRaw, outboxOf, refuseWritesTo } from '../../common/kit/test/raw-database';
import { createPost, type Written } from '../src/domain';
import { openPostStore, type PostStore } from '../src/store';
import { noon } from './posts-service';

const life = useTestLife();
const now = () => new Date(noon);

function aStore() {
  const file = life.file('posts.db');
  return { file, store: life.closing(openPostStore({ file, now })) };
}

const save = (store: PostStore, written: Written) => store.transaction((tx) => tx.insert(written));

const aPost = (id: string, at = now()) =>
  createPost({ title: `Title of ${id}`, body: 'b', tags: ['t'], draft: false }, { id, now: at });

it('posts of the first version of the file are there, published and never changed', async () => {
  const file = life.file('posts.db');
  const raw = openRaw(file);
  raw.exec(`CREATE TABLE posts (id TEXT PRIMARY KEY, title TEXT NOT NULL, body TEXT NOT NULL, tags TEXT NOT NULL,
      created_at TEXT NOT NULL, version INTEGER NOT NULL) STRICT;
    CREATE INDEX posts_by_time ON posts (created_at, id);
    ${outboxMigration}
    INSERT INTO posts VALUES ('old', 'Old', 'b', '["t"]', '${noon}', 1);
    PRAGMA user_version = 1`);
  raw.close();
  const store = life.closing(openPostStore({ file, now }));
  const times = { createdAt: noon, updatedAt: noon };
  expect(await store.find('old')).toEqual({
    ...{ id: 'old', title: 'Old', body: 'b', tags: ['t'], draft: false, ...times, version: 1 },
  });
  expect((await store.page(10)).items).toHaveLength(1);
});

describe('A post and its event', () => {
  it('are stored together, and found again after a restart', async () => {
    const { file, store } = aStore();
    const { post, fact } = aPost('p1');
    await save(store, { post, fact });
    await store.close();
    const reopened = life.closing(openPostStore({ file, now }));
    expect(await reopened.find('p1')).toEqual(post);
    expect(outboxOf(file)).toMatchObject([{ type: 'PostCreated', source: '/posts', subject: 'p1', data: fact?.data }]);
  });

  it('are not stored where the event can not be', async () => {
    const { file, store } = aStore();
    refuseWritesTo('outbox', file);
    const { post, fact } = aPost('p1');
    await expect(save(store, { post, fact })).rejects.toMatchObject({ message: 'refused' });
    expect(await store.find('p1')).toBeUndefined();
    expect(outboxOf(file)).toEqual([]);
  });

  it('are not stored where the post can not be', async () => {
    const { file, store } = aStore();
    const { post, fact } = aPost('p1');
    await save(store, { post: post, fact });
    await expect(save(store, { post: { ...post, title: 'Another' }, fact })).rejects.toMatchObject({
      code: 'SQLITE_CONSTRAINT_PRIMARYKEY',
    });
    expect(outboxOf(file)).toHaveLength(1);
    expect((await store.find('p1'))?.title).toBe(post.title);
  });

  it('come back unchanged, whatever the text', async () => {
    const { store } = aStore();
    let count = 0;
    const text = fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed() && !value.includes('\0'));
    await fc.assert(
      fc.asyncProperty(text, text, fc.array(text), async (title, body, tags) => {
        const id = `p${(count += 1)}`;
        const { post, fact } = createPost({ title, body, tags, draft: false }, { id, now: now() });
        await save(store, { post: post, fact });
        expect(await store.find(id)).toEqual(post);
      }),
      { numRuns: 30 },
    );
  });
});

describe('page', () => {
  it('walks every post once, newest page first and oldest first within it, also at equal times', async () => {
    const { store } = aStore();
    const order = ['z', 'a', 'b', 'c', 'd', 'e', '0'];
    const timeOf = (id: string) => new Date(id === 'z' ? '2025-01-01' : id === '0' ? '2027-01-01' : noon);
    for (const id of [...order].sort()) {
      const { post, fact } = aPost(id, timeOf(id));
      await save(store, { post: post, fact });
    }
    for (const limit of [1, 2, 3, 6, 7, 8]) {
      const pages: string[][] = [];
      for (let before: Place | undefined, more = true; more; more = before !== undefined) {
        const { items, next } = await store.page(limit, { before });
        pages.unshift(items.map(({ id }) => id));
        before = next;
      }
      expect(pages.flat()).toEqual(order);
      expect(pages.length).toBe(Math.ceil(order.length / limit));
    }
  });
});
