import fc from 'fast-check';
import { backoffMs, laneBackoff } from '../src/delivery/backoff';

const almostOne = 1 - Number.EPSILON;

describe('the back-off', () => {
  it('doubles its limit with every failure up to a minute', () => {
    const limits = [1, 2, 3, 4, 9, 10, 500].map((failures) => Math.ceil(backoffMs(failures, almostOne, laneBackoff)));
    expect(limits).toEqual([200, 400, 800, 1_600, 51_200, 60_000, 60_000]);
  });

  it('takes a random part of the limit', () => {
    expect(backoffMs(3, 0, laneBackoff)).toBe(0);
    expect(backoffMs(3, 0.25, laneBackoff)).toBe(200);
  });

  it('spends less than two minutes on eight tries', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((failures) => backoffMs(failures, almostOne, laneBackoff));
    expect(waits.reduce((sum, wait) => sum + wait)).toBeLessThan(120_000);
  });

  it('is never negative, endless or longer than allowed', () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: -5, max: 100_000 }), random, (failures, part) => {
        const wait = backoffMs(failures, part, laneBackoff);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(laneBackoff.longestMs);
      }),
    );
  });
});
