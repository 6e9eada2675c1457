import fc from 'fast-check';
import type { EventLog, LogRange, NewEvent, StoredEvent } from '../src/log/event-log';

let made = 0;

/** An event to append; what isn't said is made up. */
export function newEvent(given: Partial<NewEvent & { data: unknown }> = {}): NewEvent {
  made += 1;
  const { id = `id-${made}`, source = '/test', type = 'T', key = 'k', data = 0, cause, filledIn } = given;
  const text = given.text ?? JSON.stringify({ specversion: '1.0', id, source, type, data });
  return { id, source, type, key, text, ...(cause === undefined ? {} : { cause }), ...(filledIn ? { filledIn } : {}) };
}

export async function readAll(log: EventLog, range: Partial<LogRange> = {}): Promise<StoredEvent[]> {
  const { after = 0, limit = 1_000 } = range;
  const { events, upTo } = await log.read({ limit, ...range, after });
  return upTo >= Math.min(range.upTo ?? Infinity, log.head())
    ? events
    : [...events, ...(await readAll(log, { ...range, after: upTo }))];
}

const numbers = (events: readonly { sequence: number }[]): number[] => events.map(({ sequence }) => sequence);

/**
 * What every EventLog does.
 *   open       makes an empty log
 *   reopen     closes it and opens it again, where it outlives its process
 *
 * Chapters: appending · events that were there before · reading · being told · after a restart
 */
