import { deletionIn } from '../server/deletions';

describe('What the audit is told of a request', () => {
  it.each([
    ['posts', 'DELETE', '/posts/p1', { event: 'post-deleted', post: 'p1' }],
    ['posts', 'POST', '/posts/p%2F1/erasure', { event: 'post-erased', post: 'p/1' }],
    ['comments', 'DELETE', '/posts/p1/comments/c1', { event: 'comment-deleted', post: 'p1', comment: 'c1' }],
    ['comments', 'POST', '/posts/p1/comments/c1/erasure', { event: 'comment-erased', post: 'p1', comment: 'c1' }],
    [
      ...['comments', 'POST', '/posts/p1/comments/c1/erasure?of=author'],
      { event: 'author-erased', post: 'p1', comment: 'c1' },
    ],
    ['comments', 'POST', '/authors/a1/erasure', { event: 'author-erased', author: 'a1' }],
    ['comments', 'POST', '/posts/p1/comments', undefined],
    ['posts', 'GET', '/posts/p1/erasure', undefined],
    ['posts', 'POST', '/posts/p1/comments/c1/erasure', undefined],
    ['comments', 'POST', '/posts/p1/erasure', undefined],
    ['query', 'DELETE', '/posts/p1', undefined],
    ['moderation', 'POST', '/authors/a1/erasure', undefined],
  ] as [string, string, string, object | undefined][])('%s %s %s', (service, method, path, told) => {
    expect(deletionIn(service, method, path)).toEqual(told);
  });
});
