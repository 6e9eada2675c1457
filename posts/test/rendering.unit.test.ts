import fc from 'fast-check';
import { createRendering } from '../src/rendering';

function counted(mostCharacters: number) {
  const made: string[] = [];
  const render = (markdown: string) => (made.push(markdown), markdown.toUpperCase());
  return { made, htmlOf: createRendering({ render, mostCharacters }) };
}

const post = (id: string, version: number, body: string) => ({ id, version, body });

describe('The HTML of a post', () => {
  it('is made once per version', () => {
    const { made, htmlOf } = counted(100);
    expect([post('a', 1, 'x'), post('a', 1, 'x'), post('a', 2, 'y'), post('a', 1, 'x')].map(htmlOf)).toEqual([
      ...['X', 'X', 'Y', 'X'],
    ]);
    expect(made).toEqual(['x', 'y']);
  });

  it('is forgotten where there is too much, the one first that was not asked for the longest', () => {
    const { made, htmlOf } = counted(4);
    for (const id of ['aa', 'bb', 'aa', 'cc', 'aa', 'bb']) htmlOf(post(id, 1, id));
    expect(made).toEqual(['aa', 'bb', 'cc', 'bb']);
  });

  it('is right, whatever is asked for and forgotten', () => {
    const asked = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      version: fc.integer({ min: 1, max: 3 }),
      length: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(asked), (all) => {
        const { htmlOf } = counted(8);
        const lengths = new Map<string, number>();
        for (const { id, version, length } of all) {
          const name = `${id}${version}`;
          lengths.set(name, lengths.get(name) ?? length);
          const body = name.repeat(lengths.get(name) ?? 0);
          expect(htmlOf(post(id, version, body))).toBe(body.toUpperCase());
        }
      }),
    );
  });
});
