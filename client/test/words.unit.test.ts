import { nextCursor } from '../server/requests';
import { readRefusal } from '../src/faults';
import { toScriptJson } from '../src/islands';
import { messages } from '../src/messages';
import { postPath, slugOf } from '@blog/contract/address';
import { formatDate, formatRelative } from '../src/time';

describe('A slug', () => {
  it.each([
    ['Facts, not favours', 'facts-not-favours'],
    ['  Überraschung: l’été!  ', 'uberraschung-lete'],
    ["Don't panic", 'dont-panic'],
    ['日本語', ''],
    ['<script>', 'script'],
  ])('of %j is %j', (title, slug) => {
    expect(slugOf(title)).toBe(slug);
  });

  it('is short, and never ends in a hyphen', () => {
    const slug = slugOf('word '.repeat(100));
    expect(slug.length).toBeLessThanOrEqual(60);
    expect(slug).toMatch(/^[a-z].*[a-z]$/);
  });

  it('stands behind the id, which may hold anything', () => {
    expect(postPath({ id: 'a/b', title: 'C d' })).toBe('/posts/a%2Fb/c-d');
    expect(postPath({ id: 'a', title: '…' })).toBe('/posts/a');
  });
});

describe('A time', () => {
  const now = Date.parse('2026-03-10T12:00:00Z');

  it.each([
    ['2026-03-10T11:59:30Z', 'now'],
    ['2026-03-10T12:00:30Z', 'now'],
    ['2026-03-10T11:58:59Z', '1 minute ago'],
    ['2026-03-10T09:00:00Z', '3 hours ago'],
    ['2026-03-09T11:00:00Z', 'yesterday'],
    ['2026-03-03T12:00:01Z', '6 days ago'],
    ['2026-03-03T12:00:00Z', undefined],
    ['2026-03-12T12:00:00Z', undefined],
    ['nonsense', undefined],
  ])('%s is %s', (at, text) => {
    expect(formatRelative(at, now)).toBe(text);
  });

  it('is a date in UTC, or what it was where it is none', () => {
    expect(formatDate('2026-03-10T23:59:59Z')).toBe('March 10, 2026');
    expect(formatDate('')).toBe('');
  });
});

describe('A refusal', () => {
  it('names the faults of the fields', () => {
    const faults = [{ path: 'title', message: 'must not be empty' }];
    expect(readRefusal(400, { detail: 'no', errors: faults })).toEqual({ message: messages.faults.summary, faults });
  });

  it('says what the service said, where no field is at fault', () => {
    expect(readRefusal(409, { detail: 'Somebody was faster.' })).toEqual({
      message: 'Somebody was faster.',
      faults: [],
    });
  });

  it.each([
    [503, undefined, messages.faults.away],
    [500, { detail: 'secret' }, messages.faults.away],
    [429, {}, messages.faults.tooMany],
    [400, 'text', messages.faults.unknown],
    [400, { errors: 'x', detail: 7 }, messages.faults.unknown],
  ])('of status %s with body %j says a sentence of ours', (status, body, message) => {
    expect(readRefusal(status, body)).toEqual({ message, faults: [] });
  });
});

describe('A Link header', () => {
  it.each([
    ['</posts?limit=2&cursor=abc>; rel="next"', 'abc'],
    ['</a>; rel="prev", </posts?cursor=a%2Bb>; rel=next', 'a+b'],
    ['</posts?cursor=abc>; rel="prev"', undefined],
    [undefined, undefined],
    ['nonsense', undefined],
  ])('%j leads to the cursor %j', (link, cursor) => {
    expect(nextCursor(link)).toBe(cursor);
  });
});

describe('JSON in a script element', () => {
  it('can not end the element, and reads back as what it was', () => {
    const value = { text: '</script><!--<script>' };
    const json = toScriptJson(value);
    expect(json).not.toContain('<');
    expect(JSON.parse(json)).toEqual(value);
  });
});
