import { hashOf, newToken, tokenHashesIn } from '../src/author-token';

describe('A token', () => {
  it('is different each time and can not be guessed', () => {
    const tokens = new Set(Array.from({ length: 100 }, newToken));
    expect(tokens.size).toBe(100);
    for (const token of tokens) expect(token).toMatch(/^[\w-]{24}$/);
  });
});

describe('tokenHashesIn', () => {
  it.each([
    [undefined, []],
    ['', []],
    [' , ,', []],
    ['a', ['a']],
    [' a ,b,  a', ['a', 'b']],
  ])('reads %j', (header, tokens) => {
    expect(tokenHashesIn(header)).toEqual(new Set(tokens.map(hashOf)));
  });

  it('passes over more than a hundred', () => {
    const tokens = Array.from({ length: 150 }, (_, index) => `t${index}`);
    expect(tokenHashesIn(tokens.join(','))).toEqual(new Set(tokens.slice(0, 100).map(hashOf)));
  });
});
