import fc from 'fast-check';
import type { Pushed } from '../src/delivery/observer';
import type { Standing } from '../src/delivery/standing';
import { createWaits } from '../src/delivery/waits';

const place = (sequence: number) => ({ sequence, type: 'T', key: 'k' });

/** Waits on one group, whose progress and clock the test moves. */
function aGroup() {
  const done = new Set<number>();
  const asked: number[] = [];
  let timers: (() => void)[] = [];
  const standing = (sequence: number): Standing =>
    done.has(sequence) ? { state: 'passed' } : { state: 'waiting', waitsFor: [] };
  const waits = createWaits({
    dispatcher: {
      status: () => {
        throw new Error('not asked here');
      },
      standings({ sequence }) {
        asked.push(sequence);
        return [{ group: 'g', standing: standing(sequence) }];
      },
    },
    clock: {
      schedule(_ms, work) {
        timers.push(work);
        return () => void (timers = timers.filter((one) => one !== work));
      },
    },
  });
  const push = (sequences: number[], kind: 'done' | 'unreachable'): void => {
    if (kind === 'done') for (const sequence of sequences) done.add(sequence);
    waits.observer.pushed({ group: 'g', events: sequences.map(place), outcome: { kind } } as unknown as Pushed);
  };
  return { waits, push, done, asked, timers: () => timers };
}

describe('a wait', () => {
  it('ends exactly when the last of its events is done, whatever the order, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 4 }), { maxLength: 12 }),
        async (wanted, pushes) => {
          const { waits, push, done, timers } = aGroup();
          const ended = wanted.map(() => false);
          wanted.forEach((sequences, index) => {
            const asked = { group: 'g', events: sequences.map(place), ms: 1 };
            void waits.until(asked, () => undefined).then(() => (ended[index] = true));
          });
          for (const sequences of [...pushes, wanted.flat()]) {
            push(sequences, 'unreachable');
            push(sequences, 'done');
            await new Promise(setImmediate);
            expect(ended).toEqual(wanted.map((some) => some.every((sequence) => done.has(sequence))));
          }
          expect(timers()).toEqual([]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('looks again when its time is over: the group may have got other types', async () => {
    const { waits, done, timers } = aGroup();
    const wait = waits.until({ group: 'g', events: [place(1)], ms: 1 }, () => undefined);
    done.add(1);
    timers()[0]?.();
    expect(await wait).toBe(true);
  });

  it('asks nothing of anybody while nobody waits', () => {
    const { push, asked } = aGroup();
    push([1, 2, 3], 'done');
    expect(asked).toEqual([]);
  });
});
