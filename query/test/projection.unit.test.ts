import type { CommentFact, PostFact } from '@blog/contract';
import { type CommentEntry, type Position, projectComment, projectPost, publicView } from '../src/projection';

const at = (sequence: number | null = null, time = '2026-11-24T12:00:00.000Z') => ({ sequence, time });
const html = (markdown: string) => `<p>${markdown}</p>`;
const render = (markdown: string) => ({ html: html(markdown), excerpt: markdown });
const project = (stored: CommentEntry | undefined, fact: CommentFact, place: Position) =>
  projectComment(stored, fact, place, html);

const post: PostFact = { id: 'p1', title: 'Hello', body: 'Hi', tags: [] };
const comment: CommentFact = { id: 'c1', postId: 'p1', content: 'Nice', author: '', status: 'pending' };
const approved: CommentFact = { ...comment, status: 'approved' };

describe('projectPost', () => {
  it('takes a post of our own service as it is', () => {
    const fact = { ...post, createdAt: '2020-01-01T00:00:00.000Z', version: 3 };
    expect(projectPost(undefined, fact, at(7), render)).toEqual({
      ...fact,
      html: '<p>Hi</p>',
      excerpt: 'Hi',
      updatedAt: fact.createdAt,
      factVersion: 3,
      sequence: 7,
    });
  });

  it('gives a classic post the time of its event, and its place in the log as its version', () => {
    const first = projectPost(undefined, post, at(7), render);
    expect(first).toMatchObject({ createdAt: at().time, version: 7, factVersion: null, sequence: 7 });
    const second = projectPost(first, { ...post, title: 'Again' }, at(8, '2027-01-01T00:00:00.000Z'), render);
    expect(second).toMatchObject({ title: 'Again', createdAt: at().time, version: 8, sequence: 8 });
  });
});

describe('A repeated or late event changes nothing:', () => {
  it.each<[string, [number?, number?], [number?, number?], boolean]>([
    ['a higher version counts', [1, 5], [2, 6], true],
    ['a higher version counts even from an earlier place', [1, 5], [2, 4], true],
    ['the same version does not', [2, 5], [2, 6], false],
    ['a lower version does not', [2, 5], [1, 6], false],
    ['without a version the later place counts', [undefined, 5], [undefined, 6], true],
    ['the same place does not', [undefined, 5], [undefined, 5], false],
    ['an earlier place does not', [undefined, 5], [undefined, 4], false],
    ['where only one has a version, the place decides', [1, 5], [undefined, 6], true],
    ['where only one has a version, an earlier place is late', [undefined, 5], [3, 4], false],
    ['where nothing is known the last to come counts', [undefined, undefined], [undefined, undefined], true],
  ])('%s', (_what, [version, sequence], [nextVersion, nextSequence], counts) => {
    const stored = project(undefined, { ...comment, version }, at(sequence));
    const next = project(stored, { ...approved, version: nextVersion }, at(nextSequence));
    expect(next?.status).toBe(counts ? 'approved' : undefined);
    const storedPost = projectPost(undefined, { ...post, version }, at(sequence), render);
    const nextPost = projectPost(
      storedPost,
      { ...post, title: 'Again', version: nextVersion },
      at(nextSequence),
      render,
    );
    expect(nextPost?.title).toBe(counts ? 'Again' : undefined);
  });

  it('a classic bus and classic services repeat the whole history at each start', () => {
    const first = projectPost(undefined, post, at(), render);
    expect(projectPost(first, post, at(null, '2027-01-01T00:00:00.000Z'), render)).toBeUndefined();
    const judged = project(project(undefined, comment, at()), approved, at());
    expect(project(judged, comment, at())).toBeUndefined();
    expect(project(judged, approved, at())).toBeUndefined();
  });
});

describe('projectComment', () => {
  it('gives a classic comment the time of its first event, and its place in the log as its version', () => {
    const first = project(undefined, comment, at(7));
    const judged = project(first, approved, at(8, '2027-01-01T00:00:00.000Z'));
    expect(judged).toMatchObject({ status: 'approved', createdAt: at().time, version: 8, sequence: 8 });
  });

  it('counts the versions itself where nothing tells the order', () => {
    const first = project(undefined, comment, at());
    expect([first?.version, project(first, approved, at())?.version]).toEqual([1, 2]);
  });

  it('takes an update before the creation, and the creation then as late', () => {
    const updated = project(undefined, { ...approved, version: 2 }, at(6));
    expect(updated).toMatchObject({ status: 'approved', version: 2 });
    expect(project(updated, { ...comment, version: 1 }, at(5))).toBeUndefined();
  });

  it('never makes a judged comment pending again where nothing tells the order', () => {
    const judged = project(undefined, approved, at());
    expect(project(judged, comment, at())).toBeUndefined();
    expect(project(judged, { ...approved, status: 'rejected' }, at())?.status).toBe('rejected');
  });
});

describe('publicView', () => {
  it.each(['pending', 'rejected'] as const)(
    'hides the text of a comment that is %s, and the name of its author',
    (status) => {
      const entry = project(undefined, { ...comment, author: 'Ada', status }, at(1));
      if (!entry) throw new Error('nothing was projected');
      expect(publicView(entry)).toEqual({
        id: 'c1',
        postId: 'p1',
        author: '',
        content: '',
        html: '',
        status,
        createdAt: at().time,
        version: 1,
      });
    },
  );
});
