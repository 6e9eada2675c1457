import { NewCommentFact, VerdictFact } from '@blog/contract';
import { adopt, commentOf, decide, type Judged, judge, postAfter, undo, whatToDo } from '../src/domain';
import type { Outcome } from '../src/rules/evaluate';
import { comment, noon } from './moderation-service';

const at = noon;
const ana = { by: 'ana', at };
const ben = { by: 'ben', at };
const fact = (more: Record<string, unknown> = {}) => NewCommentFact.parse(comment('c1', 'Nice', more));
const outcome = (status: Outcome['status']): Outcome => ({
  ...{ status, by: 'rule r', rule: 'r', reason: 'No.', spans: [{ start: 0, end: 4 }] },
});

/** A comment after its rules' judgement and these decisions. */
function judged(status: Outcome['status'], ...verdicts: ('approved' | 'rejected' | 'pending')[]): Judged {
  const { entry, verdict } = judge(commentOf(fact(), at), outcome(status), { at });
  return verdicts.reduce<Judged>(
    (before, verdict) => {
      const made = decide(before, { commentId: 'c1', verdict }, ana);
      return made ? { entry: made.entry, verdicts: [made.verdict, ...before.verdicts] } : before;
    },
    { entry, verdicts: [verdict] },
  );
}

describe('a judgement by the rules', () => {
  it.each([
    ['rejected', { status: 'rejected', reason: 'No.' }],
    ['flagged', { status: 'approved' }],
    ['approved', { status: 'approved' }],
  ] as const)('%s is told in the classic words, with the version that was judged', (status, told) => {
    const { fact: told2 } = judge(commentOf(fact({ version: 7 }), at), outcome(status), { at });
    const data = { id: 'c1', content: 'Nice', postId: 'p1', ...told, revision: 1, commentVersion: 7 };
    expect(told2).toEqual({ type: 'CommentModerated', key: 'p1', subject: 'c1', data });
    expect(VerdictFact.parse(told2?.data)).toEqual(data);
  });

  it('to hold is told to nobody', () => {
    expect(judge(commentOf(fact(), at), outcome('pending'), { at })).toEqual({
      entry: expect.objectContaining({ status: 'pending', revision: 1, rule: 'r' }),
      verdict: expect.objectContaining({ status: 'pending', byPerson: false, by: 'rule r', revision: 1 }),
    });
  });

  it('has the next revision', () => {
    const [last] = judged('approved', 'rejected').verdicts;
    expect(judge(commentOf(fact(), at), outcome('approved'), { last, at }).verdict.revision).toBe(3);
  });
});

describe('what a fact asks for', () => {
  const { entry, verdicts } = judged('approved');
  const known = { entry, verdict: verdicts[0] };
  const gone = { entry: { ...entry, status: 'deleted' as const } };

  it.each([
    ['CommentCreated', {}, {}, 'judge'],
    ['CommentCreated', { version: undefined }, {}, 'judge'],
    ['CommentCreated', { status: 'approved' }, {}, 'believe'],
    ['CommentCreated', { imported: true }, {}, 'believe'],
    ['CommentCreated', { imported: true }, known, 'nothing'],
    ['CommentCreated', {}, known, 'nothing'],
    ['CommentCreated', {}, gone, 'nothing'],
    ['CommentCreated', {}, { verdict: verdicts[0] }, 'adopt'],
    ['CommentUpdated', { version: 3, content: 'New' }, known, 'judge'],
    ['CommentUpdated', { version: 3, editedAt: noon }, known, 'judge'],
    ['CommentUpdated', { version: 3, author: 'Eve' }, known, 'judge'],
    ['CommentUpdated', { version: 3 }, known, 'nothing'],
    ['CommentUpdated', { version: 1, content: 'New' }, known, 'nothing'],
    ['CommentUpdated', { version: undefined, content: 'New' }, known, 'nothing'],
    ['CommentUpdated', { version: 3, content: 'New', status: 'approved' }, known, 'nothing'],
    ['CommentUpdated', { version: 3, content: 'New' }, gone, 'nothing'],
    ['CommentUpdated', { version: 3 }, {}, 'judge'],
    ['CommentUpdated', { version: 2, status: 'approved' }, {}, 'nothing'],
    ['CommentUpdated', { version: 2, status: 'approved' }, { verdict: verdicts[0] }, 'adopt'],
  ] as const)('%s %j, where %j is known: %s', (type, more, before, task) => {
    expect(whatToDo(type, fact(more), before)).toBe(task);
  });

  it('adopts without a version, as the one that was judged is not known', () => {
    const { comment, ...rest } = adopt(commentOf(fact({ version: 2 }), at), verdicts[0]);
    expect(comment).not.toHaveProperty('version');
    expect(rest).toEqual({ status: 'approved', revision: 1, rule: 'r', spans: [] });
  });
});

