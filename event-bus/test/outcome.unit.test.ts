import fc from 'fast-check';
import { type Answer, type Outcome, outcomeOf, retryAfterMs } from '../src/delivery/outcome';

const now = Date.parse('2026-11-24T12:00:00Z');
const ofStatus = (status: number, retryAfter?: string): Outcome =>
  outcomeOf({ kind: 'answered', status, ...(retryAfter === undefined ? {} : { retryAfter }) }, '2xx', now);

describe('the outcome of a push', () => {
  it.each([200, 201, 202, 204, 206, 299])('is done after %i', (status) => {
    expect(ofStatus(status)).toEqual({ kind: 'done' });
  });

  it.each([
    [400, 'fault', 'event'],
    [401, 'fault', 'event'],
    [422, 'fault', 'event'],
    [404, 'retry', 'event'],
    [409, 'retry', 'event'],
    [408, 'retry', 'subscriber'],
    [425, 'retry', 'subscriber'],
    [429, 'retry', 'subscriber'],
    [500, 'retry', 'event'],
    [502, 'retry', 'subscriber'],
    [503, 'retry', 'subscriber'],
    [301, 'retry', 'event'],
    [308, 'retry', 'event'],
  ])('after %i is a %s that points at the %s', (status, kind, suspect) => {
    expect(ofStatus(status)).toMatchObject({ kind, suspect, reason: `answered ${status}` });
  });

  it('is the end of the subscription after 410', () => {
    expect(ofStatus(410)).toEqual({ kind: 'gone', reason: 'answered 410' });
  });

  it('tells a subscriber that was never reached from one that broke off', () => {
    expect(outcomeOf({ kind: 'unreachable', reason: 'no' }, '2xx', now)).toEqual({ kind: 'unreachable', reason: 'no' });
    expect(outcomeOf({ kind: 'broken', reason: 'reset' }, '2xx', now)).toMatchObject({
      kind: 'broken',
      suspect: 'subscriber',
    });
  });

  it('after silence is a retry, or done where sending is enough, but never done if nothing was written', () => {
    const silent = (written: boolean): Answer => ({ kind: 'silent', afterMs: 100, written });
    expect(outcomeOf(silent(true), '2xx', now)).toMatchObject({ kind: 'retry', reason: 'no answer within 100 ms' });
    expect(outcomeOf(silent(true), 'sent', now)).toEqual({ kind: 'done' });
    expect(outcomeOf(silent(false), 'sent', now)).toMatchObject({ kind: 'unreachable' });
    expect(outcomeOf(silent(false), '2xx', now)).toMatchObject({ kind: 'unreachable' });
  });
});

describe('Retry-After', () => {
  it.each([
    ['3', 3_000],
    [' 3 ', 3_000],
    ['0', 0],
    ['99999999999999999999', 300_000],
    ['Tue, 24 Nov 2026 12:00:10 GMT', 10_000],
    ['Tue, 24 Nov 2026 11:00:00 GMT', 0],
    ['Wed, 24 Nov 2094 12:00:00 GMT', 300_000],
    ['-5', 0],
    ['1e9', 0],
    ['soon', 0],
    ['2027', 300_000],
    ['Tue, 99 Nov 2026 12:00:10 GMT', 0],
    [undefined, 0],
  ])('of %j asks for %i ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });

  it('asks for a sane wait whatever stands there', () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        const wait = retryAfterMs(header, now);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(300_000);
      }),
    );
  });

  it('is obeyed where another try may help', () => {
    expect(ofStatus(503, '7')).toMatchObject({ kind: 'retry', retryAfterMs: 7_000 });
    expect(ofStatus(500)).toMatchObject({ kind: 'retry', retryAfterMs: 0 });
  });
});
