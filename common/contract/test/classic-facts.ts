import fc from 'fast-check';
import type { blogEvents } from '../src';

/** An event as code sends it that checks nothing and knows `type` and `data` only. */
export interface ClassicEvent {
  type: keyof typeof blogEvents;
  data: Record<string, unknown>;
}

/** What comes out where a form, a database or a variable had no text, or something else. */
const anything = fc.oneof(
  fc.constantFrom<unknown>('', ' ', null, 0, 7, -0.5, true, false, [], {}, ['a', null], { text: 'a' }),
  fc.constantFrom('orange', '<b>bold</b>', 'x'.repeat(12_000), '__proto__'),
  fc.string({ unit: 'grapheme' }),
);

const entityId = fc.constantFrom<unknown>('1f', 'c0ffee11', '7', 7, 0, 1234567890123, '__proto__');

/** Fields that some code adds for itself, with names that mean something here or nothing. */
const extras = fc.dictionary(
  fc.constantFrom(
    ...['body', 'tags', 'createdAt', 'updatedAt', 'editedAt', 'version', 'author', 'parentId', 'authorId'],
    ...['addressHash', 'imported', 'reason', 'revision', 'commentVersion', 'likes', 'userId', '__proto__'],
  ),
  fc.oneof(anything, fc.constantFrom<unknown>('yesterday', 1_700_000_000_000, '1.0', -1, 1.5, ['x'.repeat(50)])),
  { maxKeys: 4 },
);

const status = fc.constantFrom<unknown>('pending', 'approved', 'rejected', null);

function events(
  type: ClassicEvent['type'],
  needed: string[],
  others: Record<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<ClassicEvent> {
  const ids = Object.fromEntries(needed.map((name) => [name, entityId]));
  const own = fc.record({ ...ids, ...others }, { requiredKeys: needed });
  return fc.tuple(extras, own).map(([more, data]) => ({ type, data: { ...more, ...data } }));
}

const post = { title: anything };
const comment = { content: anything, status };

/** Every event of the blog as a classic service may send it: without fields, with other ones, with numbers as ids. */
export const classicEvent: fc.Arbitrary<ClassicEvent> = fc.oneof(
  events('PostCreated', ['id'], post),
  events('PostUpdated', ['id'], post),
  events('PostDeleted', ['id'], {}),
  events('CommentCreated', ['id', 'postId'], comment),
  events('CommentModerated', ['id', 'postId'], comment),
  events('CommentUpdated', ['id', 'postId'], comment),
  events('CommentDeleted', ['id', 'postId'], {}),
);
