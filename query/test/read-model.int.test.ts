import { rmSync } from 'node:fs';
import { parseEvents } from '@blog/kit/state';
import fc from 'fast-check';
import { useTestLife } from '../../common/kit/test/test-life';
import { listensTo, type ReadModelEvent } from '../src/event-handlers';
import { dumpOf, startQuery } from './query-service';

const life = useTestLife();

interface Step {
  /** Which post. */
  key: number;
  /** The post itself, or which of its comments. */
  comment?: number;
  status: string;
  /** Whether it is deleted: by posts or comments, so that others may still tell of it later in the log. */
  deleted: boolean;
  /** As our services tell it, with a version; or as classic ones do. */
  versioned: boolean;
}

const stepWith = (versioned: fc.Arbitrary<boolean>): fc.Arbitrary<Step> =>
  fc.record({
    key: fc.nat({ max: 2 }),
    comment: fc.option(fc.nat({ max: 2 }), { nil: undefined }),
    status: fc.constantFrom('pending', 'approved', 'rejected'),
    deleted: fc.nat({ max: 5 }).map((chance) => chance === 0),
    versioned,
  });

const keyOf = ({ data }: ReadModelEvent): string => ('postId' in data ? data.postId : data.id);

/** The log that the bus would hold: numbered, and the changes of each entity counted. */
function logOf(steps: Step[]): ReadModelEvent[] {
  const versions = new Map<string, number>();
  const log = steps.map(({ key, comment, status, deleted, versioned }, index) => {
    const id = comment === undefined ? `p${key}` : `p${key}-c${comment}`;
    const version = (versions.get(id) ?? 0) + 1;
    versions.set(id, version);
    const stamp = versioned ? { version, createdAt: '2026-01-01T00:00:00.000Z' } : {};
    const time = new Date(Date.UTC(2026, 0, 1, 0, 0, index)).toISOString();
    const origin = { id: `e${index}`, sequence: index + 1, time };
    if (comment === undefined) {
      const tags = [`tag ${index % 3}`];
      const fact = { ...origin, data: { id, title: `Title ${index}`, tags, ...stamp } };
      return { ...fact, type: deleted ? 'PostDeleted' : version === 1 ? 'PostCreated' : 'PostUpdated' };
    }
    const data = { id, postId: `p${key}`, content: `Text ${index}`, status, ...stamp };
    const type = deleted ? 'CommentDeleted' : version === 1 ? 'CommentCreated' : 'CommentUpdated';
    return { ...origin, type, data };
  });
  return parseEvents(log, listensTo);
}

/** A delivery that keeps the order of each key; which key is next, what comes again and how much at once is random. */
function deliveryOf(log: ReadModelEvent[], choices: number[]): ReadModelEvent[][] {
  const lanes = [0, 1, 2].map((key) => log.filter((event) => keyOf(event) === `p${key}`));
  const delivered: ReadModelEvent[] = [];
  const batches: ReadModelEvent[][] = [[]];
  for (let turn = 0; delivered.length < log.length; turn += 1) {
    const choice = choices[turn % choices.length] ?? 0;
    const open = lanes.filter((lane) => lane.length > 0);
    const next = open[choice % open.length]?.shift();
    if (next) delivered.push(next);
    const repeated = choice % 2 === 0 ? delivered.slice(choice % delivered.length).slice(0, 3) : [];
    if (choice % 5 === 0) batches.push([]);
    batches.at(-1)?.push(...(next ? [next] : []), ...repeated);
  }
  return batches;
}

/** The rows of a read model that was made by these batches. */
async function readModelOf(batches: ReadModelEvent[][]): Promise<string> {
  const { file, store, apply } = startQuery(life, 'any.db');
  for (const batch of batches) await apply(batch);
  store.close();
  const dump = dumpOf(file);
  rmSync(file);
  return dump;
}

const choices = fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 40 });

describe('The read model is the same, byte for byte, as from the log in its order,', () => {
  it('whichever way the keys interleave and whatever is delivered again', async () => {
    const steps = fc.array(stepWith(fc.boolean()), { maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(steps, choices, async (some, turns) => {
        const log = logOf(some);
        expect(await readModelOf(deliveryOf(log, turns))).toBe(await readModelOf([log]));
      }),
      { numRuns: 60 },
    );
  }, 30_000);

  it('in any order at all, with repeats: by versions, by places in the log, or by both', async () => {
    const shuffled = fc
      .array(stepWith(fc.boolean()), { maxLength: 20 })
      .map(logOf)
      .chain((log) => fc.tuple(fc.constant(log), fc.shuffledSubarray([...log, ...log], { minLength: 2 * log.length })));
    await fc.assert(
      fc.asyncProperty(shuffled, async ([log, order]) => {
        expect(await readModelOf([order])).toBe(await readModelOf([log]));
      }),
      { numRuns: 40 },
    );
  }, 30_000);

  it('when it is rebuilt on top of itself by a replay of the whole log', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepWith(fc.boolean()), { maxLength: 20 }), async (some) => {
        const log = logOf(some);
        expect(await readModelOf([log, log])).toBe(await readModelOf([log]));
      }),
      { numRuns: 20 },
    );
  }, 30_000);
});
