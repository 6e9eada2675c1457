import type { Comment } from '../src/features/comments/comment';
import {
  commentList,
  type CommentList,
  type CommentListAction,
  startList,
} from '../src/features/comments/comment-list';

function comment(id: string, more: Partial<Comment> = {}): Comment {
  const createdAt = `2026-01-01T00:00:0${id.length}.000Z`;
  const text = { content: `text of ${id}`, html: '' };
  return { id, postId: 'p', author: '', ...text, status: 'approved', createdAt, version: 1, ...more };
}

const run = (list: CommentList, ...actions: CommentListAction[]): CommentList => actions.reduce(commentList, list);
const ids = (comments: Comment[]): string[] => comments.map(({ id }) => id);
const sent = (key: string): CommentListAction => ({
  type: 'sent',
  outgoing: { key, author: 'me', content: 'hello', state: 'sending' },
});

describe('The list of comments', () => {
  it('starts with approved comments and own ones, in the order of writing', () => {
    const list = startList([
      comment('ccc'),
      comment('a'),
      comment('bb', { status: 'pending', content: '' }),
      comment('dddd', { status: 'rejected', own: true }),
    ]);
    expect(ids(list.shown)).toEqual(['a', 'ccc', 'dddd']);
  });

  it('shows a comment as sending until it is stored, then as pending', () => {
    const sending = run(startList([comment('a')]), sent('k'));
    expect(sending.outgoing).toMatchObject([{ key: 'k', state: 'sending' }]);
    const own = comment('mine', { status: 'pending' });
    const stored = run(sending, { type: 'stored', key: 'k', comment: own });
    expect(stored.outgoing).toEqual([]);
    expect(stored.shown.at(-1)).toEqual({ ...own, own: true, key: 'k' });
    expect(stored.news).toEqual({ id: 'mine', what: 'pending' });
  });

  it('keeps the text of a refused comment, and sends it again', () => {
    const failed = run(startList([]), sent('k'), { type: 'refused', key: 'k', message: 'away' });
    expect(failed.outgoing).toEqual([{ key: 'k', author: 'me', content: 'hello', state: 'failed', message: 'away' }]);
    const retried = run(failed, { type: 'retried', key: 'k' });
    expect(retried.outgoing).toMatchObject([{ content: 'hello', state: 'sending', message: undefined }]);
    expect(run(failed, { type: 'withdrawn', key: 'k' }).outgoing).toEqual([]);
  });

  it('keeps the text and the name of an own comment, when it is heard without them', () => {
    const own = comment('mine', { author: 'me', status: 'pending', own: true });
    const heard = comment('mine', { author: '', content: '', status: 'rejected', version: 2 });
    const list = run(startList([own]), { type: 'heard', comments: [heard] });
    expect(list.shown).toMatchObject([{ author: 'me', content: 'text of mine', status: 'rejected' }]);
  });

  it('tells when an own comment is approved, and only then', () => {
    const own = comment('mine', { status: 'pending', own: true });
    const heard = comment('mine', { version: 2 });
    const list = run(startList([own]), { type: 'heard', comments: [heard] });
    expect(list.shown).toMatchObject([{ id: 'mine', status: 'approved', own: true, content: 'text of mine' }]);
    expect(list.news).toEqual({ id: 'mine', what: 'approved' });
    const others = run(startList([comment('a')]), { type: 'heard', comments: [comment('a', { version: 2 })] });
    expect(others.news).toBeUndefined();
  });

  it('keeps the text of an own comment that is rejected, and adds the reason when it comes', () => {
    const own = comment('mine', { status: 'pending', own: true });
    const rejected = comment('mine', { status: 'rejected', content: '', version: 2 });
    const list = run(startList([own]), { type: 'heard', comments: [rejected] });
    expect(list.shown).toMatchObject([{ status: 'rejected', content: 'text of mine', own: true }]);
    const explained = run(list, { type: 'heard', comments: [{ ...rejected, own: true, reason: 'orange' }] });
    expect(explained.shown).toMatchObject([{ reason: 'orange', content: 'text of mine' }]);
  });

  it('is not changed by a repeated or late message', () => {
    const list = startList([comment('mine', { status: 'approved', version: 2, own: true })]);
    const late = comment('mine', { status: 'pending', version: 1, own: true });
    expect(run(list, { type: 'heard', comments: [late] })).toEqual(list);
    expect(run(list, { type: 'heard', comments: list.shown })).toEqual(list);
  });

  it("takes a verdict that is heard before the answer to the comment's own POST", () => {
    const early = run(startList([]), sent('k'), { type: 'heard', comments: [comment('mine', { version: 2 })] });
    expect(ids(early.waiting)).toEqual(['mine']);
    const pending = comment('mine', { status: 'pending' });
    const stored = run(early, { type: 'stored', key: 'k', comment: pending });
    expect(stored.waiting).toEqual([]);
    expect(stored.shown).toMatchObject([{ id: 'mine', status: 'approved', version: 2, own: true }]);
  });

  it("lets others' comments wait until they are asked for, each once", () => {
    const list = run(startList([comment('bb')]), { type: 'heard', comments: [comment('a'), comment('a')] });
    expect(ids(list.shown)).toEqual(['bb']);
    expect(ids(list.waiting)).toEqual(['a']);
    const revealed = run(list, { type: 'revealed' });
    expect(ids(revealed.shown)).toEqual(['a', 'bb']);
    expect(revealed.waiting).toEqual([]);
  });

  it("never shows others' comments that aren't approved, and takes away one that no longer is", () => {
    const pending = comment('a', { status: 'pending', content: '' });
    expect(run(startList([]), { type: 'heard', comments: [pending] }).waiting).toEqual([]);
    const rejected = comment('a', { status: 'rejected', content: '', version: 2 });
    expect(run(startList([comment('a')]), { type: 'heard', comments: [rejected] }).shown).toEqual([]);
  });

  it('keeps an own comment in its place when it was changed: pending again, then approved with its new text', () => {
    const own = comment('a', { own: true, html: '<p>old</p>' });
    const changed = comment('a', { own: true, status: 'pending', content: 'new', html: '<p>new</p>', version: 2 });
    const list = run(startList([own, comment('bb')]), { type: 'heard', comments: [changed] });
    expect(list.shown).toMatchObject([{ id: 'a', status: 'pending', html: '<p>new</p>' }, { id: 'bb' }]);
    const verdict = comment('a', { content: 'new', html: '<p>new</p>', version: 3 });
    expect(run(list, { type: 'heard', comments: [verdict] }).shown[0]).toMatchObject({ status: 'approved', own: true });
  });

  it("withholds another's comment in its place while its changed text is pending, then shows that", () => {
    const pending = comment('a', { status: 'pending', content: '', version: 2 });
    const list = run(startList([comment('a'), comment('bb')]), { type: 'heard', comments: [pending] });
    expect(list.shown).toMatchObject([{ id: 'a', status: 'pending', content: '' }, { id: 'bb' }]);
    const approved = comment('a', { content: 'changed', version: 3 });
    const shown = run(list, { type: 'heard', comments: [approved] });
    expect(shown.shown).toMatchObject([{ id: 'a', content: 'changed' }, { id: 'bb' }]);
    expect(shown.waiting).toEqual([]);
  });

  it('forgets a comment that is pending again before anybody has seen it', () => {
    const waiting = run(startList([]), { type: 'heard', comments: [comment('a')] });
    const pending = comment('a', { status: 'pending', content: '', version: 2 });
    expect(run(waiting, { type: 'heard', comments: [pending] }).waiting).toEqual([]);
  });

  it('removes what was deleted, for good', () => {
    const late: CommentListAction = { type: 'heard', comments: [comment('a', { version: 9 })] };
    const list = run(startList([comment('a', { own: true }), comment('bb')]), { type: 'deleted', id: 'a' }, late);
    expect(ids(list.shown)).toEqual(['bb']);
    expect(list.waiting).toEqual([]);
    expect(list.news).toEqual({ id: 'a', what: 'deleted' });
  });

  it('finds out what was deleted while nobody listened, as far as the newest page reaches', () => {
    const list = startList([comment('a'), comment('bb'), comment('ccc'), comment('dddd', { own: true })]);
    const caughtUp = run(list, { type: 'caught-up', comments: [comment('bb'), comment('eeeee')] });
    expect(ids(caughtUp.shown)).toEqual(['a', 'bb', 'dddd']);
    expect(ids(caughtUp.waiting)).toEqual(['eeeee']);
    expect(ids(run(list, { type: 'caught-up', comments: [] }).shown)).toEqual(['dddd']);
  });
});