export function eventLogContract({
  open,
  reopen,
}: {
  open: () => Promise<EventLog>;
  reopen?: (log: EventLog) => Promise<EventLog>;
}): void {
  let log: EventLog;
  beforeEach(async () => {
    log = await open();
  });
  afterEach(() => log.close());

  describe('appending', () => {
    it('numbers events 1, 2, 3 … in the order of their appends', async () => {
      expect(log.head()).toBe(0);
      expect(await log.append([newEvent({ id: 'a' }), newEvent({ id: 'b' })])).toEqual([
        { id: 'a', sequence: 1 },
        { id: 'b', sequence: 2 },
      ]);
      expect(numbers(await log.append([newEvent()]))).toEqual([3]);
      expect(log.head()).toBe(3);
    });

    it('keeps the text as it was given, with its sequence at the end', async () => {
      const text = JSON.stringify({
        id: 'x',
        data: { emoji: '👩‍🚀', nul: '\u0000', half: '\ud800', proto: { ['__proto__']: 1 } },
      });
      await log.append([newEvent({ id: 'x', type: 'PostCreated', key: 'k1', text })]);
      const [event] = await readAll(log);
      expect(event).toMatchObject({ sequence: 1, id: 'x', type: 'PostCreated', key: 'k1' });
      expect(event?.text).toBe(`${text.slice(0, -1)},"sequence":1}`);
      expect(event?.storedAt).toBeGreaterThan(0);
    });

    it('stores the events of concurrent appends next to each other', async () => {
      const appended = await Promise.all(
        Array.from({ length: 50 }, () => log.append([newEvent(), newEvent(), newEvent()])),
      );
      for (const three of appended) {
        const [first = 0] = numbers(three);
        expect(numbers(three)).toEqual([first, first + 1, first + 2]);
      }
      expect(numbers(await readAll(log))).toEqual(Array.from({ length: 150 }, (_, index) => index + 1));
    });

    it('takes more events at once than one commit holds', async () => {
      const appended = await log.append(Array.from({ length: 2_500 }, () => newEvent()));
      expect(appended.at(-1)?.sequence).toBe(2_500);
      expect(log.head()).toBe(2_500);
    });
  });

  describe('events that were there before', () => {
    it('are not stored again, and answer with their first sequence', async () => {
      await log.append([newEvent({ id: 'a' }), newEvent({ id: 'b' })]);
      expect(numbers(await log.append([newEvent({ id: 'b' }), newEvent({ id: 'c' }), newEvent({ id: 'a' })]))).toEqual([
        2, 3, 1,
      ]);
      expect((await readAll(log)).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    });

    it('are recognised within one append and between concurrent ones', async () => {
      const [first, second] = await Promise.all([
        log.append([newEvent({ id: 'a' }), newEvent({ id: 'a' })]),
        log.append([newEvent({ id: 'a' })]),
      ]);
      expect([...numbers(first), ...numbers(second)]).toEqual([1, 1, 1]);
      expect(log.head()).toBe(1);
    });

    it('are others when their source is another', async () => {
      const appended = await log.append([newEvent({ id: 'a', source: '/x' }), newEvent({ id: 'a', source: '/y' })]);
      expect(numbers(appended)).toEqual([1, 2]);
    });
  });

  describe('reading', () => {
    const kinds = ['A', 'B', 'C'];
    const fill = (count: number): Promise<unknown> =>
      log.append(Array.from({ length: count }, (_, n) => newEvent({ type: kinds[n % 3] ?? '', key: `k${n % 5}` })));

    it('answers an empty log and a place at the end with nothing', async () => {
      expect(await log.read({ after: 0, limit: 10 })).toEqual({ events: [], upTo: 0 });
      await fill(3);
      expect(await log.read({ after: 3, limit: 10 })).toEqual({ events: [], upTo: 3 });
      expect(await log.read({ after: 9, limit: 10 })).toEqual({ events: [], upTo: 9 });
    });

    it('begins after a sequence, and ends with the limit or the last one asked for', async () => {
      await fill(10);
      const page = await log.read({ after: 2, limit: 3 });
      expect([numbers(page.events), page.upTo]).toEqual([[3, 4, 5], 5]);
      const range = await log.read({ after: 2, upTo: 4, limit: 30 });
      expect([numbers(range.events), range.upTo]).toEqual([[3, 4], 4]);
    });

    it('ends a page with the event that reaches the size asked for', async () => {
      await log.append([1, 2, 3].map(() => newEvent({ data: 'x'.repeat(1_000) })));
      expect(numbers((await log.read({ after: 0, limit: 9, maxSize: 1 })).events)).toEqual([1]);
      expect(numbers((await log.read({ after: 0, limit: 9, maxSize: 1_500 })).events)).toEqual([1, 2]);
    });

    it('finds the events of a key, of types, and of both', async () => {
      await fill(30);
      expect(numbers(await readAll(log, { key: 'k4' }))).toEqual([5, 10, 15, 20, 25, 30]);
      expect(numbers(await readAll(log, { types: ['B'] }))).toEqual([2, 5, 8, 11, 14, 17, 20, 23, 26, 29]);
      expect(numbers(await readAll(log, { types: ['B', 'C'], key: 'k4' }))).toEqual([5, 15, 20, 30]);
      expect(await readAll(log, { types: ['none'] })).toEqual([]);
    });

    it('gets to the end of a long log even where no event fits', async () => {
      await fill(10_000);
      let upTo = 0;
      let pages = 0;
      while (upTo < log.head()) {
        const page = await log.read({ after: upTo, limit: 10, types: ['none'] });
        expect(page.upTo).toBeGreaterThan(upTo);
        upTo = page.upTo;
        pages += 1;
      }
      expect(pages).toBeLessThan(10);
    });

    it('gives the same events whatever the size of the pages', async () => {
      await fill(60);
      const arbitrary = fc.record({
        limit: fc.integer({ min: 1, max: 20 }),
        maxSize: fc.integer({ min: 1, max: 2_000 }),
        types: fc.option(fc.uniqueArray(fc.constantFrom(...kinds), { minLength: 1 }), { nil: undefined }),
        key: fc.option(fc.constantFrom('k0', 'k1', 'k9'), { nil: undefined }),
      });
      await fc.assert(
        fc.asyncProperty(arbitrary, async ({ limit, maxSize, types, key }) => {
          const filter = { ...(types ? { types } : {}), ...(key ? { key } : {}) };
          expect(await readAll(log, { limit, maxSize, ...filter })).toEqual(await readAll(log, filter));
        }),
        { numRuns: 50 },
      );
    });
  });

  describe('being told', () => {
    it('happens after publishers have been answered, when the events can be read', async () => {
      const seen: string[] = [];
      const told = new Promise<void>((resolve) => {
        log.onAppended(() => {
          seen.push(`told of ${log.head()}`);
          resolve();
        });
      });
      await log.append([newEvent()]).then(() => seen.push('answered'));
      await told;
      expect(seen).toEqual(['answered', 'told of 1']);
    });
  });

  if (!reopen) return;
  describe('after a restart', () => {
    it('is the same log: its identity, its events and its numbers go on', async () => {
      await log.append([newEvent({ id: 'a' }), newEvent({ id: 'b' })]);
      const [identity, events] = [log.identity, await readAll(log)];
      log = await reopen(log);
      expect(log.identity).toBe(identity);
      expect(log.head()).toBe(2);
      expect(await readAll(log)).toEqual(events);
      expect(numbers(await log.append([newEvent({ id: 'b' }), newEvent({ id: 'c' })]))).toEqual([2, 3]);
    });

    it('has everything that was under way when it was closed', async () => {
      const appends = Promise.all(Array.from({ length: 20 }, () => log.append([newEvent()])));
      log = await reopen(log);
      await appends;
      expect(log.head()).toBe(20);
    });
  });
}
