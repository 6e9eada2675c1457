import { createCursorSaver } from '../src/delivery/cursor-saver';
import { createVirtualTime } from './simulation/virtual-time';

function start() {
  const time = createVirtualTime();
  const group = { cursor: 0, isAtRest: true };
  const stored: { at: number; cursor: number }[] = [];
  const saver = createCursorSaver({
    group: 'g',
    cursor: () => group.cursor,
    isAtRest: () => group.isAtRest,
    saved: 0,
    everyMs: 50,
    state: {
      moveCursor: (_group, cursor) => {
        stored.push({ at: time.clock.now(), cursor });
        return Promise.resolve();
      },
    },
    clock: time.clock,
    onError(error) {
      throw error;
    },
  });
  return {
    stored,
    async move(cursor: number, { isAtRest = true } = {}): Promise<void> {
      group.cursor = cursor;
      group.isAtRest = isAtRest;
      saver.saveSoon();
      await time.runUntil(time.clock.now() + 1);
    },
    pass: (ms: number) => time.runUntil(time.clock.now() + ms),
  };
}

describe('the cursor of a group', () => {
  it('is stored at once if it has stood still', async () => {
    const { move, stored } = start();
    await move(1, { isAtRest: false });
    expect(stored).toEqual([{ at: 0, cursor: 1 }]);
  });

  it('is stored once in 50 ms while more events wait', async () => {
    const { move, pass, stored } = start();
    for (let cursor = 1; cursor <= 100; cursor += 1) await move(cursor, { isAtRest: false });
    await pass(50);
    expect(stored.map(({ at }) => at)).toEqual([0, 50, 100]);
    expect(stored.at(-1)?.cursor).toBe(100);
  });

  it('is stored within 5 ms when it has come to the end, also if it was to be stored later', async () => {
    const { move, pass, stored } = start();
    await move(1, { isAtRest: false });
    await move(2, { isAtRest: false });
    await move(3);
    await pass(10);
    expect(stored).toEqual([
      { at: 0, cursor: 1 },
      { at: 5, cursor: 3 },
    ]);
  });
});
