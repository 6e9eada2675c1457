import fc from 'fast-check';
import type { z } from 'zod';
import {
  blogEvents,
  CommentFact,
  CommentToImport,
  id,
  NewComment,
  NewPost,
  PostFact,
  PostToImport,
  VerdictFact,
} from '../src';
import { classicEvent } from './classic-facts';

function faultsOf(schema: z.ZodType, input: unknown): string[] {
  const { error } = schema.safeParse(input);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`);
}

const post = { title: 'Hello' };
const comment = { content: 'Nice' };
const classicComment = { id: 'c1', content: 'Nice', postId: 'p1', status: 'pending' };

const tagsOf = (count: number) => Array.from({ length: count }, (_, index) => `tag ${index}`);

describe('The exact maximum passes, and one more does not:', () => {
  it.each<[string, z.ZodType, (length: number) => unknown, string, number]>([
    ['title', NewPost, (length) => ({ title: 'x'.repeat(length) }), 'title', 300],
    ['body', NewPost, (length) => ({ ...post, body: 'x'.repeat(length) }), 'body', 200_000],
    ['tag', NewPost, (length) => ({ ...post, tags: ['x'.repeat(length)] }), 'tags.0', 40],
    ['content', NewComment, (length) => ({ content: 'x'.repeat(length) }), 'content', 10_000],
    ['author', NewComment, (length) => ({ ...comment, author: 'x'.repeat(length) }), 'author', 80],
    ['id', PostFact, (length) => ({ ...post, id: 'x'.repeat(length) }), 'id', 128],
    ['postId', CommentFact, (length) => ({ ...classicComment, postId: 'x'.repeat(length) }), 'postId', 128],
  ])('%s', (_what, schema, inputOf, path, most) => {
    expect(faultsOf(schema, inputOf(most))).toEqual([]);
    expect(faultsOf(schema, inputOf(most + 1))).toEqual([`${path} must be at most ${most} characters`]);
  });

  it('tags', () => {
    expect(faultsOf(NewPost, { ...post, tags: tagsOf(10) })).toEqual([]);
    expect(faultsOf(NewPost, { ...post, tags: tagsOf(11) })).toEqual(['tags must be at most 10 tags']);
  });
});

describe('A text', () => {
  it.each(['', ' ', '\t\n', '\u3000'])('that says nothing is refused where something must be said: %j', (text) => {
    expect(faultsOf(NewPost, { title: text })).toEqual(['title must not be empty']);
    expect(faultsOf(NewComment, { content: text })).toEqual(['content must not be empty']);
  });

  it.each(['a\0b', '\ud83c', 'a\udf89', '\udf89\ud83c'])('that would be mangled is refused: %j', (text) => {
    const fault = 'must not contain NUL or half of a surrogate pair';
    expect(faultsOf(NewPost, { title: text })).toEqual([`title ${fault}`]);
    expect(faultsOf(NewPost, { ...post, body: text, tags: [text] })).toEqual([`body ${fault}`, `tags.0 ${fault}`]);
    expect(faultsOf(NewComment, { content: text, author: text })).toEqual([`content ${fault}`, `author ${fault}`]);
    expect(faultsOf(id, text)).toEqual([` ${fault}`]);
  });

  it.each(['', 'a\0b', '\ud83c', 'yesterday', '2026-13-01T00:00:00Z', '2026-01-31'])('is no moment: %j', (text) => {
    const fault = 'createdAt must be a moment, as 2026-01-31T12:00:00Z';
    expect(faultsOf(CommentToImport, { ...comment, createdAt: text })).toEqual([fault]);
    expect(faultsOf(PostToImport, { ...post, createdAt: text })).toEqual([fault]);
  });

  it.each(['🎉', '👩‍👩‍👧', 'e\u0301', '\ufeff x', '\u202e', ' kept as it is \r\n', '\u007f'])(
    'is kept unchanged: %j',
    (text) => {
      expect(NewPost.parse({ title: text, body: text }).body).toBe(text);
      expect(NewComment.parse({ content: text }).content).toBe(text);
    },
  );

  it.each([5, true, null, [], {}])('must be a string, and is never made of %j', (input) => {
    expect(faultsOf(NewPost, { title: input })).toEqual(['title must be a string']);
    expect(faultsOf(NewComment, { content: input })).toEqual(['content must be a string']);
  });

  it('that is missing is said to be required', () => {
    expect(faultsOf(NewPost, {})).toEqual(['title is required']);
    expect(faultsOf(NewComment, {})).toEqual(['content is required']);
  });
});

describe('The body of a request', () => {
  it.each([undefined, null, 'text', 5, []])('is refused where it is no object: %j', (input) => {
    expect(faultsOf(NewPost, input)).toEqual([' must be a JSON object']);
    expect(faultsOf(NewComment, input)).toEqual([' must be a JSON object']);
  });

  it('lists everything that is wrong', () => {
    expect(faultsOf(NewPost, { title: '', body: 1, tags: 'a' })).toEqual([
      'title must not be empty',
      'body must be a string',
      'tags must be a list of texts',
    ]);
  });

  it('gets its defaults, and unknown fields are left out, whatever their names', () => {
    const input: unknown = JSON.parse(
      '{"title":"a","id":"mine","version":9,"__proto__":{"tags":["x"]},"constructor":1}',
    );
    expect(NewPost.parse(input)).toStrictEqual({ title: 'a', body: '', tags: [], draft: false });
    expect(NewComment.parse({ content: 'a', status: 'approved' })).toStrictEqual({ content: 'a', author: '' });
  });
});

describe('An event of classic code', () => {
  it('is enough with its classic fields', () => {
    expect(blogEvents.PostCreated.parse({ id: '1f', title: 'Hello' })).toEqual({
      id: '1f',
      title: 'Hello',
      body: '',
      tags: [],
    });
    expect(blogEvents.CommentCreated.parse(classicComment)).toEqual({ ...classicComment, author: '' });
    expect(blogEvents.CommentModerated.parse(classicComment)).toEqual(classicComment);
    expect(blogEvents.CommentUpdated.parse(classicComment)).toEqual({ ...classicComment, author: '' });
  });

  it('is accepted whatever it leaves out or adds, if it says what it is about', () => {
    fc.assert(fc.property(classicEvent, ({ type, data }) => void expect(faultsOf(blogEvents[type], data)).toEqual([])));
  });

  it.each<[unknown, string]>([
    [undefined, ''],
    [null, ''],
    ['', ''],
    [5, '5'],
    [true, 'true'],
    [['a'], '["a"]'],
    ['x'.repeat(20_000), 'x'.repeat(20_000)],
  ])('with the title or content %j is taken as text', (input, text) => {
    expect(PostFact.parse({ id: '1', title: input, body: input })).toMatchObject({ title: text, body: text });
    expect(CommentFact.parse({ id: '1', postId: '2', content: input })).toMatchObject({ content: text });
    const judged = VerdictFact.parse({ id: '1', postId: '2', content: input }).content;
    expect(judged).toBe(input === undefined || input === null ? undefined : text);
  });

  it.each([undefined, null, 'pending'])('with the status %j is pending', (status) => {
    expect(CommentFact.parse({ ...classicComment, status }).status).toBe('pending');
  });

  it('may have numbers as ids', () => {
    expect(CommentFact.parse({ ...classicComment, id: 7, postId: 0, parentId: 5 })).toMatchObject({
      id: '7',
      postId: '0',
      parentId: '5',
    });
  });

  it.each([
    [{ createdAt: 'yesterday' }],
    [{ createdAt: 1_700_000_000_000 }],
    [{ version: '1' }],
    [{ version: 0 }],
    [{ version: 1.5 }],
    [{ editedAt: null }],
    [{ parentId: [] }],
    [{ addressHash: 'x'.repeat(129) }],
  ])('may use a field for something of its own, which counts as missing: %j', (more) => {
    expect(CommentFact.parse({ ...classicComment, ...more })).toEqual({ ...classicComment, author: '' });
  });

  it('is refused without the ids, or with a status that nobody knows', () => {
    expect(faultsOf(CommentFact, {})).toEqual(['id is required', 'postId is required']);
    for (const id of [null, true, [], {}]) expect(faultsOf(PostFact, { ...post, id })).toEqual(['id must be a string']);
    expect(faultsOf(VerdictFact, { ...classicComment, status: 'flagged' })).toHaveLength(1);
  });

  it('is refused with a text that would be mangled', () => {
    for (const text of ['a\0b', '\ud83c']) {
      const fault = 'must not contain NUL or half of a surrogate pair';
      expect(faultsOf(PostFact, { id: text, title: text })).toEqual([`id ${fault}`, `title ${fault}`]);
      expect(faultsOf(CommentFact, { ...classicComment, content: text })).toEqual([`content ${fault}`]);
    }
  });
});
