import { createEndpoints, type Endpoints } from '../src/delivery/endpoints';
import type { Outcome } from '../src/delivery/outcome';

const unreachable: Outcome = { kind: 'unreachable', reason: 'no connection' };
const broken: Outcome = { kind: 'retry', reason: 'reset', suspect: 'subscriber', retryAfterMs: 0, why: 'busy' };
const done: Outcome = { kind: 'done' };

describe('the endpoints of a group', () => {
  let now = 0;
  let endpoints: Endpoints;
  beforeEach(() => {
    now = 0;
    const backoff = { firstMs: 100, longestMs: 1_000 };
    endpoints = createEndpoints(['a', 'b', 'c'], { clock: { now: () => now }, random: () => 0.5, backoff });
  });

  const choose = (times: number): string[] => Array.from({ length: times }, () => endpoints.choose().url);
  const named = (url: string) => endpoints.all().find((one) => one.url === url) ?? endpoints.choose();

  it('take turns when equally busy', () => {
    expect(choose(6)).toEqual(['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('are chosen by the least in flight', () => {
    named('a').inFlight = 2;
    named('b').inFlight = 1;
    named('c').inFlight = 3;
    expect(choose(2)).toEqual(['b', 'b']);
  });

  it('are passed over at once when they can not be reached, and probed after a back-off', () => {
    endpoints.note(named('b'), unreachable, ['k']);
    expect(choose(4)).toEqual(['a', 'c', 'a', 'c']);
    now = 60;
    expect(endpoints.choose().url).toBe('b');
    endpoints.note(named('b'), unreachable, ['k']);
    now = 120;
    expect(choose(2)).not.toContain('b');
    now = 200;
    expect(endpoints.choose().url).toBe('b');
    endpoints.note(named('b'), done, ['k']);
    expect(new Set(choose(3))).toEqual(new Set(['a', 'b', 'c']));
  });

  it('are probed by one push at a time', () => {
    endpoints.note(named('b'), unreachable, ['k']);
    now = 60;
    named('b').inFlight = 1;
    expect(choose(2)).toEqual(['a', 'c']);
  });

  it('are not blamed for one key that fails, but for several in a row', () => {
    for (let n = 0; n < 10; n += 1) endpoints.note(named('b'), broken, ['one']);
    expect(choose(3)).toContain('b');
    endpoints.note(named('b'), broken, ['two']);
    endpoints.note(named('b'), done, ['three']);
    endpoints.note(named('b'), broken, ['two']);
    endpoints.note(named('b'), broken, ['four']);
    expect(choose(3)).toContain('b');
    endpoints.note(named('b'), broken, ['five']);
    expect(choose(4)).not.toContain('b');
  });

  it('still give one when all of them fail', () => {
    for (const url of ['a', 'b', 'c']) endpoints.note(named(url), unreachable, ['k']);
    expect(endpoints.anyHealthy()).toBe(false);
    expect(['a', 'b', 'c']).toContain(endpoints.choose().url);
  });
});
