import { createPostParts } from '../src/http/post-parts';

const never = () => {
  throw new Error('it is made again');
};

describe('The parts of lists', () => {
  it('are made once, until they are forgotten', () => {
    const parts = createPostParts();
    expect(parts.of('a', () => 'one')).toBe('one');
    expect(parts.of('a', never)).toBe('one');
    parts.forget(['a', 'b']);
    expect(parts.of('a', () => 'two')).toBe('two');
    expect(parts.size()).toBe(3);
  });

  it('are bounded: the one that was not asked for the longest time goes first', () => {
    const parts = createPostParts(80);
    for (const id of 'abcdefgh') parts.of(id, () => id.repeat(10));
    parts.of('a', never);
    parts.of('i', () => 'i'.repeat(10));
    expect(parts.size()).toBe(80);
    expect(parts.of('a', never)).toBe('a'.repeat(10));
    expect(parts.of('b', () => 'again')).toBe('again');
  });

  it('are not kept where one would take the place of many', () => {
    const parts = createPostParts(80);
    parts.of('a', () => 'a'.repeat(11));
    expect(parts.size()).toBe(0);
  });
});
