import { createThrottle } from '../src';

describe('A throttle', () => {
  it('lets a key do so much at once, and then one after the other', () => {
    let time = 0;
    const throttle = createThrottle({ burst: 3, perMs: 30_000, now: () => time });
    expect([1, 2, 3].map(() => throttle.take('a'))).toEqual([0, 0, 0]);
    expect(throttle.take('a')).toBe(10_000);
    expect(throttle.take('b')).toBe(0);
    time = 9_999;
    expect(throttle.take('a')).toBe(1);
    time = 10_000;
    expect([throttle.take('a'), throttle.take('a')]).toEqual([0, 10_000]);
    time = 1_000_000;
    expect([1, 2, 3, 4].map(() => throttle.take('a') > 0)).toEqual([false, false, false, true]);
  });

  it('gives all back at the end of a time, if it is made so', () => {
    let time = 0;
    const throttle = createThrottle({ burst: 2, perMs: 60_000, again: 'at once', now: () => time });
    expect([throttle.take('a'), throttle.take('a'), throttle.take('a')]).toEqual([0, 0, 60_000]);
    time = 59_000;
    expect(throttle.take('a')).toBe(1_000);
    time = 60_000;
    expect([throttle.take('a'), throttle.take('a'), throttle.take('a')]).toEqual([0, 0, 60_000]);
  });

  it('counts nothing that is given back, and never gives back more than there was', () => {
    const throttle = createThrottle({ burst: 1, perMs: 60_000, now: () => 0 });
    for (let n = 0; n < 3; n += 1) {
      expect(throttle.take('a')).toBe(0);
      throttle.giveBack('a');
    }
    throttle.giveBack('a');
    throttle.giveBack('nobody');
    expect([throttle.take('a') > 0, throttle.take('a') > 0]).toEqual([false, true]);
  });

  it('remembers so many keys and no more, those that are used the longest', () => {
    const throttle = createThrottle({ burst: 1, perMs: 60_000, now: () => 0, mostKeys: 100 });
    throttle.take('kept');
    for (let n = 0; n < 10_000; n += 1) {
      throttle.take(`key ${n}`);
      if (n % 50 === 0) expect(throttle.take('kept')).toBeGreaterThan(0);
    }
    expect(throttle.size()).toBe(100);
  });
});
