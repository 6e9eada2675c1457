import type { DeliveryState } from '../src/delivery/delivery-state';
import type { DeadLetter, ParkedLane } from '../src/delivery/lane';
import { Subscription } from '../src/delivery/subscription';

const subscription = Subscription.parse({ endpoints: ['http://127.0.0.1:1/events'] });
const other = Subscription.parse({ endpoints: ['http://127.0.0.1:2/events'], types: ['T'], batch: 10 });

const group = (name: string, cursor = 0) => ({ name, subscription, cursor, configured: undefined });

const lane = (given: Partial<ParkedLane> = {}): ParkedLane => ({
  ...{ key: 'k', phase: 'parked', head: 5, attempts: 1, faults: 0, reason: 'answered 500' },
  ...{ parkedAt: 1_000, retryAt: 1_200 },
  ...given,
});

const letter = (given: Partial<DeadLetter> = {}): DeadLetter => ({
  ...{ sequence: 5, eventId: 'e5', type: 'T', key: 'k', reason: 'answered 400', attempts: 8 },
  ...{ firstFailedAt: 1_000, deadAt: 9_000 },
  ...given,
});

/**
 * What every DeliveryState does.
 *   open       makes an empty state
 *   reopen     closes it and opens it again
 *
 * Chapters: the log that it belongs to · groups · lanes · dead letters · after a restart
 */
