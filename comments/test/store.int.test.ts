import { join } from 'node:path';
import type { Place } from '@blog/kit';
import { runTogether } from '../../common/kit/test/processes';
import { openRaw, outboxOf, refuseWritesTo } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { applyVerdict, createComment } from '../src/domain';
import { openCommentStore } from '../src/store';
import { migrationsWith } from '../src/tables';
import { noon } from './comments-service';

const life = useTestLife();
const now = () => new Date(noon);

function aStore() {
  const file = life.file('comments.db');
  return { file, store: life.closing(openCommentStore({ file, now })) };
}

const aComment = (id: string, at = now()) =>
  createComment(
    { content: `Text of ${id}`, author: 'Ada' },
    { id, postId: 'p1', tokenHash: 'h', authorId: id, now: at },
  );

describe('A comment and its event', () => {
  it('are stored together, and found again after a restart', async () => {
    const { file, store } = aStore();
    const change = aComment('c1');
    await store.transaction((tx) => tx.insert(change));
    await store.close();
    const reopened = life.closing(openCommentStore({ file, now }));
    expect(await reopened.transaction((tx) => tx.find('c1'))).toEqual(change.comment);
    expect(outboxOf(file)).toMatchObject([{ type: 'CommentCreated', subject: 'c1', data: change.fact.data }]);
  });

  it('are not stored where the event can not be, nor is a change', async () => {
    const { file, store } = aStore();
    const { comment, fact } = aComment('c1');
    await store.transaction((tx) => tx.insert({ comment, fact }));
    refuseWritesTo('outbox', file);
    const change = applyVerdict(comment, { status: 'rejected', reason: 'No.', revision: 1 });
    if (!change) throw new Error('the verdict changes nothing');
    for (const work of [
      store.transaction((tx) => tx.insert(aComment('c2'))),
      store.transaction((tx) => tx.update(change, {})),
    ]) {
      await expect(work).rejects.toMatchObject({ message: 'refused' });
    }
    expect((await store.page('p1', 10)).items).toEqual([comment]);
    expect(outboxOf(file)).toHaveLength(1);
  });

  it('are not stored where the comment can not be', async () => {
    const { file, store } = aStore();
    await store.transaction((tx) => tx.insert(aComment('c1')));
    const again = store.transaction((tx) => tx.insert(aComment('c1')));
    await expect(again).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
    expect(outboxOf(file)).toHaveLength(1);
  });
});

describe('A verdict without its comment', () => {
  it('is kept over a restart and taken once', async () => {
    const { file, store } = aStore();
    await store.transaction((tx) => tx.keepVerdict('c1', { status: 'rejected', reason: 'No.', revision: 3 }));
    await store.close();
    const reopened = life.closing(openCommentStore({ file, now }));
    const take = () => reopened.transaction((tx) => tx.takeVerdict('c1'));
    expect(await take()).toEqual({ status: 'rejected', reason: 'No.', revision: 3 });
    expect(await take()).toBeUndefined();
  });
});

describe('page', () => {
  it('walks every comment of a post once, also at equal times', async () => {
    const { store } = aStore();
    const order = ['z', 'a', 'b', 'c', 'd', '0'];
    const timeOf = (id: string) => new Date(id === 'z' ? '2025-01-01' : id === '0' ? '2027-01-01' : noon);
    for (const id of [...order].sort()) await store.transaction((tx) => tx.insert(aComment(id, timeOf(id))));
    for (const limit of [1, 2, 3, 6, 7]) {
      const pages: string[][] = [];
      for (let before: Place | undefined, more = true; more; more = before !== undefined) {
        const { items, next } = await store.page('p1', limit, before);
        pages.unshift(items.map(({ id }) => id));
        before = next;
      }
      expect(pages.flat()).toEqual(order);
    }
  });
});

