import { outboxOf, refuseWritesTo } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import type { Verdict } from '../src/domain';
import { openVerdictStore } from '../src/store';

const life = useTestLife();
const now = () => new Date('2026-11-24T12:00:00.000Z');

const rejected: Verdict = { commentId: 'c1', postId: 'p1', status: 'rejected', reason: 'No.', rule: 'r', revision: 1 };
const approved: Verdict = { commentId: 'c2', postId: 'p1', status: 'approved', revision: 1 };
const factOf = ({ commentId }: Verdict) => ({ type: 'CommentModerated', key: 'p1', subject: commentId, data: {} });

function aStore() {
  const file = life.file('moderation.db');
  return { file, store: life.closing(openVerdictStore({ file, now })) };
}

describe('A verdict and its event', () => {
  it('are stored together, and found again after a restart', async () => {
    const { file, store } = aStore();
    await store.transaction(async (tx) => {
      for (const verdict of [rejected, approved]) await tx.save(verdict, factOf(verdict), { id: 'e1' });
    });
    await store.close();
    const reopened = life.closing(openVerdictStore({ file, now }));
    expect(await reopened.transaction((tx) => tx.find('c1'))).toEqual(rejected);
    expect(await reopened.transaction((tx) => tx.find('c2'))).toEqual(approved);
    expect(outboxOf(file)).toMatchObject([{ subject: 'c1', causationid: 'e1' }, { subject: 'c2' }]);
  });

  it('are not stored where the event can not be', async () => {
    const { file, store } = aStore();
    refuseWritesTo('outbox', file);
    const work = store.transaction((tx) => tx.save(approved, factOf(approved), {}));
    await expect(work).rejects.toMatchObject({ message: 'refused' });
    expect(await store.transaction((tx) => tx.find('c2'))).toBeUndefined();
  });

  it('are not stored where the verdict can not be', async () => {
    const { file, store } = aStore();
    const save = () => store.transaction((tx) => tx.save(approved, factOf(approved), {}));
    await save();
    await expect(save()).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' });
    expect(outboxOf(file)).toHaveLength(1);
  });
});