describe('a person', () => {
  const wish = { commentId: 'c1', verdict: 'approved' as const };

  it.each(['approved', 'rejected', 'pending'] as const)('decides %s, with the next revision', (verdict) => {
    const made = decide(judged('pending'), { ...wish, verdict, reason: 'Why.' }, ana);
    const reason = verdict === 'rejected' ? { reason: 'Why.' } : {};
    expect(made?.fact?.data).toEqual(
      expect.objectContaining({ status: verdict, revision: 2, commentVersion: 1, ...reason }),
    );
    expect(made?.fact?.data.reason).toBe(reason.reason);
    expect(made?.verdict).toEqual(
      expect.objectContaining({ by: 'ana', byPerson: true, status: verdict, reason: 'Why.' }),
    );
    expect(made?.entry).toEqual(
      expect.objectContaining({ status: verdict, revision: 2, rule: 'r', spans: [{ start: 0, end: 4 }] }),
    );
  });

  it.each([
    [judged('pending', 'approved'), 'It is already approved by ana.'],
    [judged('pending', 'approved', 'rejected'), 'It is already rejected by ana.'],
    [judged('pending', 'rejected', 'pending'), 'It is already held by ana.'],
  ])('is told who decided meanwhile', (state, message) => {
    expect(() => decide(state, { ...wish, revision: 1 }, ben)).toThrow(message);
    expect(decide(state, wish, ben)?.verdict.by).toBe('ben');
  });

  it('may say the same twice, as an answer may be lost', () => {
    expect(decide(judged('pending', 'approved'), { ...wish, revision: 1 }, ana)).toBeUndefined();
    expect(undo(judged('pending', 'approved', 'pending'), { commentId: 'c1', revision: 2 }, ana)).toBeUndefined();
  });
});

describe('undo', () => {
  it.each([
    [judged('flagged', 'rejected'), 'flagged', 3],
    [judged('pending', 'approved'), 'pending', 3],
    [judged('rejected', 'approved', 'pending'), 'approved', 4],
  ] as const)('is a new revision with the status before', (state, status, revision) => {
    const made = undo(state, { commentId: 'c1', revision: revision - 1 }, ben);
    expect(made?.verdict).toEqual(expect.objectContaining({ status, revision, by: 'ben' }));
    expect(made?.fact?.data.status).toBe(status === 'flagged' ? 'approved' : status);
  });

  it('needs a decision of a person, and the one that was seen', () => {
    expect(() => undo(judged('rejected'), { commentId: 'c1' }, ana)).toThrow('already rejected by rule r');
    expect(() => undo(judged('pending', 'approved', 'rejected'), { commentId: 'c1', revision: 2 }, ben)).toThrow(
      'It is already rejected by ana.',
    );
  });

  it('brings the reason back to the author', () => {
    expect(undo(judged('rejected', 'approved'), { commentId: 'c1' }, ana)?.fact?.data.reason).toBe('No.');
  });
});

describe('a post', () => {
  const post = { id: 'p1', title: 'T', body: '', tags: [] };

  it('is kept with its newest title, and not brought back', () => {
    const first = postAfter(undefined, { ...post, version: 2, createdAt: '2026-01-01T01:00:00+01:00' }, at);
    expect(first).toEqual({
      id: 'p1',
      title: 'T',
      createdAt: '2026-01-01T00:00:00.000Z',
      version: 2,
      isDeleted: false,
    });
    expect(postAfter(first, { ...post, version: 2 }, at)).toBeUndefined();
    expect(postAfter(first, post, at)).toBeUndefined();
    expect(postAfter(first, { ...post, title: 'U', version: 3 }, at)).toMatchObject({
      title: 'U',
      createdAt: first?.createdAt,
    });
    expect(postAfter(first && { ...first, isDeleted: true }, { ...post, version: 3 }, at)).toBeUndefined();
    expect(postAfter(undefined, post, at)).toEqual({ id: 'p1', title: 'T', createdAt: at, isDeleted: false });
  });
});
