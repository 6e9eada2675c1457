import { CommentFact } from '@blog/contract';
import fc from 'fast-check';
import { applyVerdict, type Comment, createComment, ownView, publicView, type Verdict } from '../src/domain';

const now = new Date('2026-11-24T12:00:00.000Z');
const { comment: pending, fact: created } = createComment(
  { content: 'Nice', author: 'Ada' },
  { id: 'c1', postId: 'p1', tokenHash: 'h', now },
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
    };
    expect(pending).toEqual({ ...told, verdictRevision: 0, tokenHash: 'h' });
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

describe('What is shown of a comment', () => {
  const rejected = judged(pending, { status: 'rejected', reason: 'No.', revision: 1 });
  const approved = judged(pending, { status: 'approved', revision: 1 });

  it('hides its text from the public before it is approved', () => {
    expect([pending, rejected, approved].map((comment) => publicView(comment).content)).toEqual(['', '', 'Nice']);
  });

  it('shows its author the text, and why it was rejected', () => {
    expect(ownView(pending)).toEqual({ ...publicView(pending), content: 'Nice', html: '<p>Nice</p>\n', own: true });
    expect(ownView(rejected)).toMatchObject({ content: 'Nice', own: true, reason: 'No.' });
  });

  it('never shows what proves the author, nor the reason to others', () => {
    for (const view of [publicView(rejected), ownView(rejected)]) {
      expect(view).not.toHaveProperty('tokenHash');
      expect(view).not.toHaveProperty('verdictRevision');
    }
    expect(publicView(rejected)).not.toHaveProperty('reason');
  });
});