describe('Three replicas with one database', () => {
  it('start at once on a new file, write without loss, and judge each comment once', async () => {
    const file = life.file('comments.db');
    const replica = join(__dirname, 'writing-process.ts');
    const each = 30;
    const verdicts = Array.from({ length: 20 }, (_, index) => `early-${index}`);
    const ended = await runTogether(
      replica,
      Array.from({ length: 3 }, () => [file, String(each), ...verdicts]),
    );
    expect(ended.map(({ code, errors }) => ({ code, errors }))).toEqual(Array(3).fill({ code: 0, errors: '' }));
    const written = ended.flatMap(({ reports }) => reports.flat());
    const store = life.closing(openCommentStore({ file, now }));
    const { items } = await store.page('p1', 1_000);
    expect(items.map(({ id }) => id).sort()).toEqual([...written].sort());
    expect(
      outboxOf(file)
        .map(({ subject }) => subject)
        .sort(),
    ).toEqual([...written].sort());

    const judging = await runTogether(
      replica,
      Array.from({ length: 3 }, () => [file, '0', ...items.slice(0, 30).map(({ id }) => id)]),
    );
    expect(judging.map(({ code }) => code)).toEqual([0, 0, 0]);
    const updates = outboxOf(file).filter(({ type }) => type === 'CommentUpdated');
    expect(updates.map(({ subject }) => subject).sort()).toEqual(
      items
        .slice(0, 30)
        .map(({ id }) => id)
        .sort(),
    );
  }, 30_000);

  it('write a repeated request once, and let one address send no more than one replica would', async () => {
    const file = life.file('comments.db');
    const replica = join(__dirname, 'sending-process.ts');
    const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`);
    const ended = await runTogether(
      replica,
      Array.from({ length: 3 }, () => [file, '7', ...keys]),
    );
    expect(ended.map(({ code, errors }) => ({ code, errors }))).toEqual(Array(3).fill({ code: 0, errors: '' }));
    const reports = ended.flatMap((one) => one.reports as { tokens: string[]; statuses: number[] }[]);
    const [first] = reports.map(({ tokens }) => tokens);
    expect(new Set(first).size).toBe(10);
    expect(reports.map(({ tokens }) => tokens)).toEqual([first, first, first]);
    const statuses = reports.flatMap((report) => report.statuses).sort();
    expect(statuses).toEqual([...Array<number>(7).fill(201), ...Array<number>(14).fill(429)]);
    expect(outboxOf(file)).toHaveLength(17);
  }, 30_000);
});

describe('A database of the first version', () => {
  it('opens with all that it holds', async () => {
    const file = life.file('comments.db');
    // The migration takes the clock of the machine.
    const today = () => new Date();
    const raw = openRaw(file);
    raw.exec(migrationsWith('')[0] ?? '');
    raw.exec(`
      PRAGMA user_version = 1;
      INSERT INTO comments VALUES ('c1', 'p1', 'Ada', '*Nice*', 'approved', NULL, '${noon}', 2, 1, 'h1');
      INSERT INTO early_verdicts VALUES ('c2', 'rejected', 'No.', 1);`);
    raw.close();
    const store = life.closing(openCommentStore({ file, now: today }));
    const old = {
      ...{
        id: 'c1',
        postId: 'p1',
        author: 'Ada',
        content: '*Nice*',
        html: '<p><em>Nice</em></p>\n',
        status: 'approved',
      },
      ...{ createdAt: noon, version: 2, textVersion: 1, verdictRevision: 1, tokenHash: 'h1', authorId: 'c1' },
    };
    expect((await store.page('p1', 10)).items).toEqual([old]);
    await store.transaction(async (tx) => {
      expect(await tx.authorOf(new Set(['h1']))).toBe('c1');
      await tx.keepVerdict('c3', { status: 'approved' });
      expect(await tx.takeVerdict('c2')).toEqual({ status: 'rejected', reason: 'No.', revision: 1 });
    });
    const secret = await store.secret();
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(await life.closing(openCommentStore({ file, now: today })).secret()).toBe(secret);
  });
});
