import { join } from 'node:path';
import type { Place } from '@blog/kit';
import { runTogether } from '../../common/kit/test/processes';
import type { TestLife } from '../../common/kit/test/test-life';
import { applyVerdict, createComment } from '../src/domain';
import type { CommentStore } from '../src/store';
import { noon } from './comments-service';
import { openAt, type StorePlace } from './store-place';

const now = () => new Date(noon);
const limits = [{ most: 5, ms: 60_000 }];

const aComment = (id: string, { at = now(), postId = 'p1' } = {}) =>
  createComment({ content: `Text of ${id}`, author: 'Ada' }, { id, postId, tokenHash: 'h', authorId: id, now: at });

/** What any store of comments does. `placeOf` gives the place of the running test. */
export function commentStoreContract(life: TestLife, placeOf: () => StorePlace): void {
  const open = (): CommentStore => life.closing(openAt(placeOf().address, now));
  stateAndOutboxContract(open, placeOf);
  verdictsAndListsContract(open);
  togetherContract(() => (placeOf().letsOthersGoOn ? [open(), open()] : twice(open())));
  replicasContract(open, placeOf);
}

function stateAndOutboxContract(open: () => CommentStore, placeOf: () => StorePlace): void {
  describe('A comment and its event', () => {
    it('are stored together, and found again after a restart', async () => {
      const store = open();
      const change = aComment('c1');
      await store.transaction(['p1'], (tx) => tx.insert(change));
      await store.close();
      const reopened = open();
      expect(await reopened.find('c1')).toEqual(change.comment);
      expect(await reopened.transaction(['p1'], (tx) => tx.find('c1'))).toEqual(change.comment);
      expect(await placeOf().outbox()).toMatchObject([
        { type: 'CommentCreated', subject: 'c1', data: change.fact.data },
      ]);
    });

    it('are not stored where the event can not be, nor is a change', async () => {
      const store = open();
      const { comment, fact } = aComment('c1');
      await store.transaction(['p1'], (tx) => tx.insert({ comment, fact }));
      await placeOf().refuseWritesTo('outbox');
      const change = applyVerdict(comment, { status: 'rejected', reason: 'No.', revision: 1 });
      if (!change) throw new Error('the verdict changes nothing');
      for (const work of [
        store.transaction(['p1'], (tx) => tx.insert(aComment('c2'))),
        store.transaction(['p1'], (tx) => tx.update(change, {})),
      ]) {
        await expect(work).rejects.toMatchObject({ message: 'refused' });
      }
      expect((await store.page('p1', 10)).items).toEqual([comment]);
      expect(await placeOf().outbox()).toHaveLength(1);
    });

    it('are not stored where the comment can not be', async () => {
      const store = open();
      await store.transaction(['p1'], (tx) => tx.insert(aComment('c1')));
      const again = store.transaction(['p1'], (tx) => tx.insert(aComment('c1')));
      await expect(again).rejects.toMatchObject({ code: expect.stringMatching(/PRIMARYKEY|23505/) });
      expect(await placeOf().outbox()).toHaveLength(1);
    });

    it('are not stored where what was to be done fails half way', async () => {
      const store = open();
      const work = store.transaction(['p1'], async (tx) => {
        await tx.insert(aComment('c1'));
        throw new Error('half way');
      });
      await expect(work).rejects.toThrow('half way');
      expect([await store.find('c1'), await placeOf().outbox()]).toEqual([undefined, []]);
    });

    it('keep every character that a comment may hold', async () => {
      const store = open();
      const made = { id: 'c1', postId: "p'1\\", tokenHash: 'h', authorId: 'c1', now: now() };
      const change = createComment({ content: `'"\\ 日本語 🎉 \u0001\u2028 $1 ?`, author: '🎭' }, made);
      await store.transaction([made.postId], (tx) => tx.insert(change));
      expect(await store.find('c1')).toEqual(change.comment);
      expect(await placeOf().outbox()).toMatchObject([{ data: change.fact.data }]);
    });
  });
}

