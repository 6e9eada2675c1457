import type { LetterFilter, LetterPlace } from '../src/delivery/dead-letter-state';
import type { DeliveryState } from '../src/delivery/delivery-state';
import { group, lane, letter, stored } from './doubles/stored-rows';

/** The chapters of `deliveryStateContract` about dead letters. */
export function deadLetterContract(current: () => DeliveryState): void {
  let state: DeliveryState;
  beforeEach(() => {
    state = current();
  });

  describe('dead letters', () => {
    beforeEach(() => state.saveGroup(group('g')));

    it('are stored together with what becomes of their lane', async () => {
      await state.saveLane('g', lane());
      await state.giveUp('g', letter(), lane({ head: 6, attempts: 0 }));
      expect(await state.letters({ group: 'g' }, { limit: 10 })).toEqual([stored()]);
      expect(await state.lanes('g')).toEqual([lane({ head: 6, attempts: 0 })]);
    });

    it('are one for each event, however often it is given up', async () => {
      await state.giveUp('g', letter(), lane());
      await state.giveUp('g', letter({ firstFailedAt: 5_000, deadAt: 20_000, attempts: 9 }), lane());
      const expected = stored({ firstFailedAt: 1_000, deadAt: 20_000, attempts: 9 });
      expect(await state.letters({ group: 'g' }, { limit: 10 })).toEqual([expected]);
      expect(await state.countDeadLetters('g')).toBe(1);
    });

    it('are read in pages, by group and by the sequence of their events', async () => {
      await state.saveGroup(group('h'));
      for (const sequence of [30, 10, 20]) await state.giveUp('g', letter({ sequence }), lane());
      await state.giveUp('h', letter({ sequence: 5 }), lane());
      const page = async (...[filter, after]: [LetterFilter, LetterPlace?]) =>
        (await state.letters(filter, { limit: 2, ...(after ? { after } : {}) })).map((one) => one.sequence);
      expect(await page({ group: 'g' })).toEqual([10, 20]);
      expect(await page({ group: 'g' }, { group: 'g', sequence: 20 })).toEqual([30]);
      expect(await page({}, { group: 'g', sequence: 20 })).toEqual([30, 5]);
    });

    it('are found by group, reason, key and id', async () => {
      await state.saveGroup(group('h'));
      await state.giveUp('g', letter({ sequence: 1, reason: 'answered 422' }), lane());
      await state.giveUp('g', letter({ sequence: 2, key: 'other' }), lane({ key: 'other' }));
      await state.giveUp('h', letter({ sequence: 2 }), lane());
      const found = async (filter: LetterFilter) =>
        (await state.letters(filter, { limit: 9 })).map((one) => `${one.group}${one.sequence}`);
      expect(await found({ reason: 'answered 400' })).toEqual(['g2', 'h2']);
      expect(await found({ key: 'k' })).toEqual(['g1', 'h2']);
      expect(
        await found({
          ids: [
            { group: 'h', sequence: 2 },
            { group: 'h', sequence: 1 },
          ],
        }),
      ).toEqual(['h2']);
      expect(await found({ group: 'g', reason: "' OR 1=1 --" })).toEqual([]);
    });
  });

  describe('dead letters that are delivered again', () => {
    const job = { id: 'j1', createdAt: 50_000 };
    beforeEach(async () => {
      await state.saveGroup(group('g', 40));
      for (const sequence of [7, 5, 9]) await state.giveUp('g', letter({ sequence }), lane({ head: 10 }));
      await state.giveUp('g', letter({ sequence: 6, key: 'other' }), lane({ key: 'other' }));
    });

    it('are queued once, by the job that came first', async () => {
      const ids = [5, 7].map((sequence) => ({ group: 'g', sequence }));
      expect(await state.queueLetters({ ids }, job)).toMatchObject({ job: { ...job, total: 2, waiting: 2 } });
      expect(await state.queueLetters({ group: 'g' }, { ...job, id: 'j2' })).toMatchObject({ job: { total: 2 } });
      expect(await state.queuedKeys('g')).toEqual([
        { key: 'k', sequence: 5 },
        { key: 'other', sequence: 6 },
      ]);
      expect(await state.queuedKeys('g', { after: '', limit: 1 })).toEqual([{ key: 'k', sequence: 5 }]);
      expect(await state.queuedKeys('g', { after: 'k', limit: 1 })).toEqual([{ key: 'other', sequence: 6 }]);
      expect(await state.queuedKeys('g', { after: 'other', limit: 1 })).toEqual([]);
      expect(await state.nextQueued('g', 'k')).toBe(5);
      expect(await state.nextQueued('g', 'nobody')).toBeUndefined();
      expect(await state.letters({ phase: 'dead' }, { limit: 9 })).toEqual([]);
      expect(await state.countDeadLetters('g')).toBe(4);
    });

    it('are counted by their job, whatever becomes of them', async () => {
      await state.queueLetters({ group: 'g' }, job);
      await state.redelivered('g', 5, lane({ head: 10, retryAt: 60_000 }));
      await state.giveUp('g', letter({ sequence: 7, deadAt: 61_000 }), lane({ head: 10 }));
      await state.discard('g', 9, undefined);
      expect(await state.job('j1')).toEqual({ ...job, total: 4, waiting: 1, delivered: 1, failed: 1, forgotten: 1 });
      expect(await state.job('unknown')).toBeUndefined();
      expect(await state.letters({ key: 'k' }, { limit: 9 })).toEqual([
        stored({ sequence: 5, phase: 'redelivered', redeliveries: 1, job: 'j1', redeliveredAt: 60_000 }),
        stored({ sequence: 7, phase: 'dead', redeliveries: 1, job: 'j1', deadAt: 61_000 }),
      ]);
      expect(await state.countDeadLetters('g')).toBe(2);
    });

    it('change nothing of another job when they are given up later', async () => {
      await state.queueLetters({ group: 'g' }, job);
      await state.redelivered('g', 5, lane({ head: 10 }));
      await state.giveUp('g', letter({ sequence: 5 }), lane({ head: 10 }));
      expect(await state.job('j1')).toMatchObject({ waiting: 3, delivered: 1, failed: 0 });
    });
  });

  describe('dead letters of events that are damaged in the log', () => {
    const setAside = stored({ phase: 'damaged', remains: 'AAE=' });
    beforeEach(async () => {
      await state.saveGroup(group('g', 40));
      await state.setAside('g', letter(), 'AAE=');
    });
    const all = () => state.letters({ group: 'g' }, { limit: 9 });

    it('are kept with what is left, and counted', async () => {
      expect(await all()).toEqual([setAside]);
      expect(await state.countDeadLetters('g')).toBe(1);
      expect(await state.letters({ phase: 'damaged' }, { limit: 9 })).toEqual([setAside]);
    });

    it('are not queued to be delivered again', async () => {
      expect(await state.queueLetters({ group: 'g' }, { id: 'j', createdAt: 1 })).toMatchObject({ job: { total: 0 } });
      expect(await all()).toEqual([setAside]);
    });

    it('are kept when their group or key is set back', async () => {
      await state.rewindGroup('g', 0);
      await state.rewindLane('g', lane({ head: 1 }));
      expect(await all()).toEqual([setAside]);
    });

    it('replace a queued one, whose job counts it as failed', async () => {
      await state.giveUp('g', letter({ sequence: 6 }), lane());
      await state.queueLetters({ ids: [{ group: 'g', sequence: 6 }] }, { id: 'j', createdAt: 1 });
      await state.setAside('g', letter({ sequence: 6, reason: 'damaged' }), null);
      expect(await state.job('j')).toMatchObject({ waiting: 0, failed: 1 });
      expect((await all()).at(-1)).toMatchObject({ sequence: 6, phase: 'damaged', remains: null, reason: 'damaged' });
    });

    it('are forgotten only when they are discarded', async () => {
      await state.discard('g', 5, undefined);
      expect(await all()).toEqual([]);
    });
  });
}
