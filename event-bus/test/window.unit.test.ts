import fc from 'fast-check';
import { createDueQueue } from '../src/delivery/due-queue';
import { createWindow } from '../src/delivery/window';

const event = (sequence: number, text = 'x') => ({
  sequence,
  id: `${sequence}`,
  type: 'T',
  key: 'k',
  storedAt: 0,
  text,
});

describe('the window of a group', () => {
  it('moves its cursor only over settled events', () => {
    const window = createWindow(10, { events: 5, characters: 100 });
    const [first, second] = [window.add(event(11)), window.add(event(12))];
    window.scannedUpTo(20);
    expect(window.cursor()).toBe(10);
    window.settle(second);
    expect(window.cursor()).toBe(10);
    window.settle(first);
    expect(window.cursor()).toBe(20);
  });

  it('is full when it holds so many events or characters', () => {
    const window = createWindow(0, { events: 3, characters: 10 });
    const first = window.add(event(1));
    const second = window.add(event(2));
    expect(window.room()).toBe(1);
    window.settle(second);
    // It has its place until the one before it is settled.
    expect(window.room()).toBe(1);
    window.settle(first);
    expect(window.room()).toBe(3);
    const large = window.add(event(3, 'x'.repeat(10)));
    expect(window.room()).toBe(0);
    window.settle(large);
    expect(window.room()).toBe(3);
  });

  it('never passes an event that is not settled, in whatever order they are', () => {
    const orders = fc.array(fc.nat(), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(orders, (picks) => {
        const window = createWindow(0, { events: 8, characters: 1_000 });
        const open = new Map<number, ReturnType<typeof window.add>>();
        let next = 1;
        for (const pick of picks) {
          while (window.room() > 0) {
            open.set(next, window.add(event(next)));
            window.scannedUpTo(next);
            next += 1;
          }
          const sequence = [...open.keys()][pick % open.size];
          const entry = sequence === undefined ? undefined : open.get(sequence);
          if (sequence === undefined || !entry) continue;
          open.delete(sequence);
          window.settle(entry);
          expect(window.cursor()).toBe(Math.min(next, ...open.keys()) - 1);
          expect(window.oldest()?.sequence).toBe(open.size === 0 ? undefined : Math.min(...open.keys()));
        }
      }),
    );
  });
});

describe('the queue of what is due', () => {
  it('gives its items in the order of their times', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100)), (times) => {
        const queue = createDueQueue<number>();
        for (const time of times) queue.add(time, time);
        const taken: (number | undefined)[] = [];
        while (queue.next() !== Infinity) taken.push(queue.take());
        expect(taken).toEqual([...times].sort((a, b) => a - b));
        expect(queue.take()).toBeUndefined();
      }),
    );
  });
});
