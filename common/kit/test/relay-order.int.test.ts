import { rmSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { silentLogger } from '../src';
import { createOutbox, createRelay } from '../src/state';
import { createInMemoryBus, type Outcome } from './in-memory-bus';
import { useTestLife } from './test-life';
import { openThings, thingMade } from './thing-database';

const life = useTestLife();

afterEach(() => jest.restoreAllMocks());

const anOutcome = fc.constantFrom<Outcome>('stored', 'stored', 'stored', 'away', 'answer lost');
/** Appends of a thing, and pauses between them. */
const aStep = fc.oneof({ weight: 3, arbitrary: fc.constant('make') }, fc.constant('pause'), fc.constant('crash'));

/** One random life of a service whose two processes share an outbox; gives what was made and what the bus has. */
async function twoRelays(steps: string[], ends: Outcome[], batchLimit: number) {
  const file = life.file('things.db');
  const { db, transaction, close } = openThings(file);
  const outbox = createOutbox(db, { source: '/things', now: () => new Date() });
  const bus = createInMemoryBus({ outcome: () => ends.shift() ?? 'stored', batchLimit });
  const start = () => createRelay({ outbox, bus, logger: silentLogger });
  let [first, second] = [start(), start()];
  const made: string[] = [];
  for (const step of steps) {
    if (step === 'make') {
      made.push(`t${made.length}`);
      await transaction((tx) => outbox.append(tx, [thingMade(`t${made.length - 1}`)]));
      (made.length % 2 ? first : second).nudge();
    } else if (step === 'pause') {
      await turn();
    } else {
      const stopped = first;
      first = second;
      second = start();
      await stopped.stop();
    }
  }
  first.nudge();
  await Promise.all([first.drained(), second.drained()]);
  await Promise.all([first.stop(), second.stop()]);
  const waiting = await outbox.pending(1_000);
  await close();
  rmSync(file);
  return { made, waiting, stored: bus.log.map(({ subject }) => subject) };
}

describe('Two relays on one outbox', () => {
  it('lose nothing and keep the order, whatever fails and whoever is faster', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0);
    await fc.assert(
      fc.asyncProperty(
        fc.array(aStep, { maxLength: 25 }),
        fc.array(anOutcome, { maxLength: 25 }),
        fc.integer({ min: 1, max: 5 }),
        async (steps, ends, batchLimit) => {
          const { made, waiting, stored } = await twoRelays(steps, ends, batchLimit);
          expect({ stored, waiting }).toEqual({ stored: made, waiting: [] });
        },
      ),
      { numRuns: 40 },
    );
  });
});