export function deliveryStateContract({
  open,
  reopen,
}: {
  open: () => Promise<DeliveryState>;
  reopen?: (state: DeliveryState) => Promise<DeliveryState>;
}): void {
  let state: DeliveryState;
  const log = { identity: 'one', head: 100 };
  beforeEach(async () => {
    state = await open();
    await state.attach(log);
  });
  afterEach(() => state.close());

  describe('the log that it belongs to', () => {
    beforeEach(async () => {
      await state.saveGroup(group('g', 40));
      await state.saveLane('g', lane({ head: 30 }));
      await state.giveUp('g', letter({ sequence: 20 }), lane({ key: 'other', head: 38 }));
    });

    it('keeps everything while the log only grows', async () => {
      expect(await state.attach({ ...log, head: 200 })).toBe('same log');
      expect(await state.groups()).toMatchObject([{ cursor: 40 }]);
      expect(await state.lanes('g')).toHaveLength(2);
    });

    it('starts all groups again where it is another log', async () => {
      expect(await state.attach({ identity: 'two', head: 100 })).toBe('other log');
      expect(await state.groups()).toMatchObject([{ name: 'g', cursor: 0, subscription }]);
      expect(await state.lanes('g')).toEqual([]);
      expect(await state.countDeadLetters('g')).toBe(0);
      expect(await state.attach({ identity: 'two', head: 100 })).toBe('same log');
    });

    it('goes back to the end of a log that became shorter', async () => {
      expect(await state.attach({ ...log, head: 35 })).toBe('shorter log');
      expect(await state.groups()).toMatchObject([{ cursor: 35 }]);
      expect((await state.lanes('g')).map(({ key }) => key)).toEqual(['k']);
      expect(await state.countDeadLetters('g')).toBe(1);
    });
  });

  describe('groups', () => {
    it('are listed by name, as they were saved', async () => {
      await state.saveGroup(group('b', 7));
      await state.saveGroup({ ...group('a'), subscription: other, configured: '{}' });
      expect(await state.groups()).toEqual([
        { name: 'a', subscription: other, cursor: 0, pausedBecause: undefined, configured: '{}' },
        { name: 'b', subscription, cursor: 7, pausedBecause: undefined, configured: undefined },
      ]);
    });

    it('keep their cursor when they get new settings, and deliver again', async () => {
      await state.saveGroup(group('g', 7));
      await state.moveCursor('g', 12);
      await state.pauseGroup('g', 'answered 410');
      expect(await state.groups()).toMatchObject([{ cursor: 12, pausedBecause: 'answered 410' }]);
      await state.saveGroup({ ...group('g', 0), subscription: other });
      expect(await state.groups()).toMatchObject([{ cursor: 12, pausedBecause: undefined, subscription: other }]);
    });

    it('take their lanes and dead letters with them, and leave those of others', async () => {
      for (const name of ['g', 'h']) {
        await state.saveGroup(group(name));
        await state.giveUp(name, letter(), lane());
      }
      await state.removeGroup('g');
      await state.saveGroup(group('g'));
      expect([await state.lanes('g'), await state.countDeadLetters('g')]).toEqual([[], 0]);
      expect([(await state.lanes('h')).length, await state.countDeadLetters('h')]).toEqual([1, 1]);
    });
  });

  describe('lanes', () => {
    beforeEach(() => state.saveGroup(group('g')));

    it('are one for each key, as saved last', async () => {
      await state.saveLane('g', lane({ key: 'b' }));
      await state.saveLane('g', lane({ key: 'a' }));
      const later = lane({
        key: 'b',
        head: 9,
        attempts: 3,
        faults: 2,
        reason: 'answered 400',
        phase: 'halted',
        retryAt: 77,
      });
      await state.saveLane('g', later);
      expect(await state.lanes('g')).toEqual([lane({ key: 'a' }), later]);
    });

    it('are gone once removed; removing none is harmless', async () => {
      await state.saveLane('g', lane({ key: 'a' }));
      await state.saveLane('g', lane({ key: 'b' }));
      await state.removeLane('g', 'a');
      await state.removeLane('g', 'unknown');
      expect(await state.lanes('g')).toEqual([lane({ key: 'b' })]);
    });

    it('have any text as a key', async () => {
      const keys = ['__proto__', "'; DROP TABLE lanes; --", '👩‍🚀', ' '].sort();
      for (const key of keys) await state.saveLane('g', lane({ key }));
      expect((await state.lanes('g')).map(({ key }) => key).sort()).toEqual(keys);
    });
  });

  describe('dead letters', () => {
    beforeEach(() => state.saveGroup(group('g')));

    it('are stored together with what becomes of their lane', async () => {
      await state.saveLane('g', lane());
      await state.giveUp('g', letter(), lane({ head: 6, attempts: 0 }));
      expect(await state.deadLetters('g', { after: 0, limit: 10 })).toEqual([letter()]);
      expect(await state.lanes('g')).toEqual([lane({ head: 6, attempts: 0 })]);
    });

    it('are one for each event, however often it is given up', async () => {
      await state.giveUp('g', letter(), lane());
      await state.giveUp('g', letter({ firstFailedAt: 5_000, deadAt: 20_000, attempts: 9 }), lane());
      const expected = letter({ firstFailedAt: 1_000, deadAt: 20_000, attempts: 9 });
      expect(await state.deadLetters('g', { after: 0, limit: 10 })).toEqual([expected]);
      expect(await state.countDeadLetters('g')).toBe(1);
    });

    it('are read in pages, by the sequence of their events', async () => {
      for (const sequence of [30, 10, 20]) await state.giveUp('g', letter({ sequence }), lane());
      const page = async (after: number) =>
        (await state.deadLetters('g', { after, limit: 2 })).map(({ sequence }) => sequence);
      expect([await page(0), await page(20)]).toEqual([[10, 20], [30]]);
    });
  });

  if (!reopen) return;
  describe('after a restart', () => {
    it('is as it was', async () => {
      await state.saveGroup(group('g', 3));
      await state.moveCursor('g', 8);
      await state.saveLane('g', lane({ key: 'a' }));
      await state.giveUp('g', letter(), lane({ key: 'b' }));
      state = await reopen(state);
      expect(await state.attach(log)).toBe('same log');
      expect(await state.groups()).toMatchObject([{ name: 'g', cursor: 8 }]);
      expect((await state.lanes('g')).map(({ key }) => key)).toEqual(['a', 'b']);
      expect(await state.deadLetters('g', { after: 0, limit: 9 })).toEqual([letter()]);
    });
  });
}
