import fc from 'fast-check';
import { Fault, fateOf, shuffledAcrossKeys } from '../src/faults/fault';
import { createSeededRandom } from './simulation/seeded-random';

const fault = (body: object): Fault => Fault.parse(body);

/** How often something is so, of a thousand pushes. */
function howOften(body: object, isSo: (fate: ReturnType<typeof fateOf>) => boolean): number {
  const { next } = createSeededRandom(7);
  return Array.from({ length: 1_000 }, () => fateOf(fault(body), next)).filter(isSo).length;
}

describe('what happens to a push under a fault', () => {
  it.each([
    [{ stop: true }, { instead: 'stop' }],
    [{ fail: '500' }, { instead: 500 }],
    [{ fail: '429' }, { instead: 429 }],
    [{ fail: '400' }, { instead: 400 }],
    [{ fail: 'timeout' }, { instead: undefined, losesAnswer: true }],
    [{ delayMs: 50 }, { holdMs: 50 }],
    [{ duplicate: 100 }, { twice: true }],
    [
      { delayMs: 50, duplicate: 100, fail: 'timeout' },
      { holdMs: 50, twice: true, losesAnswer: true },
    ],
    [{ stop: true, fail: '500' }, { instead: 'stop' }],
    [{ fail: '500', percent: 0 }, { instead: undefined }],
    [{ delayMs: 50, percent: 0 }, { holdMs: 0 }],
  ])('is for %j that %j', (body, expected) => {
    const nothing = { instead: undefined, holdMs: 0, losesAnswer: false, twice: false };
    expect(fateOf(fault(body), () => 0.99)).toEqual({ ...nothing, ...expected });
  });

  it('happens to the part that was asked for', () => {
    expect(howOften({ fail: '500', percent: 30 }, ({ instead }) => instead === 500) / 300).toBeCloseTo(1, 0);
    expect(howOften({ delayMs: 5, percent: 20 }, ({ holdMs }) => holdMs > 0) / 200).toBeCloseTo(1, 0);
    expect(howOften({ duplicate: 10 }, ({ twice }) => twice) / 100).toBeCloseTo(1, 0);
    expect(howOften({ reorderAcrossKeys: true }, ({ holdMs }) => holdMs > 0 && holdMs <= 200)).toBeGreaterThan(990);
  });

  it('shuffles keys and keeps the order of each', () => {
    const keys = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 30 });
    let moved = 0;
    fc.assert(
      fc.property(keys, fc.integer(), (some, seed) => {
        const events = some.map((key, index) => ({
          ...{ sequence: index + 1, id: `e${index}`, type: 'T', key, storedAt: 0, text: '{}' },
        }));
        const shuffled = shuffledAcrossKeys(events, createSeededRandom(seed).next);
        for (const key of ['a', 'b', 'c']) {
          const ofKey = (one: { key: string }): boolean => one.key === key;
          expect(shuffled.filter(ofKey)).toEqual(events.filter(ofKey));
        }
        expect(shuffled).toHaveLength(events.length);
        if (shuffled.some((event, index) => event !== events[index])) moved += 1;
      }),
    );
    expect(moved).toBeGreaterThan(10);
  });

  it.each([
    [{}, ''],
    [{ seconds: 5 }, ''],
    [{ stop: false }, 'stop'],
    [{ fail: '404' }, 'fail'],
    [{ delayMs: 0 }, 'delayMs'],
    [{ delayMs: 60_001 }, 'delayMs'],
    [{ fail: '500', percent: 101 }, 'percent'],
    [{ stop: true, percent: 5 }, 'percent'],
    [{ duplicate: -1 }, 'duplicate'],
    [{ stop: true, seconds: 601 }, 'seconds'],
    [{ stop: true, seconds: 0 }, 'seconds'],
    [{ explode: true }, ''],
  ])('is not said by %j, at %s', (body, path) => {
    const { error } = Fault.safeParse(body);
    expect(error?.issues[0]?.path.join('.')).toBe(path);
  });

  it('lasts a minute where nothing else is said', () => {
    expect(fault({ stop: true }).seconds).toBe(60);
  });
});
