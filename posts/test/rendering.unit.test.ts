import { NotRendered } from '@blog/kit/rendering';
import fc from 'fast-check';
import { createRendering } from '../src/rendering';

function counted(mostCharacters: number) {
  const made: string[] = [];
  const render = (markdown: string) => {
    made.push(markdown);
    return Promise.resolve({ html: markdown.toUpperCase(), excerpt: '' });
  };
  return { made, htmlOf: createRendering({ render, mostCharacters }) };
}

const post = (id: string, version: number, body: string) => ({ id, version, body });

describe('The HTML of a post', () => {
  it('is made once per version, also for those who ask while it is made', async () => {
    const { made, htmlOf } = counted(100);
    const all = [post('a', 1, 'x'), post('a', 1, 'x'), post('a', 2, 'y'), post('a', 1, 'x')];
    expect(await Promise.all(all.map(htmlOf))).toEqual(['X', 'X', 'Y', 'X']);
    expect(await Promise.all(all.map(htmlOf))).toEqual(['X', 'X', 'Y', 'X']);
    expect(made).toEqual(['x', 'y']);
  });

  it('is the text as it was typed while it can not be made, and is made when it is asked for again', async () => {
    let isBusy = true;
    const render = (markdown: string) =>
      isBusy ? Promise.reject(new NotRendered('busy')) : Promise.resolve({ html: markdown.toUpperCase(), excerpt: '' });
    const htmlOf = createRendering({ render });
    expect(await htmlOf(post('a', 1, '*x*'))).toBe('<p>*x*</p>\n');
    isBusy = false;
    expect(await htmlOf(post('a', 1, '*x*'))).toBe('*X*');
  });

  it('is forgotten where there is too much, the one first that was not asked for the longest', async () => {
    const { made, htmlOf } = counted(4);
    for (const id of ['aa', 'bb', 'aa', 'cc', 'aa', 'bb']) await htmlOf(post(id, 1, id));
    expect(made).toEqual(['aa', 'bb', 'cc', 'bb']);
  });

  it('is right, whatever is asked for and forgotten', async () => {
    const asked = fc.record({
      id: fc.constantFrom('a', 'b', 'c'),
      version: fc.integer({ min: 1, max: 3 }),
      length: fc.nat(9),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(asked), async (all) => {
        const { htmlOf } = counted(8);
        const lengths = new Map<string, number>();
        for (const { id, version, length } of all) {
          const name = `${id}${version}`;
          lengths.set(name, lengths.get(name) ?? length);
          const body = name.repeat(lengths.get(name) ?? 0);
          expect(await htmlOf(post(id, version, body))).toBe(body.toUpperCase());
        }
      }),
    );
  });
});
