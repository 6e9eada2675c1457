import { PostFact } from '@blog/contract';
import { createPost } from '../src/domain';

describe('createPost', () => {
  const input = { title: 'Hello', body: '# Hi', tags: ['a'], draft: false };
  const now = new Date('2026-11-24T12:00:00.000Z');

  it('makes the first version of a post, and the fact with all of it', () => {
    const { post, fact } = createPost(input, { id: 'p1', now });
    expect(post).toEqual({ ...input, id: 'p1', createdAt: '2026-11-24T12:00:00.000Z', version: 1 });
    expect(fact).toEqual({ type: 'PostCreated', key: 'p1', subject: 'p1', data: post });
    expect(PostFact.parse(fact.data)).toEqual(post);
  });
});
