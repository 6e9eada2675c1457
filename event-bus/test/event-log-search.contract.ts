import { type EventLog, mostFound } from '../src/log/event-log';
import { newEvent } from './event-log.contract';

/** How every EventLog finds events by their id and by their cause; `open` makes an empty one. */
export function eventLogSearchContract({ open }: { open: () => Promise<EventLog> }): void {
  let log: EventLog;
  beforeEach(async () => {
    log = await open();
  });
  afterEach(() => log.close());

  describe('searching', () => {
    it('finds the events of an id, each source in its turn', async () => {
      await log.append([
        newEvent({ id: 'a', source: '/z' }),
        newEvent({ id: 'b' }),
        newEvent({ id: 'a', source: '/y' }),
      ]);
      expect(await log.find('a')).toEqual([await only(1), await only(3)]);
      expect(await log.find('c')).toEqual([]);
    });

    it('finds what an event caused, oldest first, whatever its source and key', async () => {
      await log.append([newEvent({ id: 'a' }), newEvent({ cause: 'a', key: 'other' }), newEvent({ cause: 'b' })]);
      await log.append([newEvent({ cause: 'a', source: '/y' }), newEvent({ id: 'own', cause: 'own' })]);
      expect(await log.effectsOf('a')).toEqual([await only(2), await only(4)]);
      expect(await log.effectsOf('a', 1)).toEqual([await only(2)]);
      expect(await log.effectsOf('a', 1, 2)).toEqual([await only(4)]);
      expect(await log.effectsOf('a', 1, 4)).toEqual([]);
      expect(await log.effectsOf('own')).toEqual([await only(5)]);
      expect(await log.effectsOf('none')).toEqual([]);
    });

    it('gives no more than a bounded number', async () => {
      const many = Array.from({ length: mostFound + 5 }, (_, n) => newEvent({ id: 'a', source: `/${n}`, cause: 'c' }));
      await log.append(many);
      expect(await log.find('a')).toHaveLength(mostFound);
      expect(await log.effectsOf('c')).toHaveLength(mostFound);
      expect(await log.effectsOf('c', mostFound + 5)).toHaveLength(mostFound);
    });
  });

  async function only(sequence: number): Promise<unknown> {
    return (await log.read({ after: sequence - 1, limit: 1 })).events[0];
  }
}
