import { openRaw } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { commentCreated, commentUpdated, postCreated, startQuery } from './query-service';

const life = useTestLife();

async function aLog() {
  const query = startQuery(life);
  await query.push(postCreated('p1'), commentCreated('c1'), commentUpdated('c1'));
  const after = (number: number, limit = 100) => query.store.changes.after(number, limit)?.map((c) => c.number);
  return { ...query, changes: query.store.changes, after };
}

describe('The change log', () => {
  it('numbers every change, and gives those after a number with the state as it is now', async () => {
    const { changes, after } = await aLog();
    expect(changes.newest()).toBe(3);
    expect(after(0)).toEqual([1, 2, 3]);
    expect(after(1, 1)).toEqual([2]);
    expect(after(3)).toEqual([]);
    expect(changes.after(1, 1)).toMatchObject([{ kind: 'comment', postId: 'p1', data: { status: 'approved' } }]);
  });

  it('is empty before the first change', async () => {
    const { changes } = startQuery(life).store;
    expect({ newest: changes.newest(), after: changes.after(0, 10) }).toEqual({ newest: 0, after: [] });
  });

  it('notes nothing where an event changes nothing', async () => {
    const { push, changes } = await aLog();
    await push(postCreated('p1'), commentUpdated('c1'));
    expect(changes.newest()).toBe(3);
  });

  it('says so where a place is not in it: too old, or from the future', async () => {
    const { file, after } = await aLog();
    const raw = openRaw(file);
    raw.exec('DELETE FROM changes WHERE number <= 2');
    raw.close();
    expect(after(0)).toBeUndefined();
    expect(after(1)).toBeUndefined();
    expect(after(2)).toEqual([3]);
    expect(after(3)).toEqual([]);
    expect(after(4)).toBeUndefined();
    expect(startQuery(life, 'new.db').store.changes.after(3, 10)).toBeUndefined();
  });

  it('keeps the latest ten thousand', async () => {
    const { file, push, after } = await aLog();
    const raw = openRaw(file);
    raw.exec("INSERT INTO changes (number, kind, id, post_id) VALUES (10002, 'post', 'p1', 'p1')");
    raw.close();
    await push(postCreated('p2'));
    expect(after(2, 1)).toBeUndefined();
    expect(after(3, 1)).toBeUndefined();
    const left = openRaw(file);
    expect(left.prepare('SELECT number FROM changes').pluck().all()).toEqual([10_002, 10_003]);
    left.close();
  });
});
