import { applyVerdict, type Comment, createComment } from '../src/domain';
import { viewOf } from '../src/views';

const { comment: pending } = createComment(
  { content: '*Nice*', author: 'Ada', parentId: 'c0' },
  { id: 'c1', postId: 'p1', tokenHash: 'h1', authorId: 'a1', addressHash: 'x1', now: new Date('2026-11-24T12:00:00Z') },
);
const withHtml = (comment: Comment) => ({ ...comment, html: '<p><em>Nice</em></p>\n' });
const approved = applyVerdict(pending, { status: 'approved', revision: 1 })?.comment ?? pending;
const rejected = applyVerdict(pending, { status: 'rejected', reason: 'No.', revision: 1 })?.comment ?? pending;
const all = [pending, approved, rejected].map(withHtml);

const anybody = { tokenHashes: new Set(['h2']), isModerator: false };
const author = { tokenHashes: new Set(['h1']), isModerator: false };
const moderator = { tokenHashes: new Set<string>(), isModerator: true };
const text = { content: '*Nice*', html: '<p><em>Nice</em></p>\n', author: 'Ada' };
const noText = { content: '', html: '', author: '' };

describe('What is shown of a comment', () => {
  it('is its text and the name of its author where it is approved, and to its author and moderators always', () => {
    expect(all.map((comment) => viewOf(comment, anybody))).toMatchObject([noText, text, noText]);
    for (const viewer of [author, moderator]) {
      expect(all.map((comment) => viewOf(comment, viewer))).toMatchObject([text, text, text]);
    }
  });

  it('is why it was rejected, to its author and moderators only', () => {
    for (const viewer of [author, moderator])
      expect(viewOf(withHtml(rejected), viewer)).toMatchObject({ reason: 'No.' });
    expect(viewOf(withHtml(rejected), anybody)).not.toHaveProperty('reason');
  });

  it('is to its author that it is theirs, and until when they may edit it', () => {
    expect(viewOf(withHtml(pending), author)).toMatchObject({ own: true, editableUntil: '2026-11-24T12:15:00.000Z' });
    expect(viewOf(withHtml(pending), moderator)).not.toHaveProperty('own');
  });

  it('is never what proves its author, nor who that is, nor from where', () => {
    for (const viewer of [anybody, author, moderator]) {
      expect(Object.keys(viewOf(withHtml(rejected), viewer)).sort()).toEqual(
        expect.not.arrayContaining(['tokenHash', 'authorId', 'addressHash', 'verdictRevision', 'textVersion']),
      );
      expect(JSON.stringify(viewOf(withHtml(rejected), viewer))).not.toMatch(/h1|a1|x1/);
    }
  });
});
