import fc from 'fast-check';
import { type Appended, type EventLog, type NewEvent, ReusedId } from '../src/log/event-log';
import { newEvent, readAll } from './event-log.contract';
import { createLogModel, someAppends } from './event-log.model';

const numbers = (events: readonly { sequence: number }[]): number[] => events.map(({ sequence }) => sequence);

/** What every EventLog does with an event whose id is that of another one. `open` makes an empty log. */
export function reusedIdsContract({ open }: { open: () => Promise<EventLog> }): void {
  let log: EventLog;
  beforeEach(async () => {
    log = await open();
  });
  afterEach(() => log.close());

  describe('ids that were there before', () => {
    it('refuse another event: nothing of its append is stored, and its places are told', async () => {
      await log.append([newEvent({ id: 'a', data: 1 })]);
      const append = [newEvent({ id: 'b' }), newEvent({ id: 'a', data: 2 }), newEvent({ id: 'a', data: 3 })];
      await expect(log.append(append)).rejects.toEqual(new ReusedId([1, 2]));
      expect(numbers(await log.append([newEvent({ id: 'c' })]))).toEqual([2]);
      expect((await readAll(log)).map(({ id }) => id)).toEqual(['a', 'c']);
    });

    it('refuse another event of the same append', async () => {
      const append = [newEvent({ id: 'a', data: 1 }), newEvent({ id: 'a', data: 2 })];
      await expect(log.append(append)).rejects.toEqual(new ReusedId([1]));
      expect([log.head(), await readAll(log)]).toEqual([0, []]);
    });

    it.each<[string, Partial<NewEvent>, boolean]>([
      ['in another order', { text: '{"time":"t1","data":{"y":[2],"x":1},"id":"a"}' }, true],
      ['with another time', { text: '{"id":"a","data":{"x":1,"y":[2]},"time":"t2"}' }, false],
      [
        'with another time, that its publisher did not give',
        { text: '{"id":"a","data":{"x":1,"y":[2]},"time":"t2"}', filledIn: ['time'] },
        true,
      ],
      ['with less in it', { text: '{"id":"a","time":"t1","data":{"x":1}}' }, false],
      ['with more in it', { text: '{"id":"a","data":{"x":1,"y":[2]},"time":"t1","more":1}' }, false],
      ['with a text for a number', { text: '{"id":"a","data":{"x":"1","y":[2]},"time":"t1"}' }, false],
      [
        'with a key that is special in JavaScript',
        { text: '{"id":"a","data":{"x":1,"y":[2],"__proto__":{}},"time":"t1"}' },
        false,
      ],
    ])('compare what the events say: %s', async (_what, again, isSame) => {
      await log.append([newEvent({ id: 'a', text: '{"id":"a","data":{"x":1,"y":[2]},"time":"t1"}' })]);
      const appended = log.append([newEvent({ id: 'a', ...again })]);
      if (isSame) expect(await appended).toEqual([{ id: 'a', sequence: 1 }]);
      else await expect(appended).rejects.toEqual(new ReusedId([0]));
    });

    it('never touch what others append at the same time', async () => {
      await fc.assert(
        fc.asyncProperty(someAppends, async (appends) => {
          const model = createLogModel(await readAll(log));
          const expected = appends.map(model.append);
          const settled = await Promise.allSettled(appends.map((events) => log.append(events)));
          const outcomes = settled.map((one): Appended[] | readonly number[] => {
            if (one.status === 'fulfilled') return one.value;
            if (one.reason instanceof ReusedId) return one.reason.places;
            throw one.reason;
          });
          expect(outcomes).toEqual(expected);
          expect((await readAll(log)).map(({ sequence, text }) => ({ sequence, text }))).toEqual(model.events());
        }),
        { numRuns: 60 },
      );
    });
  });
}
