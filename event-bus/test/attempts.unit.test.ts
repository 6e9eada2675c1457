import type { Pushed } from '../src/delivery/observer';
import { createAttempts } from '../src/seen/attempts';

const start = Date.parse('2026-01-01T00:00:00Z');
let now = start;
beforeEach(() => {
  now = start;
});

function pushed(sequences: number[], given: Partial<Pushed> = {}): Pushed {
  const events = sequences.map((sequence) => ({
    ...{ sequence, id: `e${sequence}`, type: 'T', key: 'k', storedAt: now, text: '{}' },
  }));
  return {
    ...{ group: 'g', url: 'http://g/events', events, attempt: 1, seconds: 0.5 },
    ...{ answer: { kind: 'answered', status: 200 }, outcome: { kind: 'done' } },
    ...given,
  };
}

const refused: Partial<Pushed> = {
  answer: { kind: 'answered', status: 422, detail: 'postId is missing' },
  outcome: { kind: 'fault', reason: 'answered 422', suspect: 'event', isFinal: true },
};

const numbersOf = (attempts: ReturnType<typeof createAttempts>, sequence: number): number[] =>
  (attempts.of([sequence]).get(sequence)?.[0]?.attempts ?? []).map(({ attempt }) => attempt);

describe('the tries that are remembered', () => {
  it('tell when, where, how long and with what result, of each group', () => {
    const attempts = createAttempts({ wallTime: () => now });
    now += 2_000;
    attempts.observer.pushed(pushed([7], refused));
    now += 1_000;
    attempts.observer.pushed(pushed([7, 8], { attempt: 2 }));
    attempts.observer.pushed(
      pushed([7], {
        ...{ group: 'other', answer: { kind: 'unreachable', reason: 'no connection' } },
        outcome: { kind: 'unreachable', reason: 'no connection' },
      }),
    );
    const common = { endpoint: 'http://g/events', ms: 500 };
    expect(attempts.of([7, 9])).toEqual(
      new Map([
        [
          7,
          [
            {
              group: 'g',
              attempts: [
                {
                  ...{ ...common, attempt: 1, startedAt: '2026-01-01T00:00:01.500Z', events: 1 },
                  ...{ outcome: 'fault', status: 422, reason: 'answered 422', detail: 'postId is missing' },
                },
                {
                  ...{ ...common, attempt: 2, startedAt: '2026-01-01T00:00:02.500Z', events: 2 },
                  ...{ outcome: 'done', status: 200, reason: null, detail: null },
                },
              ],
            },
            { group: 'other', attempts: [expect.objectContaining({ status: null, reason: 'no connection' })] },
          ],
        ],
        [9, []],
      ]),
    );
    expect(attempts.kept.since).toBe('2026-01-01T00:00:00.000Z');
  });

  it('are the newest ones; failures stay while successes come and go', () => {
    const attempts = createAttempts({ wallTime: () => now, most: 100 });
    attempts.observer.pushed(pushed([1], refused));
    attempts.observer.pushed(pushed([1], { attempt: 2 }));
    for (let sequence = 2; sequence <= 101; sequence += 1) attempts.observer.pushed(pushed([sequence]));
    expect(numbersOf(attempts, 1)).toEqual([1]);
    expect(numbersOf(attempts, 2)).toEqual([1]);
    for (let sequence = 200; sequence < 2_000; sequence += 1) attempts.observer.pushed(pushed([sequence], refused));
    expect(numbersOf(attempts, 1)).toEqual([]);
    expect(numbersOf(attempts, 1_899)).toEqual([]);
    expect(numbersOf(attempts, 1_900)).toEqual([1]);
  });

  it('are bounded by events, not by POSTs, and hold the newest POST however large it is', () => {
    const attempts = createAttempts({ wallTime: () => now, most: 100 });
    const sequences = (first: number): number[] => Array.from({ length: 60 }, (_, n) => first + n);
    attempts.observer.pushed(pushed(sequences(1)));
    attempts.observer.pushed(pushed(sequences(101)));
    expect([numbersOf(attempts, 1), numbersOf(attempts, 101)]).toEqual([[], [1]]);
    attempts.observer.pushed(pushed([...sequences(201), ...sequences(301)]));
    expect([numbersOf(attempts, 101), numbersOf(attempts, 360)]).toEqual([[], [1]]);
  });

  it('of one event are shown up to a number, the newest', () => {
    const attempts = createAttempts({ wallTime: () => now });
    for (let attempt = 1; attempt <= 30; attempt += 1) {
      now += 1_000;
      attempts.observer.pushed(pushed([1], { ...refused, attempt }));
    }
    expect(numbersOf(attempts, 1)).toEqual(Array.from({ length: attempts.kept.perEvent }, (_, n) => n + 11));
  });
});
