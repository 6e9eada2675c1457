import type { LetterPlace, QueuedLetters } from '../src/delivery/dead-letter-state';
import type { DeliveryState } from '../src/delivery/delivery-state';
import { group, lane, letter } from './doubles/stored-rows';

/** The chapters of `deliveryStateContract` about the jobs that deliver dead letters again. */
export function redeliveryContract(current: () => DeliveryState): void {
  let state: DeliveryState;
  beforeEach(() => {
    state = current();
  });

  describe('many dead letters that are delivered again', () => {
    const job = { id: 'j1', createdAt: 50_000 };
    beforeEach(async () => {
      await state.saveGroup(group('g', 40));
      for (const sequence of [7, 5, 9]) await state.giveUp('g', letter({ sequence }), lane({ head: 10 }));
      await state.giveUp('g', letter({ sequence: 6, key: 'other' }), lane({ key: 'other' }));
    });

    it('are queued in pieces of a bounded size, and counted by their one job', async () => {
      await state.saveGroup(group('h', 5_000));
      for (let sequence = 1; sequence <= 1_200; sequence += 1) {
        const key = `k${sequence}`;
        await state.giveUp('h', letter({ sequence, key, reason: sequence % 2 ? 'odd' : 'even' }), lane({ key }));
      }
      const pieces: number[] = [];
      let next: LetterPlace | undefined = { group: '', sequence: 0 };
      for (let total = 0; next;) {
        const queued: QueuedLetters = await state.queueLetters({ group: 'h', reason: 'odd' }, job, next);
        pieces.push(queued.job.total - total);
        ({ next } = queued);
        ({ total } = queued.job);
      }
      expect(pieces.length).toBeGreaterThan(2);
      expect(Math.max(...pieces)).toBeLessThanOrEqual(500);
      expect(await state.job('j1')).toMatchObject({ ...job, total: 600, waiting: 600 });
      expect(await state.queuedKeys('h')).toHaveLength(600);
    });

    it('and are not any more because their group was removed, count as forgotten', async () => {
      await state.saveGroup(group('h'));
      await state.giveUp('h', letter({ sequence: 3 }), lane());
      await state.queueLetters({ group: 'h' }, { ...job, id: 'j0' });
      await state.queueLetters({ group: 'g', key: 'k' }, job);
      await state.queueLetters({}, { ...job, id: 'j2' });
      await state.redelivered('g', 5, lane({ head: 10 }));
      await state.removeGroup('g');
      expect(await state.job('j1')).toMatchObject({ total: 3, waiting: 0, delivered: 1, forgotten: 2 });
      expect(await state.job('j2')).toMatchObject({ total: 1, waiting: 0, forgotten: 1 });
      expect(await state.job('j0')).toMatchObject({ total: 1, waiting: 1, forgotten: 0 });
    });
  });

  describe('the history of redeliveries', () => {
    const limits = { upTo: 0, maxJobs: 100, maxRedelivered: 100, atMost: 100 };
    const jobs = async (): Promise<string[]> => {
      const found = await Promise.all([1, 2, 3, 4].map((id) => state.job(`j${id}`)));
      return found.flatMap((one) => one?.id ?? []);
    };
    const letters = async (): Promise<number[]> =>
      (await state.letters({}, { limit: 9 })).map(({ sequence }) => sequence);
    beforeEach(async () => {
      await state.saveGroup(group('g', 40));
      // The letters 1 to 3 are redelivered at 1,000 to 3,000, the fourth one waits, the fifth one is dead.
      for (const sequence of [1, 2, 3, 4]) {
        await state.giveUp('g', letter({ sequence }), lane({ head: 10 }));
        await state.queueLetters({}, { id: `j${sequence}`, createdAt: sequence * 1_000 });
        if (sequence < 4) await state.redelivered('g', sequence, lane({ head: 10, retryAt: sequence * 1_000 }));
      }
      await state.giveUp('g', letter({ sequence: 5, deadAt: 1 }), lane({ head: 10 }));
    });

    it('stays while it is neither old nor long', async () => {
      expect(await state.prune(limits)).toBe(0);
      expect([await jobs(), await letters()]).toEqual([
        ['j1', 'j2', 'j3', 'j4'],
        [1, 2, 3, 4, 5],
      ]);
    });

    it('is forgotten where it is old, but for what is not at an end', async () => {
      expect(await state.prune({ ...limits, upTo: 2_000 })).toBe(4);
      expect([await jobs(), await letters()]).toEqual([
        ['j3', 'j4'],
        [3, 4, 5],
      ]);
      await state.prune({ ...limits, upTo: 9_000 });
      expect([await jobs(), await letters()]).toEqual([['j4'], [4, 5]]);
    });

    it('is forgotten beyond the newest ones', async () => {
      expect(await state.prune({ ...limits, maxJobs: 2, maxRedelivered: 1 })).toBe(4);
      expect([await jobs(), await letters()]).toEqual([
        ['j3', 'j4'],
        [3, 4, 5],
      ]);
    });

    it('is forgotten in small steps, the oldest first', async () => {
      expect(await state.prune({ ...limits, upTo: 9_000, atMost: 1 })).toBe(2);
      expect([await jobs(), await letters()]).toEqual([
        ['j2', 'j3', 'j4'],
        [2, 3, 4, 5],
      ]);
    });
  });
}
