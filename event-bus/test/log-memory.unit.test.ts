import fc from 'fast-check';
import type { LogPage, LogRange, StoredEvent } from '../src/log/event-log';
import { createReadCache } from '../src/log/read-cache';
import { createTail } from '../src/log/tail';

const types = ['A', 'B', 'C'];
const event = (sequence: number, size = 10): StoredEvent => ({
  sequence,
  id: `${sequence}`,
  type: types[sequence % types.length] ?? '',
  key: `k${sequence % 5}`,
  storedAt: 0,
  text: 'x'.repeat(size),
});

/** A disk that counts how often it is read. */
function createDisk(events: readonly StoredEvent[]) {
  const disk = {
    reads: 0,
    read({ after, upTo = Infinity, limit, maxSize = Infinity, types: wanted, key }: LogRange, head: number): LogPage {
      disk.reads += 1;
      const found: StoredEvent[] = [];
      let size = 0;
      for (const one of events.slice(after, Math.min(upTo, head))) {
        if ((wanted && !wanted.includes(one.type)) || (key !== undefined && key !== one.key)) continue;
        found.push(one);
        size += one.text.length;
        if (found.length >= limit || size >= maxSize) return { events: found, upTo: one.sequence };
      }
      return { events: found, upTo: Math.max(after, Math.min(upTo, head)) };
    },
  };
  return disk;
}

const heldBy = (tail: ReturnType<typeof createTail>, upTo: number): number[] =>
  Array.from({ length: upTo }, (_, index) => index + 1).filter((sequence) => tail.at(sequence));

describe('the tail of the log', () => {
  it('holds the newest events, and no more than it may', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(sizes, fc.nat(1_000), (given, start) => {
        const tail = createTail({ events: 8, characters: 100 });
        given.forEach((size, index) => tail.add(event(start + index + 1, size)));
        const held = heldBy(tail, start + given.length);
        const total = held.reduce((sum, sequence) => sum + (tail.at(sequence)?.text.length ?? 0), 0);
        expect(held).toEqual(held.map((_, index) => start + given.length - held.length + index + 1));
        expect(total).toBeLessThanOrEqual(100);
        expect(held.length).toBeLessThanOrEqual(8);
        const oneMore = given.at(-held.length - 1);
        if (oneMore !== undefined && held.length < 8) expect(total + oneMore).toBeGreaterThan(100);
      }),
    );
  });

  it('keeps the newest event even where that alone is too large', () => {
    const tail = createTail({ events: 8, characters: 100 });
    [5, 500, 6].forEach((size, index) => tail.add(event(index + 1, size)));
    expect(heldBy(tail, 3)).toEqual([3]);
    tail.add(event(4, 500));
    expect(heldBy(tail, 4)).toEqual([4]);
  });
});

describe('reading in memory', () => {
  it('leads to the same events as reading the disk, from wherever and in whatever portions', () => {
    const events = Array.from({ length: 1_500 }, (_, index) => event(index + 1, 1 + ((index * 7) % 2_000)));
    const arbitraryRange = fc.record(
      {
        after: fc.nat(1_600),
        upTo: fc.nat(1_600),
        limit: fc.integer({ min: 1, max: 300 }),
        maxSize: fc.integer({ min: 1, max: 100_000 }),
        types: fc.uniqueArray(fc.constantFrom(...types), { minLength: 1 }),
        key: fc.constantFrom('k0', 'k9'),
      },
      { requiredKeys: ['after', 'limit'] },
    );
    const all = (read: ReturnType<typeof createReadCache>['read'], range: LogRange): StoredEvent[] => {
      const found: StoredEvent[] = [];
      for (let { after } = range; after < Math.min(range.upTo ?? Infinity, events.length);) {
        const page = read({ ...range, after }, events.length);
        expect(page.upTo).toBeGreaterThan(after);
        expect(page.events.length).toBeLessThanOrEqual(range.limit);
        found.push(...page.events);
        after = page.upTo;
      }
      return found;
    };
    fc.assert(
      fc.property(fc.array(arbitraryRange, { minLength: 1, maxLength: 5 }), (ranges) => {
        const tail = createTail({ events: 400, characters: 200_000 });
        events.forEach(tail.add);
        const { read } = createDisk(events);
        const cached = createReadCache(tail, read).read;
        for (const range of ranges) expect(all(cached, range)).toEqual(all(read, range));
      }),
      { numRuns: 50 },
    );
  });

  it('reads nothing twice for groups at about the same place, and nothing at all near the head', () => {
    const events = Array.from({ length: 3_000 }, (_, index) => event(index + 1));
    const tail = createTail({ events: 400, characters: 200_000 });
    events.forEach(tail.add);
    const disk = createDisk(events);
    const { read } = createReadCache(tail, disk.read);
    for (let after = 2_600; after < 3_000; after += 100) read({ after, limit: 100 }, 3_000);
    read({ after: 2_700, limit: 100, types: ['A'] }, 3_000);
    expect(disk.reads).toBe(0);
    for (let after = 0; after < 1_024; after += 128) {
      for (let group = 0; group < 4; group += 1) read({ after, limit: 128 }, 3_000);
    }
    expect(disk.reads).toBe(2);
  });
});
