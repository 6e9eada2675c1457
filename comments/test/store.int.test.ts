import { openRaw } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { migrationsWith } from '../src/tables';
import { noon } from './comments-service';
import { commentStoreContract } from './store.contract';
import { openAt, sqlitePlace } from './store-place';

const life = useTestLife();

describe('Comments in SQLite', () => {
  commentStoreContract(life, () => sqlitePlace(life));
});

describe('A database of the first version', () => {
  it('opens with all that it holds', async () => {
    const { address } = sqlitePlace(life);
    // The migration takes the clock of the machine.
    const open = () => life.closing(openAt(address, () => new Date()));
    const raw = openRaw(life.file('comments.db'));
    raw.exec(migrationsWith('')[0] ?? '');
    raw.exec(`
      PRAGMA user_version = 1;
      INSERT INTO comments VALUES ('c1', 'p1', 'Ada', '*Nice*', 'approved', NULL, '${noon}', 2, 1, 'h1');
      INSERT INTO early_verdicts VALUES ('c2', 'rejected', 'No.', 1);`);
    raw.close();
    const store = open();
    const old = {
      ...{
        id: 'c1',
        postId: 'p1',
        author: 'Ada',
        content: '*Nice*',
        status: 'approved',
      },
      ...{ createdAt: noon, version: 2, textVersion: 1, verdictRevision: 1, tokenHash: 'h1', authorId: 'c1' },
    };
    expect((await store.page('p1', 10)).items).toEqual([old]);
    await store.transaction(['p1'], async (tx) => {
      expect(await tx.authorOf(new Set(['h1']))).toBe('c1');
      await tx.keepVerdict('c3', { status: 'approved' });
      expect(await tx.takeVerdict('c2')).toEqual({ status: 'rejected', reason: 'No.', revision: 1 });
    });
    const secret = await store.secret();
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(await open().secret()).toBe(secret);
  });
});
