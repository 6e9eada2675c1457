import { DamagedRecord, type EventLog } from '../src/log/event-log';
import { newEvent, readAll } from './event-log.contract';

/**
 * What every EventLog does about damage: it harms nobody but those who meet it, and is never passed over in silence.
 *   open     makes an empty log
 *   damage   makes one record of it unreadable, and gives the log as it is after that
 */
export function eventLogDamageContract({
  open,
  damage,
}: {
  open: () => Promise<EventLog>;
  damage: (log: EventLog, sequence: number) => Promise<EventLog>;
}): void {
  describe('a damaged record', () => {
    let log: EventLog;
    const made = Array.from({ length: 9 }, (_, n) =>
      newEvent({ id: `d${n + 1}`, type: `T${n % 2}`, key: `k${n % 3}` }),
    );
    const numbers = (events: readonly { sequence: number }[]): number[] => events.map(({ sequence }) => sequence);

    beforeEach(async () => {
      log = await open();
      await log.append(made);
      log = await damage(log, 5);
    });
    afterEach(() => log.close());

    it('ends the page before it, and stops a read that begins with it, each time', async () => {
      for (const attempt of ['first', 'second']) {
        const page = await log.read({ after: 0, limit: 100 });
        expect([attempt, numbers(page.events), page.upTo]).toEqual([attempt, [1, 2, 3, 4], 4]);
        await expect(log.read({ after: 4, limit: 100 })).rejects.toThrow(new DamagedRecord(5));
      }
    });

    it('hides nothing of what comes after it', async () => {
      expect(numbers(await readAll(log, { after: 5 }))).toEqual([6, 7, 8, 9]);
    });

    it('stops a read by its type, behind the events before it', async () => {
      const before = await log.read({ after: 0, limit: 100, types: ['T0'] });
      expect(numbers(before.events)).toEqual([1, 3]);
      await expect(log.read({ after: before.upTo, limit: 100, types: ['T0'] })).rejects.toThrow(new DamagedRecord(5));
      expect(numbers(await readAll(log, { after: 5, types: ['T0'] }))).toEqual([7, 9]);
    });

    it('stops a read by its key, behind the events before it', async () => {
      const before = await log.read({ after: 0, limit: 100, key: 'k1' });
      expect(numbers(before.events)).toEqual([2]);
      await expect(log.read({ after: before.upTo, limit: 100, key: 'k1' })).rejects.toThrow(new DamagedRecord(5));
      expect(numbers(await readAll(log, { after: 5, key: 'k1' }))).toEqual([8]);
    });

    it('keeps nobody from publishing', async () => {
      expect(numbers(await log.append([newEvent(), newEvent()]))).toEqual([10, 11]);
      expect(log.head()).toBe(11);
    });

    it('refuses the same event, as it can not be compared, and nothing else', async () => {
      const [, , , , fifth = newEvent()] = made;
      const [again, other] = await Promise.allSettled([log.append([newEvent(), fifth]), log.append([newEvent()])]);
      expect(again).toMatchObject({ status: 'rejected', reason: new DamagedRecord(5) });
      expect(other).toMatchObject({ status: 'fulfilled', value: [{ sequence: 10 }] });
      expect(log.head()).toBe(10);
    });

    it('stops a search that finds it, and no other', async () => {
      await expect(log.find('d5')).rejects.toThrow(DamagedRecord);
      expect(numbers(await log.find('d6'))).toEqual([6]);
    });

    it('is told from a whole one', async () => {
      expect(await log.remainsOf(4)).toMatchObject({ isWhole: true });
      expect(await log.remainsOf(5)).toMatchObject({ isWhole: false });
    });
  });
}