function verdictsAndListsContract(open: () => CommentStore): void {
  describe('A verdict without its comment', () => {
    it('is kept over a restart and taken once', async () => {
      const store = open();
      await store.transaction(['p1'], (tx) => tx.keepVerdict('c1', { status: 'rejected', reason: 'No.', revision: 3 }));
      await store.close();
      const reopened = open();
      const take = () => reopened.transaction(['p1'], (tx) => tx.takeVerdict('c1'));
      expect(await take()).toEqual({ status: 'rejected', reason: 'No.', revision: 3 });
      expect(await take()).toBeUndefined();
    });

    it('gives way to a later one, and not to an earlier one', async () => {
      const store = open();
      const keep = (revision: number | undefined, reason: string) =>
        store.transaction(['p1'], (tx) => tx.keepVerdict('c1', { status: 'rejected', reason, revision }));
      await keep(2, 'Second.');
      await keep(1, 'First.');
      await keep(undefined, 'None.');
      await keep(3, 'Third.');
      const taken = await store.transaction(['p1'], (tx) => tx.takeVerdict('c1'));
      expect(taken).toEqual({ status: 'rejected', reason: 'Third.', revision: 3 });
    });
  });

  describe('The author of some tokens', () => {
    it('is that of the newest comment that one of them belongs to', async () => {
      const store = open();
      await store.transaction(['p1'], async (tx) => {
        expect(await tx.authorOf(new Set())).toBeUndefined();
        await tx.insert(aComment('old', { at: new Date('2025-01-01') }));
        await tx.insert(aComment('new'));
        expect(await tx.authorOf(new Set(['h', 'other']))).toBe('new');
        expect(await tx.authorOf(new Set(['other']))).toBeUndefined();
      });
    });
  });

  describe('page', () => {
    it('walks every comment of a post once, also at equal times', async () => {
      const store = open();
      const order = ['z', 'B', 'a', 'b', 'ä', '🎉', '0'];
      const timeOf = (id: string) => new Date(id === 'z' ? '2025-01-01' : id === '0' ? '2027-01-01' : noon);
      for (const id of [...order].sort()) {
        await store.transaction(['p1'], (tx) => tx.insert(aComment(id, { at: timeOf(id) })));
      }
      for (const limit of [1, 2, 3, 7, 8]) {
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
}

const twice = <T>(one: T): [T, T] => [one, one];

function togetherContract(openTwo: () => [CommentStore, CommentStore]): void {
  describe('Two transactions at once', () => {
    it('of one post go one after the other, whichever store they come through', async () => {
      const stores = openTwo();
      const seen: number[] = [];
      const look = (store: CommentStore, number: number) =>
        store.transaction(['p1'], async (tx) => {
          seen.push((await tx.someOf('p1', 100)).length);
          await tx.insert(aComment(`c${number}`));
        });
      await Promise.all(Array.from({ length: 20 }, (_, number) => look(stores[number % 2 === 0 ? 0 : 1], number)));
      expect(seen).toEqual(Array.from({ length: 20 }, (_, number) => number));
    });

    it('of several posts, named in any order, do not wait for each other', async () => {
      const stores = openTwo();
      const mark = (store: CommentStore, posts: string[]) =>
        store.transaction(posts, async (tx) => {
          for (const id of posts) await tx.markPostDeleted(id);
        });
      const works = stores.map((store, index) => mark(store, index === 0 ? ['a', 'b', 'a'] : ['b', 'a']));
      await expect(Promise.all(works)).resolves.toHaveLength(2);
    });

    it('of one address count each other', async () => {
      const stores = openTwo();
      const send = (number: number) =>
        stores[number % 2 === 0 ? 0 : 1].transaction([`p${number}`], (tx) => tx.countSending('address', limits));
      const waits = await Promise.all(Array.from({ length: 12 }, (_, number) => send(number)));
      expect(waits.filter((wait) => wait === 0)).toHaveLength(5);
    });

    it('with one key for two posts are one, and one that is refused', async () => {
      const stores = openTwo();
      const answer = (store: CommentStore, hash: string) =>
        store.transaction([hash], async (tx) => {
          const earlier = await tx.earlierAnswer({ key: 'k', hash });
          if (!earlier) await tx.keepAnswer({ key: 'k', hash }, { id: hash });
        });
      const ended = await Promise.allSettled(stores.map((store, index) => answer(store, `p${index}`)));
      expect(ended.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(ended).toContainEqual({ status: 'rejected', reason: expect.objectContaining({ name: 'Unprocessable' }) });
    });
  });
}

function replicasContract(open: () => CommentStore, placeOf: () => StorePlace): void {
  const replicas = (script: string, args: string[]) =>
    runTogether(
      join(__dirname, script),
      Array.from({ length: 3 }, () => [placeOf().address, ...args]),
    );

  describe('Three replicas with one database', () => {
    it('start at once on a new one, write without loss, and judge each comment once', async () => {
      const verdicts = Array.from({ length: 20 }, (_, index) => `early-${index}`);
      const ended = await replicas('writing-process.ts', ['30', ...verdicts]);
      expect(ended.map(({ code, errors }) => ({ code, errors }))).toEqual(Array(3).fill({ code: 0, errors: '' }));
      const written = ended.flatMap(({ reports }) => reports.flat()).sort();
      const ids = (await open().page('p1', 1_000)).items.map(({ id }) => id);
      expect([...ids].sort()).toEqual(written);
      expect((await placeOf().outbox()).map(({ subject }) => subject).sort()).toEqual(written);

      const some = ids.slice(0, 30);
      const judging = await replicas('writing-process.ts', ['0', ...some]);
      expect(judging.map(({ code }) => code)).toEqual([0, 0, 0]);
      const updates = (await placeOf().outbox()).filter(({ type }) => type === 'CommentUpdated');
      expect(updates.map(({ subject }) => subject).sort()).toEqual([...some].sort());
    }, 60_000);

    it('write a repeated request once, and let one address send no more than one replica would', async () => {
      const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`);
      const ended = await replicas('sending-process.ts', ['7', ...keys]);
      expect(ended.map(({ code, errors }) => ({ code, errors }))).toEqual(Array(3).fill({ code: 0, errors: '' }));
      const reports = ended.flatMap((one) => one.reports as { tokens: string[]; statuses: number[] }[]);
      const [first] = reports.map(({ tokens }) => tokens);
      expect(new Set(first).size).toBe(10);
      expect(reports.map(({ tokens }) => tokens)).toEqual([first, first, first]);
      const statuses = reports.flatMap((report) => report.statuses).sort();
      expect(statuses).toEqual([...Array<number>(7).fill(201), ...Array<number>(14).fill(429)]);
      expect(await placeOf().outbox()).toHaveLength(17);
    }, 60_000);
  });
}
