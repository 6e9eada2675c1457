import { setImmediate as nextTurn } from 'node:timers/promises';
import { Unavailable } from '@blog/kit';
import { createDeadLetters } from '../src/delivery/dead-letters';
import type { QueuedLetters } from '../src/delivery/dead-letter-state';
import { createMemoryDeliveryState } from './doubles/memory-delivery-state';
import { group, lane, letter } from './doubles/stored-rows';

const count = 3_000;

/** A state with many dead letters, and lanes that begin at once; what happens in one turn of the event loop is counted. */
async function open(letters = count) {
  const state = createMemoryDeliveryState();
  await state.saveGroup(group('g', letters));
  await state.saveGroup(group('other', letters));
  for (let sequence = 1; sequence <= letters; sequence += 1) {
    await state.giveUp('g', letter({ sequence, key: `k${sequence}` }), lane({ key: `k${sequence}` }));
  }
  const begun: string[] = [];
  let inThisTurn = 0;
  let mostInATurn = 0;
  const redeliver = async (key: string): Promise<void> => {
    begun.push(key);
    inThisTurn += 1;
    mostInATurn = Math.max(mostInATurn, inThisTurn);
    setImmediate(() => (inThisTurn = 0));
  };
  const asked: string[] = [];
  const onFatal = jest.fn();
  let jobs = 0;
  const deadLetters = createDeadLetters({
    ...{ state, onFatal, wallTime: () => 5, newId: () => `job-${(jobs += 1)}` },
    dispatcher: {
      names: () => ['g', 'other'],
      keyCommands: (name) => {
        asked.push(name);
        return { redeliver } as never;
      },
    },
  });
  const allBegun = async (): Promise<void> => {
    while (begun.length < letters) await nextTurn();
  };
  return { state, deadLetters, begun, asked, onFatal, allBegun, mostInATurn: () => mostInATurn };
}

describe('many dead letters that are delivered again at once', () => {
  it('begin a few in each turn of the event loop, each once, and their job counts all', async () => {
    const { deadLetters, begun, allBegun, mostInATurn, onFatal } = await open();
    const job = await deadLetters.redeliver({ group: 'g' });
    expect(job).toMatchObject({ id: 'job-1', total: count, waiting: count });
    await allBegun();
    await nextTurn();
    expect(new Set(begun).size).toBe(count);
    expect(begun).toHaveLength(count);
    expect(mostInATurn()).toBeLessThanOrEqual(20);
    expect(onFatal).not.toHaveBeenCalled();
  });

  it('are queued in pieces, with turns of the event loop between', async () => {
    const { state, deadLetters } = await open();
    let turns = 0;
    let isOver = false;
    const countTurns = (): void => {
      turns += 1;
      if (!isOver) setImmediate(countTurns);
    };
    setImmediate(countTurns);
    const queue = jest.spyOn(state, 'queueLetters');
    await deadLetters.redeliver({});
    isOver = true;
    expect(queue.mock.calls.length).toBeGreaterThan(count / 1_000);
    expect(turns).toBeGreaterThanOrEqual(queue.mock.calls.length - 1);
  });

  it('of one group go through no other group', async () => {
    const { deadLetters, asked, allBegun } = await open(20);
    await deadLetters.redeliver({ ids: Array.from({ length: 20 }, (_, n) => ({ group: 'g', sequence: n + 1 })) });
    await allBegun();
    expect(new Set(asked)).toEqual(new Set(['g']));
  });

  it('are all queued or their number is told, if the room ends meanwhile; those that are queued begin', async () => {
    const { state, deadLetters, begun } = await open();
    const queue = state.queueLetters;
    let calls = 0;
    jest.spyOn(state, 'queueLetters').mockImplementation(async (...given): Promise<QueuedLetters> => {
      calls += 1;
      if (calls > 2) throw new Unavailable('no room');
      return queue(...given);
    });
    await expect(deadLetters.redeliver({})).rejects.toThrow('Job job-1 delivers 1000 dead letters again');
    while (begun.length < 1_000) await nextTurn();
  });

  it('are wanted twice and begin with the second wish what the first one has not seen', async () => {
    const { deadLetters, begun, allBegun } = await open(600);
    const first = deadLetters.redeliver({ ids: [{ group: 'g', sequence: 600 }] });
    const second = deadLetters.redeliver({ group: 'g' });
    expect((await first).total + (await second).total).toBe(600);
    await allBegun();
    expect(new Set(begun).size).toBe(600);
  });

  it('are refused if one that is named does not exist, and nothing is queued', async () => {
    const { state, deadLetters } = await open(3);
    const ids = [1, 2, 9].map((sequence) => ({ group: 'g', sequence }));
    await expect(deadLetters.redeliver({ ids })).rejects.toThrow('There is no dead letter g:9.');
    expect(await state.queuedKeys('g')).toEqual([]);
  });
});
