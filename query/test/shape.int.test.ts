import { openRaw } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { openReadModelStore } from '../src/store';
import { commentUpdated, dumpOf, postCreated, startQuery } from './query-service';

const life = useTestLife();

async function aFilledFile(): Promise<string> {
  const { push, store, file } = startQuery(life);
  await push(postCreated('p1', { tags: ['a'] }), commentUpdated('c1'));
  store.transaction((tx) => tx.saveCatchUp({ sequence: 7, complete: true }));
  store.close();
  return file;
}

const open = (file: string, changesBefore = 0) => life.closing(openReadModelStore({ file, changesBefore }));

function raw(file: string, ...statements: string[]): void {
  const database = openRaw(file);
  for (const statement of statements) database.exec(statement);
  database.close();
}

describe('A read model of the shape that this program knows', () => {
  it('is opened as it was left', async () => {
    const file = await aFilledFile();
    const before = dumpOf(file);
    const store = open(file, 1_000);
    expect({ oldShape: store.oldShape, newest: store.changes.newest() }).toEqual({ oldShape: undefined, newest: 2 });
    expect(store.catchUp()).toEqual({ sequence: 7, complete: true });
    expect(dumpOf(file)).toBe(before);
  });
});

describe('A read model of another shape', () => {
  it.each([
    ['older', ['PRAGMA user_version = 2']],
    ['newer', ['PRAGMA user_version = 99', 'CREATE TABLE later (id TEXT)']],
    ['made of other tables', ['DROP TABLE search', 'ALTER TABLE posts DROP COLUMN body', 'PRAGMA user_version = 1']],
  ])('is thrown away and waits for the history: %s', async (_what, statements) => {
    const file = await aFilledFile();
    raw(file, ...statements);
    const store = open(file);
    expect(store.oldShape).toBeGreaterThan(0);
    expect(store.catchUp()).toEqual({ sequence: 0, complete: false });
    expect(dumpOf(file)).toBe('[]');
    store.close();
    expect(open(file).oldShape).toBeUndefined();
  });

  it('is none where there was no file', () => {
    expect(open(life.file('new.db')).oldShape).toBeUndefined();
  });

  it('leaves no place of a reader and no ETag that could be taken for one of the new one', async () => {
    const file = await aFilledFile();
    raw(file, 'PRAGMA user_version = 2');
    const later = 1_800_000_000_000_000;
    const store = open(file, later);
    expect({ newest: store.changes.newest(), change: store.postsChanged().number }).toEqual({
      newest: later,
      change: later,
    });
    expect(store.changes.after(2, 10)).toBeUndefined();
    expect(store.changes.after(later, 10)).toEqual([]);
    store.close();
    const { push, store: again } = startQuery(life);
    await push(postCreated('p1'));
    expect(again.changes.after(later, 10)).toMatchObject([{ number: later + 1, kind: 'post' }]);
    expect(again.changeOf('p1')).toBe(later + 1);
  });
});
