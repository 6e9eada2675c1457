import { Post, PostFact, PostGone } from '@blog/contract';
import fc from 'fast-check';
import { changePost, createPost, deletedFact, importPost, isSamePost } from '../src/domain';

const input = { title: 'Hello', body: '# Hi', tags: ['a'], draft: false };
const now = new Date('2026-11-24T12:00:00.000Z');
const later = new Date('2026-11-25T12:00:00.000Z');
const times = { createdAt: now.toISOString(), updatedAt: now.toISOString() };
const published = createPost(input, { id: 'p1', now }).post;
const draft = createPost({ ...input, draft: true }, { id: 'p1', now }).post;

describe('createPost', () => {
  it('makes the first version of a post, and the fact with all of it', () => {
    const { post, fact } = createPost(input, { id: 'p1', now });
    expect(post).toEqual({ ...input, id: 'p1', ...times, version: 1 });
    const data = { id: 'p1', title: 'Hello', body: '# Hi', tags: ['a'], ...times, version: 1 };
    expect(fact).toEqual({ type: 'PostCreated', key: 'p1', subject: 'p1', data });
    expect(PostFact.parse(fact?.data)).toEqual(data);
  });

  it('tells nobody of a draft', () => {
    expect(createPost({ ...input, draft: true }, { id: 'p1', now }).fact).toBeUndefined();
  });
});

describe('changePost', () => {
  it('changes what is given, counts the version and tells the whole new state', () => {
    const changed = changePost(published, { title: 'Hello again', tags: [] }, later);
    expect(changed?.post).toEqual({
      ...{ ...published, title: 'Hello again', tags: [] },
      ...{ version: 2, updatedAt: later.toISOString() },
    });
    expect(changed?.fact).toMatchObject({
      type: 'PostUpdated',
      data: { title: 'Hello again', body: '# Hi', version: 2 },
    });
  });

  it('is nothing where it says nothing new', () => {
    expect(changePost(published, {}, later)).toBeUndefined();
    expect(changePost(published, { ...input }, later)).toBeUndefined();
  });

  it('publishes a draft as made now, and tells nobody of it before', () => {
    const edited = changePost(draft, { body: 'better' }, later);
    expect(edited).toEqual({ post: { ...draft, body: 'better', version: 2, updatedAt: later.toISOString() } });
    const { post, fact } = changePost(edited?.post ?? draft, { draft: false }, later) ?? {};
    expect(post).toMatchObject({ draft: false, createdAt: later.toISOString(), version: 3 });
    expect(fact).toMatchObject({ type: 'PostCreated', data: { body: 'better', version: 3 } });
  });

  it('makes no draft of what was published', () => {
    expect(() => changePost(published, { draft: true }, later)).toThrow('can not become a draft');
  });

  it('makes versions that grow, and posts that the contract knows, whatever the changes', () => {
    const text = fc
      .string({ minLength: 1, maxLength: 20 })
      .filter((value) => value.trim() !== '' && !value.includes('\0'));
    const change = fc.record({ title: text, body: text, tags: fc.array(text, { maxLength: 3 }) }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        let post = published;
        for (const one of changes) {
          const next = changePost(post, one, later)?.post ?? post;
          expect(next.version - post.version).toBe(next === post ? 0 : 1);
          post = Post.parse(next);
        }
      }),
    );
  });
});

describe('deletedFact', () => {
  it('tells of a published post only', () => {
    expect(deletedFact(published)).toEqual({
      ...{ type: 'PostDeleted', key: 'p1', subject: 'p1' },
      data: PostGone.parse({ id: 'p1', version: 2 }),
    });
    expect(deletedFact(draft)).toBeUndefined();
  });
});

describe('importPost', () => {
  const given = { ...input, createdAt: '2020-01-01T00:00:00.000Z', formerPaths: [] };

  it('keeps the id and the times, and is the same again', () => {
    const { post, fact } = importPost('old', given);
    expect(post).toMatchObject({ id: 'old', createdAt: given.createdAt, updatedAt: given.createdAt, version: 1 });
    expect(fact?.type).toBe('PostCreated');
    expect(isSamePost(post, given)).toBe(true);
    expect(isSamePost(post, { ...given, title: 'Another' })).toBe(false);
  });
});
