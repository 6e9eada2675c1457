import type { DeliveryState } from '../src/delivery/delivery-state';
import { deadLetterContract } from './dead-letter-state.contract';
import { redeliveryContract } from './redelivery-state.contract';
import { group, lane, letter, other, stored, subscription } from './doubles/stored-rows';

/**
 * What every DeliveryState does.
 *   open       makes an empty state
 *   reopen     closes it and opens it again
 *
 * Chapters: the log that it belongs to · groups · lanes · dead letters · redelivery · replay · after a restart
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

    it('leaves a group alone that was made to begin beyond its end, until that has begun', async () => {
      await state.saveGroup({ ...group('later', 250), beginsBeyondEnd: true });
      await state.saveGroup({ ...group('later', 0), subscription: other });
      const cursors = async () => (await state.groups()).map(({ name, cursor }) => [name, cursor]);
      expect(await state.attach({ ...log, head: 110 })).toBe('same log');
      expect(await cursors()).toEqual([
        ['g', 40],
        ['later', 250],
      ]);
      await state.moveCursor('later', 270);
      expect(await state.attach({ ...log, head: 265 })).toBe('shorter log');
      expect((await cursors())[1]).toEqual(['later', 265]);
      expect(await state.attach({ ...log, head: 120 })).toBe('shorter log');
      expect((await cursors())[1]).toEqual(['later', 250]);
      await state.rewindGroup('later', 0);
      await state.moveCursor('later', 120);
      expect(await state.attach({ ...log, head: 115 })).toBe('shorter log');
      expect((await cursors())[1]).toEqual(['later', 115]);
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
      await state.resumeGroup('g');
      expect(await state.groups()).toMatchObject([{ cursor: 12, pausedBecause: undefined }]);
      await state.pauseGroup('g', 'answered 410');
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

  describe('groups of the settings that are removed', () => {
    beforeEach(async () => {
      await state.saveGroup({ ...group('a'), configured: '{"a":1}' });
      await state.saveGroup({ ...group('b'), configured: '{"b":1}' });
      await state.saveGroup(group('of-a-request'));
      for (const name of ['a', 'b', 'of-a-request']) await state.removeGroup(name);
    });

    it('are remembered with these settings, others are not', async () => {
      expect(await state.removedGroups()).toEqual([
        { name: 'a', configured: '{"a":1}' },
        { name: 'b', configured: '{"b":1}' },
      ]);
    });

    it('are remembered until they are made again, or the settings name them no more', async () => {
      await state.saveGroup(group('a'));
      expect((await state.removedGroups()).map(({ name }) => name)).toEqual(['b']);
      await state.forgetRemoved('b');
      expect(await state.removedGroups()).toEqual([]);
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

  deadLetterContract(() => state);
  redeliveryContract(() => state);

  describe('a replay', () => {
    beforeEach(async () => {
      await state.saveGroup(group('g', 40));
      for (const [key, head] of [
        ['early', 10],
        ['at', 21],
        ['late', 30],
      ] as const) {
        await state.giveUp('g', letter({ key, sequence: head - 1 }), lane({ key, head }));
      }
    });

    it('of a group goes back to a cursor, and forgets what comes after it', async () => {
      await state.rewindGroup('g', 20);
      expect(await state.groups()).toMatchObject([{ cursor: 20 }]);
      expect((await state.lanes('g')).map(({ key }) => key)).toEqual(['at', 'early']);
      expect((await state.letters({}, { limit: 9 })).map(({ key }) => key)).toEqual(['early', 'at']);
    });

    it('of a key goes back to its head, and leaves other keys alone', async () => {
      await state.queueLetters({ key: 'late' }, { id: 'j', createdAt: 1 });
      await state.rewindLane('g', lane({ key: 'late', head: 3 }));
      expect(await state.job('j')).toMatchObject({ forgotten: 1, waiting: 0 });
      expect((await state.lanes('g')).map(({ key, head }) => [key, head])).toEqual([
        ['at', 21],
        ['early', 10],
        ['late', 3],
      ]);
      expect(await state.countDeadLetters('g')).toBe(2);
    });
  });

  describe('a subscriber that has read the history itself', () => {
    beforeEach(async () => {
      await state.saveGroup(group('g', 20));
      for (const [key, head] of [
        ['read', 10],
        ['read last', 30],
        ['not read', 31],
      ] as const) {
        await state.giveUp('g', letter({ key, sequence: head }), lane({ key, head }));
      }
      await state.saveLane('g', lane({ key: 'held', head: 15, phase: 'held', attempts: 3, faults: 2 }));
      await state.queueLetters({ key: 'read' }, { id: 'j', createdAt: 1 });
    });

    it('goes on behind it: lanes and dead letters of what it has read are gone', async () => {
      await state.forwardGroup('g', 30);
      expect(await state.groups()).toMatchObject([{ cursor: 30 }]);
      expect((await state.letters({}, { limit: 9 })).map(({ key }) => key)).toEqual(['not read']);
      expect(await state.job('j')).toMatchObject({ forgotten: 1, waiting: 0 });
      expect(await state.lanes('g')).toMatchObject([
        { key: 'held', phase: 'held', head: 31, attempts: 0, faults: 0 },
        { key: 'not read', head: 31, attempts: 1 },
      ]);
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
      expect(await state.letters({}, { limit: 9 })).toEqual([stored()]);
    });
  });
}
