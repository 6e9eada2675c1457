import { openRaw, outboxOf } from '../../common/kit/test/raw-database';
import { useTestLife } from '../../common/kit/test/test-life';
import { migrations } from '../src/tables';
import { ask, created, idsIn, push, startModeration, updated } from './moderation-service';

const life = useTestLife();

/** A database as the first version of this service left it. */
function fromBefore(): string {
  const file = life.file('moderation.db');
  const raw = openRaw(file);
  raw.exec(migrations[0] ?? '');
  raw.exec(
    `INSERT INTO verdicts VALUES ('c1', 'p1', 'approved', NULL, NULL, 1), ('c2', 'p1', 'rejected', 'No.', 'orange', 1)`,
  );
  raw.pragma('user_version = 1');
  raw.close();
  return file;
}

describe('A database from before there was a queue', () => {
  it('opens with its verdicts in the audit log', async () => {
    const { app } = startModeration(life, { file: fromBefore() });
    expect((await ask(app, 'GET /verdicts')).body).toMatchObject([
      {
        commentId: 'c2',
        revision: 1,
        status: 'rejected',
        by: 'rule orange',
        rule: 'orange',
        reason: 'No.',
        byPerson: false,
      },
      { commentId: 'c1', revision: 1, status: 'approved', by: 'the rules' },
    ]);
    expect((await ask(app, 'GET /verdicts')).body[0].decidedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('takes the texts from the events when they come again, and judges none twice', async () => {
    const { app, file } = startModeration(life, { file: fromBefore() });
    await push(
      app,
      created('c1', 'First'),
      updated('c2', 'an orange', { status: 'rejected', version: 2 }),
      created('c3'),
    );
    expect(outboxOf(file)).toMatchObject([{ subject: 'c3' }]);
    expect([await idsIn(app, 'status=approved&q=first'), await idsIn(app, 'status=rejected')]).toEqual([
      ['c1'],
      ['c2'],
    ]);
    const { body } = await ask(app, 'POST /verdicts', { body: { commentId: 'c1', verdict: 'rejected', revision: 1 } });
    expect(body).toMatchObject({ revision: 2, status: 'rejected' });
  });

  it('judges edits of the comments that it judged then', async () => {
    const { app, file } = startModeration(life, { file: fromBefore() });
    await push(app, updated('c1', 'an orange', { version: 3 }));
    expect(outboxOf(file)).toMatchObject([{ data: { status: 'rejected', revision: 2, commentVersion: 3 } }]);
  });
});

describe('The queue of a large blog', () => {
  it('is read by indexes alone, whatever the tab and the search', async () => {
    const { file } = startModeration(life);
    const raw = openRaw(file);
    const plan = (sql: string) =>
      raw
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('; ');
    const plans = [
      `SELECT * FROM comments WHERE status = 'pending' AND number < 9 ORDER BY number DESC LIMIT 9`,
      `SELECT status, count(*) FROM comments GROUP BY status`,
      `SELECT comments.* FROM comment_search CROSS JOIN comments ON comments.number = comment_search.rowid
       WHERE comment_search MATCH '"abc"' AND comment_search.rowid < 9 AND status = 'pending'
       ORDER BY comment_search.rowid DESC LIMIT 9`,
      `SELECT max(created_at) FROM comments WHERE author_id = 'a' AND text_hash = 'h' AND created_at <= 'x'`,
      `SELECT max(created_at) FROM comments WHERE address_hash = 'a' AND text_hash = 'h' AND created_at <= 'x'`,
      `SELECT count(*) FROM comments WHERE author_id = 'a' AND status IN ('approved', 'flagged')`,
      `SELECT * FROM verdicts WHERE comment_id = 'c' ORDER BY revision DESC LIMIT 3`,
      `SELECT * FROM verdicts WHERE decided_by = 'ana' ORDER BY number DESC LIMIT 9`,
    ].map(plan);
    raw.close();
    expect(plans.filter((text) => /SCAN comments(?! USING COVERING)|SCAN verdicts|TEMP B-TREE/.test(text))).toEqual([]);
  });
});
