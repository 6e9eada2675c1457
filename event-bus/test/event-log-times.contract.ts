import fc from 'fast-check';
import type { EventLog } from '../src/log/event-log';
import { newEvent, readAll } from './event-log.contract';

/**
 * How every EventLog keeps time.
 *   open       makes an empty log that follows this clock
 *   reopen     closes it and opens it again, where it outlives its process
 */
export function eventLogTimesContract({
  open,
  reopen,
}: {
  open: (wallTime: () => number) => Promise<EventLog>;
  reopen?: (log: EventLog, wallTime: () => number) => Promise<EventLog>;
}): void {
  let log: EventLog;
  let now = 0;
  const wallTime = (): number => now;
  beforeEach(async () => {
    log = await open(wallTime);
  });
  afterEach(() => log.close());

  describe('times', () => {
    const appendAt = async (time: number, count = 1): Promise<void> => {
      now = time;
      await log.append(Array.from({ length: count }, () => newEvent()));
    };

    it('lead to the first event that was stored then or later', async () => {
      expect(await log.firstSince(0)).toBe(1);
      await appendAt(1_000, 3);
      await appendAt(2_000);
      await appendAt(3_000, 2);
      const since = [0, 1_000, 1_001, 2_000, 2_500, 3_000, 3_001];
      expect(await Promise.all(since.map((time) => log.firstSince(time)))).toEqual([1, 1, 4, 4, 5, 5, 7]);
    });

    it('never go back, even where the clock does', async () => {
      await appendAt(5_000);
      await appendAt(1_000);
      await appendAt(6_000);
      if (reopen) log = await reopen(log, wallTime);
      await appendAt(2_000);
      expect((await readAll(log)).map(({ storedAt }) => storedAt)).toEqual([5_000, 5_000, 6_000, 6_000]);
      expect(await log.firstSince(5_500)).toBe(3);
    });

    it('are not held back by an event that was there before', async () => {
      now = 1_000;
      await log.append([newEvent({ id: 'a' })]);
      now = 9_000;
      await log.append([newEvent({ id: 'a' })]);
      await appendAt(2_000);
      expect((await readAll(log)).map(({ storedAt }) => storedAt)).toEqual([1_000, 2_000]);
    });

    it('are found whatever the log holds', async () => {
      const steps = fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(steps, fc.integer({ min: -100, max: 700 }), async (jumps, offset) => {
          const [before, start] = [log.head(), (await readAll(log)).at(-1)?.storedAt ?? 0];
          for (const jump of jumps) await appendAt(now + jump);
          const events = await readAll(log);
          const first = events.find(({ storedAt }) => storedAt >= start + offset);
          expect(await log.firstSince(start + offset)).toBe(first?.sequence ?? before + jumps.length + 1);
        }),
        { numRuns: 25 },
      );
    });
  });
}
