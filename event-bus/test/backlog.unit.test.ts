import { Unavailable } from '@blog/kit';
import { limitBacklog } from '../src/log/backlog';
import { createMemoryEventLog } from './doubles/memory-event-log';

function open(limit: number) {
  const slowest = { cursor: 0 };
  const slowestCursor = (): number => slowest.cursor;
  const log = limitBacklog(createMemoryEventLog({ wallTime: () => 0 }), { limit, slowestCursor });
  let made = 0;
  const publish = (count: number) =>
    log.append(
      Array.from({ length: count }, () => ({
        id: `e${(made += 1)}`,
        source: '/s',
        type: 'T',
        key: 'k',
        text: '{"data":{}}',
      })),
    );
  return { log, slowest, publish };
}

describe('a log with a limit to its backlog', () => {
  it('takes events until the slowest group is so far behind, and again when it has caught up', async () => {
    const { log, slowest, publish } = open(3);
    await publish(2);
    await publish(2);
    await expect(publish(1)).rejects.toThrow(Unavailable);
    expect(log.head()).toBe(4);
    slowest.cursor = 2;
    await publish(1);
    await expect(publish(1)).rejects.toThrow('3 events behind');
    expect(log.head()).toBe(5);
  });

  it('takes no more once the slowest group was set back', async () => {
    const { log, slowest, publish } = open(3);
    await publish(2);
    slowest.cursor = 2;
    await publish(2);
    slowest.cursor = 0;
    await expect(publish(1)).rejects.toThrow('3 events behind');
    expect(log.head()).toBe(4);
  });
});
