import { z } from 'zod';
import { readConfig } from '../src/config';
import { silentLogger } from '../src/logger';
import { addressDaysSetting, addressesEnd, repeatEachHour } from '../src/retention';

const hour = 60 * 60_000;
beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('Work that is repeated each hour', () => {
  const repeat = (work: () => Promise<void>) => repeatEachHour(work, { what: 'the work', logger: silentLogger });

  it('is done at once and then each hour, until it is stopped', async () => {
    let done = 0;
    const repeated = repeat(async () => void (done += 1));
    await jest.advanceTimersByTimeAsync(0);
    expect(done).toBe(1);
    await jest.advanceTimersByTimeAsync(3 * hour);
    expect(done).toBe(4);
    await repeated.stop();
    await jest.advanceTimersByTimeAsync(3 * hour);
    expect(done).toBe(4);
  });

  it('is tried again in an hour when it has failed', async () => {
    let tries = 0;
    const repeated = repeat(async () => {
      tries += 1;
      throw new Error('not now');
    });
    await jest.advanceTimersByTimeAsync(hour);
    expect(tries).toBe(2);
    await repeated.stop();
  });

  it('is not begun again by work that ends after it was stopped', async () => {
    let end = (): void => undefined;
    let begun = 0;
    const repeated = repeat(() => {
      begun += 1;
      return new Promise((resolve) => (end = resolve));
    });
    const stopped = repeated.stop();
    end();
    await stopped;
    await jest.advanceTimersByTimeAsync(3 * hour);
    expect(begun).toBe(1);
  });
});

describe('ADDRESS_DAYS', () => {
  const read = (value: string) => readConfig(z.object({ ADDRESS_DAYS: addressDaysSetting }), { ADDRESS_DAYS: value });

  it('is 90 unless it is set, and 0 is for ever', () => {
    expect(read('')).toEqual({ ADDRESS_DAYS: 90 });
    expect(read('0')).toEqual({ ADDRESS_DAYS: 0 });
    const now = new Date('2026-04-01T00:00:00Z');
    expect(addressesEnd(0, now)).toBeUndefined();
    expect(addressesEnd(90, now)).toEqual(new Date('2026-01-01T00:00:00Z'));
  });

  it.each(['-1', '1.5', 'never', '36501'])('is refused by its name if it is %s', (value) => {
    expect(() => read(value)).toThrow(/ADDRESS_DAYS: /);
  });
});
