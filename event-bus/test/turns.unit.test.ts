import { setImmediate as nextTurn } from 'node:timers/promises';
import { createTurns } from '../src/http/turns';

describe('jobs in turns', () => {
  it('run in their order, one in each turn of the event loop, also those that come meanwhile', async () => {
    const inTurn = createTurns();
    const done: string[] = [];
    inTurn(() => {
      done.push('first');
      inTurn(() => done.push('third'));
    });
    inTurn(() => done.push('second'));
    expect(done).toEqual([]);
    for (const expected of [['first'], ['first', 'second'], ['first', 'second', 'third']]) {
      await nextTurn();
      expect(done).toEqual(expected);
    }
    inTurn(() => done.push('later'));
    await nextTurn();
    expect(done.at(-1)).toBe('later');
  });
});
