import type { Request, Response } from 'express';
import fc from 'fast-check';
import { encodeCursor, linkNext, pageOf, pageQuery } from '../src';

const query = pageQuery();

function linkOf(originalUrl: string, next = { createdAt: 't', id: 'i' }): string {
  const headers: Record<string, string> = {};
  const res = { setHeader: (name: string, value: string) => (headers[name] = value) };
  linkNext({ originalUrl } as Request, res as unknown as Response, next);
  return headers['Link'] ?? '';
}

describe('pageQuery', () => {
  it('gives the most where no limit is asked', () => {
    expect(query.parse({})).toEqual({ limit: 100 });
    expect(pageQuery(20).parse({})).toEqual({ limit: 20 });
  });

  it.each(['1', '100'])('takes a limit of %s', (limit) => {
    expect(query.parse({ limit }).limit).toBe(Number(limit));
  });

  it.each([
    ['0', 'must be at least 1'],
    ['101', 'must be at most 100'],
    ['2.5', 'must be a whole number'],
    ['many', 'must be a number'],
    [['1', '2'], 'must be a number'],
    ['', 'must be at least 1'],
  ])('refuses a limit of %j', (limit, message) => {
    expect(query.safeParse({ limit }).error?.issues[0]).toMatchObject({ path: ['limit'], message });
  });

  it('finds every place again in the cursor made of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (createdAt, id) => {
        expect(query.parse({ cursor: encodeCursor({ createdAt, id }) }).cursor).toEqual({ createdAt, id });
      }),
    );
  });

  it.each([
    '',
    'x',
    'bnVsbA',
    '!!!',
    Buffer.from('["a",1]').toString('base64url'),
    Buffer.from('{}').toString('base64url'),
  ])('refuses %j, which is no cursor of ours', (cursor) => {
    const { error } = query.safeParse({ cursor });
    expect(error?.issues).toMatchObject([{ path: ['cursor'], message: 'is not a cursor of this list' }]);
  });
});

describe('pageOf', () => {
  const placeOf = (id: string) => ({ createdAt: 't', id });

  it('turns what was read newest first into the order of making, and says where the older part goes on', () => {
    expect(pageOf(['d', 'c', 'b'], 2, placeOf)).toEqual({ items: ['c', 'd'], next: placeOf('c') });
  });

  it('has no next place at the end', () => {
    expect(pageOf(['b', 'a'], 2, placeOf)).toEqual({ items: ['a', 'b'] });
    expect(pageOf([], 2, placeOf)).toEqual({ items: [] });
  });
});

describe('linkNext', () => {
  const cursor = encodeCursor({ createdAt: 't', id: 'i' });

  it('keeps the other parameters and replaces an older cursor', () => {
    expect(linkOf('/posts?limit=2&cursor=old')).toBe(`</posts?limit=2&cursor=${cursor}>; rel="next"`);
  });

  it.each(['/posts/..%2Fx/comments', '/posts/%3E/comments'])('leads to the same path: %s', (path) => {
    expect(linkOf(path)).toBe(`<${path}?cursor=${cursor}>; rel="next"`);
  });

  it('says nothing where nothing follows', () => {
    const setHeader = jest.fn();
    linkNext({ originalUrl: '/posts' } as Request, { setHeader } as unknown as Response, undefined);
    expect(setHeader).not.toHaveBeenCalled();
  });
});
