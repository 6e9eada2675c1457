import { CommentFact, CommentGone } from '@blog/contract';
import fc from 'fast-check';
import {
  applyVerdict,
  type Comment,
  createComment,
  deletionOf,
  editableUntil,
  editComment,
  isEditable,
  type Verdict,
} from '../src/domain';

const now = new Date('2026-11-24T12:00:00.000Z');
const later = new Date('2026-11-24T12:05:00.000Z');
const { comment: pending, fact: created } = createComment(
  { content: 'Nice', author: 'Ada' },
  { id: 'c1', postId: 'p1', tokenHash: 'h', authorId: 'a1', addressHash: 'x1', html: '<p>Nice</p>\n', now },
);

const judged = (comment: Comment, verdict: Verdict) => applyVerdict(comment, verdict)?.comment ?? comment;

describe('createComment', () => {
  it('makes a pending comment, and the fact without its secrets', () => {
    const told = {
      id: 'c1',
      postId: 'p1',
      content: 'Nice',
      author: 'Ada',
      status: 'pending',
      createdAt: '2026-11-24T12:00:00.000Z',
      version: 1,
      authorId: 'a1',
      addressHash: 'x1',
    };
    const kept = { html: '<p>Nice</p>\n', textVersion: 1, verdictRevision: 0, tokenHash: 'h' };
    expect(pending).toEqual({ ...told, ...kept });
    expect(created).toEqual({ type: 'CommentCreated', key: 'p1', subject: 'c1', data: told });
    expect(CommentFact.parse(created.data)).toEqual(told);
  });
});

describe('applyVerdict', () => {
  it('gives the next version and tells of it', () => {
    const change = applyVerdict(pending, { status: 'rejected', reason: 'No.', revision: 1 });
    expect(change?.comment).toEqual({ ...pending, status: 'rejected', reason: 'No.', version: 2, verdictRevision: 1 });
    expect(change?.fact).toEqual({
      ...created,
      type: 'CommentUpdated',
      data: { ...created.data, status: 'rejected', version: 2 },
    });
  });

  it('forgets the reason of an earlier rejection', () => {
    const rejected = judged(pending, { status: 'rejected', reason: 'No.', revision: 1 });
    expect(judged(rejected, { status: 'approved', revision: 2 }).reason).toBeUndefined();
  });

  it('lets a verdict without a revision count while the comment is pending, and only then', () => {
    const approved = judged(pending, { status: 'approved' });
    expect(approved).toMatchObject({ status: 'approved', version: 2, verdictRevision: 0 });
    expect(applyVerdict(approved, { status: 'rejected' })).toBeUndefined();
    expect(applyVerdict(pending, { status: 'pending' })).toBeUndefined();
    expect(judged(approved, { status: 'rejected', revision: 1 }).status).toBe('rejected');
  });

  it('ends at the highest revision, in whatever order and however often verdicts come', () => {
    const revisions = fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 1 });
    const deliveries = revisions.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: 2 * list.length })),
    );
    const of = (revision: number): Verdict => ({ status: revision % 2 ? 'rejected' : 'approved', revision });
    fc.assert(
      fc.property(deliveries, ([list, order]) => {
        const end = order.map(of).reduce(judged, pending);
        const highest = of(Math.max(...list));
        expect(end).toMatchObject({ status: highest.status, verdictRevision: highest.revision });
        expect(end.version).toBeLessThanOrEqual(1 + list.length);
      }),
    );
  });
});

describe('A verdict on one version of a comment', () => {
  const edited = editComment(pending, { content: 'Nicer' }, later)?.comment ?? pending;
  const approved = judged(pending, { status: 'approved', revision: 1, commentVersion: 1 });

  it('counts for the version with which the text came, and for later ones of the same text', () => {
    for (const commentVersion of [1, 2]) {
      const verdict: Verdict = { status: 'rejected', revision: 2, commentVersion };
      expect(judged(approved, verdict)).toMatchObject({ status: 'rejected', version: 3 });
    }
  });

  it.each([1, 3])('changes nothing where that version, %i, has not the present text', (commentVersion) => {
    expect(applyVerdict(edited, { status: 'approved', revision: 1, commentVersion })).toBeUndefined();
    expect(judged(edited, { status: 'approved', revision: 1, commentVersion: 2 }).status).toBe('approved');
  });

  it('counts by its text where it names no version, or by nothing where it has no text', () => {
    expect(applyVerdict(edited, { status: 'approved', content: 'Nice' })).toBeUndefined();
    expect(applyVerdict(edited, { status: 'approved', content: 'Nice', revision: 7 })).toBeUndefined();
    expect(judged(edited, { status: 'approved', content: 'Nicer' }).status).toBe('approved');
    expect(judged(edited, { status: 'approved' }).status).toBe('approved');
  });
});

describe('editComment', () => {
  const rejected = judged(pending, { status: 'rejected', reason: 'No.', revision: 1 });

  it('makes it pending again, without the reason, and tells of it', () => {
    const change = editComment(rejected, { content: '*Nicer*', html: '<p><em>Nicer</em></p>\n' }, later);
    const told = { content: '*Nicer*', status: 'pending', editedAt: later.toISOString(), version: 3 };
    expect(change?.comment).toEqual({
      ...rejected,
      ...told,
      html: '<p><em>Nicer</em></p>\n',
      reason: undefined,
      textVersion: 3,
    });
    expect(change?.fact).toEqual({ ...created, type: 'CommentUpdated', data: { ...created.data, ...told } });
  });

  it('changes nothing where the text is the same', () => {
    expect(editComment(rejected, { content: 'Nice' }, later)).toBeUndefined();
  });

  it('ends, with verdicts in any order, at the last verdict on the last text', () => {
    const step = fc.oneof(
      fc.record({ edit: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ revision: fc.integer({ min: 1, max: 9 }), commentVersion: fc.integer({ min: 1, max: 9 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let comment = pending;
        for (const one of steps) {
          const before = comment;
          if ('edit' in one) comment = editComment(comment, { content: one.edit }, later)?.comment ?? comment;
          else comment = judged(comment, { status: 'approved', ...one });
          const { version, textVersion, verdictRevision } = comment;
          expect(version - before.version).toBe(comment === before ? 0 : 1);
          expect(textVersion).toBe(comment.content === before.content ? before.textVersion : version);
          expect(verdictRevision).toBeGreaterThanOrEqual(before.verdictRevision);
          if (comment.content !== before.content) expect(comment.status).toBe('pending');
        }
      }),
    );
  });
});

describe('isEditable', () => {
  it('is true for fifteen minutes', () => {
    const at = (time: string) => isEditable(pending, new Date(time));
    expect([at('2026-11-24T12:14:59.999Z'), at('2026-11-24T12:15:00.000Z')]).toEqual([true, false]);
    expect(editableUntil(pending)).toBe('2026-11-24T12:15:00.000Z');
  });
});

describe('deletionOf', () => {
  it('tells which comment of which post is gone, in the next version', () => {
    const fact = deletionOf(pending);
    expect(fact).toEqual({
      type: 'CommentDeleted',
      key: 'p1',
      subject: 'c1',
      data: { id: 'c1', postId: 'p1', version: 2 },
    });
    expect(CommentGone.parse(fact.data)).toEqual(fact.data);
  });
});
