import { setImmediate as nextTurn } from 'node:timers/promises';
import { createLag } from '../src/delivery/lag';
import { createWindow } from '../src/delivery/window';
import { createMemoryEventLog } from './doubles/memory-event-log';

const second = 1_000;

/** A group that reads nothing, at a cursor of a log with one event a second. */
async function open({ types, cursor = 0 }: { types?: string[]; cursor?: number } = {}) {
  const clock = { now: 0 };
  const log = createMemoryEventLog({ wallTime: () => clock.now });
  const append = async (type: string, count = 1): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      clock.now += second;
      const id = `e${log.head() + 1}`;
      await log.append([{ id, source: '/s', type, key: id, text: '{"data":{}}' }]);
    }
  };
  const window = createWindow(cursor, { events: 10, characters: 1_000 });
  const read = jest.spyOn(log, 'read');
  const lag = createLag({ log, window, types, now: () => clock.now });
  /** As it is shown once everything was looked at. */
  const settled = async () => {
    lag.look();
    for (let turns = 0; turns < 20; turns += 1) await nextTurn();
    return lag.current();
  };
  return { clock, log, append, window, read, lag, settled };
}

describe('the lag of a group', () => {
  it('is the age of its oldest event that is not done, also if it reads nothing', async () => {
    const { clock, append, settled } = await open();
    expect(await settled()).toEqual({ events: 0, seconds: 0 });
    await append('T', 10);
    clock.now += 5 * second;
    expect(await settled()).toEqual({ events: 10, seconds: 14 });
  });

  it('is read from the log once for each place of the cursor', async () => {
    const { append, window, read, lag, settled } = await open();
    await append('T', 10);
    for (let looks = 0; looks < 5; looks += 1) await settled();
    expect(read).toHaveBeenCalledTimes(1);
    window.scannedUpTo(4);
    expect(lag.current().events).toBe(6);
    expect(await settled()).toEqual({ events: 6, seconds: 5 });
    expect(read).toHaveBeenCalledTimes(2);
    window.scannedUpTo(10);
    expect(await settled()).toEqual({ events: 0, seconds: 0 });
    expect(read).toHaveBeenCalledTimes(2);
  });

  it('counts in seconds only what is of its types', async () => {
    const { append, settled } = await open({ types: ['Mine'] });
    await append('Other', 20);
    expect(await settled()).toEqual({ events: 20, seconds: 0 });
    await append('Mine', 2);
    await append('Other', 3);
    expect(await settled()).toEqual({ events: 25, seconds: 4 });
  });

  it('is known although the oldest event is damaged', async () => {
    const { log, append, settled } = await open();
    await append('T', 10);
    log.damage(1);
    expect(await settled()).toEqual({ events: 10, seconds: 8 });
  });

  it('is that of the window, if the event is there', async () => {
    const { log, append, window, read, lag } = await open();
    await append('T', 3);
    const page = await log.read({ after: 0, limit: 3 });
    for (const event of page.events) window.add(event);
    window.scannedUpTo(3);
    read.mockClear();
    expect(lag.current()).toEqual({ events: 3, seconds: 2 });
    expect(read).not.toHaveBeenCalled();
  });

  it('is never negative: nothing is behind that begins beyond the end of the log', async () => {
    const { append, clock, settled } = await open({ cursor: 99 });
    await append('T', 3);
    expect(await settled()).toEqual({ events: 0, seconds: 0 });
    clock.now = -second;
    expect(await settled()).toEqual({ events: 0, seconds: 0 });
  });
});
