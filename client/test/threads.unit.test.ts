import fc from 'fast-check';
import { threadsOf } from '../src/features/comments/threads';

const item = (id: string, parentId?: string) => ({ id, ...(parentId === undefined ? {} : { parentId }) });
const shapeOf = (items: { id: string; parentId?: string }[]) =>
  threadsOf(items).map(({ id, top, replies }) => [
    id,
    top !== undefined,
    replies.map(({ item: { id: reply }, to }) => (to ? `${reply} to ${to.id}` : reply)),
  ]);

describe('Comments as threads', () => {
  it('hold answers one level deep; those to answers say whom they answer', () => {
    const items = [item('a'), item('b', 'a'), item('c'), item('d', 'b'), item('e', 'c'), item('f', 'd')];
    expect(shapeOf(items)).toEqual([
      ['a', true, ['b', 'd to b', 'f to d']],
      ['c', true, ['e']],
    ]);
  });

  it('keep the answers to a comment that is not there together', () => {
    expect(shapeOf([item('a'), item('b', 'gone'), item('c', 'gone'), item('d', 'b')])).toEqual([
      ['a', true, []],
      ['gone', false, ['b', 'c', 'd to b']],
    ]);
  });

  it('show each comment once, whatever answers what: circles too', () => {
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const anyItem = fc.record({ id: fc.constantFrom(...ids), parentId: fc.constantFrom(undefined, ...ids, 'gone') });
    fc.assert(
      fc.property(fc.uniqueArray(anyItem, { selector: ({ id }) => id }), (items) => {
        const shown = threadsOf(items).flatMap(({ top, replies }) => [top, ...replies.map((reply) => reply.item)]);
        const known = shown.filter((each) => each !== undefined).map(({ id }) => id);
        expect([...known].sort()).toEqual(items.map(({ id }) => id).sort());
      }),
    );
  });
});
