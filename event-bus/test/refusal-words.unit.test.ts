import fc from 'fast-check';
import { wordsOfRefusal } from '../src/delivery/http/refusal-words';
import { heapGrowth } from './heap-growth';

const said = (body: unknown, type = 'application/json'): string | undefined =>
  wordsOfRefusal(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), type);

const problemType = 'application/problem+json; charset=utf-8';

describe('what a subscriber says of its refusal', () => {
  it.each([
    [
      'detail and errors of a problem',
      {
        title: 'Bad Request',
        detail: 'The event is not valid.',
        errors: [{ path: 'data.postId', message: 'is required' }, { pointer: '#/id', detail: 'is too long' }, 'odd'],
      },
      'The event is not valid. data.postId is required, #/id is too long, odd',
    ],
    [
      'errors by field',
      { title: 'Invalid', errors: { Name: ['is required', 'is text'], Age: 'is a number' } },
      'Name is required, is text, Age is a number',
    ],
    [
      'errors as a validator of Express gives them',
      { errors: [{ msg: 'is no mail', param: 'mail', location: 'body' }] },
      'mail is no mail',
    ],
    ['an error', { error: 'no such post' }, 'no such post'],
    ['an error with a message', { error: { code: 7, message: 'no such post' } }, 'no such post'],
    [
      'a message beside an error',
      { statusCode: 400, error: 'Bad Request', message: ['a is missing', 'b too'] },
      'Bad Request: a is missing, b too',
    ],
    ['a title, if there is nothing else', { title: 'Unprocessable Content', status: 422 }, 'Unprocessable Content'],
    ['a text in JSON', '"go away"', 'go away'],
    ['the JSON as it is, if nothing in it is known', { code: 17 }, '{"code":17}'],
    ['JSON that is cut off', '{"detail":"The ev', '{"detail":"The ev'],
  ])('is %s', (_what, body, words) => {
    expect(said(body, problemType)).toBe(words);
  });

  it.each([
    ['text/plain', 'no\tsuch \r\n post\u0000', undefined],
    ['text/plain', 'no\tsuch \r\n \u001b[31mpost\u202e\u2028', 'no such [31mpost'],
    ['text/html; charset=utf-8', '<!DOCTYPE html><pre>Cannot POST <b>/events</b></pre>', 'Cannot POST /events'],
    ['', 'busy', 'busy'],
    ['image/png', 'busy', undefined],
    ['application/octet-stream', 'busy', undefined],
    ['encoded', 'busy', undefined],
    ['text/plain', '', undefined],
    ['text/plain', ' \n ', undefined],
    ['application/json', '{}', undefined],
    ['text/plain', 'null', undefined],
    ['application/json', '{"detail":"a\\ud800\\u0007b"}', 'a b'],
  ])('of the type %j in %j is %j', (type, body, words) => {
    expect(said(body, type)).toBe(words);
  });

  it('is one line of at most 500 characters without control characters, whatever comes', () => {
    const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.json());
    const types = fc.constantFrom('', 'text/html', 'text/plain', problemType);
    fc.assert(
      fc.property(
        fc.oneof(
          anyText.map((text) => Buffer.from(text)),
          fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        ),
        types,
        (bytes, type) => {
          const words = wordsOfRefusal(bytes, type);
          if (words === undefined) return;
          expect(words.length).toBeLessThanOrEqual(500);
          expect(words).toMatch(/^[^\p{Cc}\p{Cs}]+$/u);
        },
      ),
    );
    expect(said({ detail: 'x'.repeat(8_000) })).toHaveLength(500);
  });

  it('leaves out a character that the end of what was read has cut in two', () => {
    expect(wordsOfRefusal(Buffer.from('für 5 €').subarray(0, -1), 'text/plain')).toBe('für 5');
  });

  it('holds nothing of the body that it was found in', () => {
    const body = Buffer.from(
      JSON.stringify({ pad: 'y'.repeat(7_000), detail: 'a reason of some length, as they are' }),
    );
    expect(heapGrowth(2_000, () => wordsOfRefusal(body, problemType))).toBeLessThan((2_000 * body.length) / 10);
  });
});
