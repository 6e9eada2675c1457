import { z } from 'zod';
import {
  Conflict,
  Damaged,
  Forbidden,
  formatPath,
  InvalidInput,
  MeaningfulError,
  NotFound,
  problemOf,
  TooLarge,
  Unauthorized,
  Unavailable,
  Unprocessable,
  UnsupportedMedia,
} from '../src';

describe('problemOf', () => {
  it.each([
    [new InvalidInput([]), 400],
    [new Unauthorized('x'), 401],
    [new Forbidden('x'), 403],
    [new NotFound('x'), 404],
    [new Conflict('x'), 409],
    [new TooLarge('x'), 413],
    [new UnsupportedMedia('x'), 415],
    [new Unprocessable([]), 422],
    [new Unavailable('x'), 503],
    [new Damaged('x'), 500],
  ])('gives %p its status', (error, status) => {
    const problem = problemOf(error);
    expect(problem).toMatchObject({ type: 'about:blank', status, detail: error.message });
    expect(problem?.title).not.toBe('Error');
  });

  it('names the fields at fault', () => {
    const result = z.object({ tags: z.array(z.object({ name: z.string('must be a string') })) }).safeParse({
      tags: [{ name: 'a' }, { name: 5 }],
    });
    expect(problemOf(result.error)).toEqual({
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'The request is not valid.',
      errors: [{ path: 'tags[1].name', message: 'must be a string' }],
    });
  });

  it('names what is at fault with any meaning, where that is known', () => {
    const faults = [{ path: '[3].id', message: 'is taken' }];
    expect(problemOf(new Conflict('No.', faults))).toMatchObject({ status: 409, detail: 'No.', errors: faults });
    expect(problemOf(new Conflict('No.'))).not.toHaveProperty('errors');
  });

  it('keeps the status that Express gave to a bad request, without its text', () => {
    const error = Object.assign(new URIError("Failed to decode param '%'"), { status: 400 });
    expect(problemOf(error)).toEqual({ type: 'about:blank', title: 'Bad Request', status: 400 });
  });

  class Unheard extends MeaningfulError {}
  it.each([
    ['an error of the database', new Error('SQLITE_ERROR: no such table: secrets in /var/lib/blog.db')],
    ['a meaning that has no status', new Unheard('SELECT password')],
    ['a status of a server error', Object.assign(new Error('boom'), { status: 503 })],
    ['a text', 'boom'],
    ['nothing', undefined],
    ['null', null],
  ])('says nothing of %s', (_what, error) => {
    expect(problemOf(error)).toBeUndefined();
  });
});

describe('formatPath', () => {
  it.each([
    [[], ''],
    [['title'], 'title'],
    [[1, 'data', 'content'], '[1].data.content'],
    [['comments', 2, 'content'], 'comments[2].content'],
  ])('writes %j as %j', (path, text) => {
    expect(formatPath(path)).toBe(text);
  });
});
