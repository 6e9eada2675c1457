import { createDueLanes } from '../src/delivery/due-lanes';
import { noEvidence } from '../src/delivery/evidence';
import type { Lane } from '../src/delivery/lanes';

interface Given {
  dueAt: number;
  suspicion?: number;
  brokeAfterMs?: number;
  asked?: boolean;
}

function lane(key: string, { dueAt, suspicion = 0, brokeAfterMs = 0, asked = false }: Given): Lane {
  const parked = { ...noEvidence, key, phase: 'parked' as const, head: 1, reason: '', parkedAt: 0, retryAt: 0, asked };
  return {
    key,
    queue: [],
    busy: false,
    attempts: 0,
    failedAt: 0,
    brokeAfterMs,
    unansweredKnocks: 0,
    parked: { ...parked, suspicion },
    passedUpTo: 0,
    singlyUpTo: 0,
    dueAt,
    claims: [],
    turn: 0,
  };
}

/** The keys in the order in which they are taken at that time. */
function taken(lanes: readonly Lane[], now: number): string[] {
  const due = createDueLanes();
  for (const one of lanes) due.add(one);
  const keys: string[] = [];
  for (let next = due.take(now); next; next = due.take(now)) keys.push(next.key);
  return keys;
}

describe('lanes that are due', () => {
  it('are taken in the order of their times, and not before', () => {
    expect(taken([lane('c', { dueAt: 3 }), lane('a', { dueAt: 1 }), lane('b', { dueAt: 2 })], 2)).toEqual(['a', 'b']);
  });

  it('are taken by how soon their event broke the connection, if it may kill the subscriber', () => {
    const hangs = lane('hangs', { dueAt: 1, suspicion: 16, brokeAfterMs: 5_000 });
    const kills = lane('kills', { dueAt: 2, suspicion: 16, brokeAfterMs: 3 });
    expect(taken([hangs, kills], 2)).toEqual(['kills', 'hangs']);
  });

  it('let neither suspicious lanes starve nor the others', () => {
    const due = createDueLanes();
    for (const n of [1, 2, 3]) due.add(lane(`s${n}`, { dueAt: 1, suspicion: 3 }));
    for (const n of [1, 2, 3]) due.add(lane(`p${n}`, { dueAt: n * 10 }));
    const kinds = [15, 15, 25, 25, 35, 35].map((now) => due.take(now)?.key.slice(0, 1));
    // A plain one goes first if it was due before the last suspicious one was taken.
    expect(kinds).toEqual(['s', 'p', 's', 'p', 's', 'p']);
  });

  it('take turns by their times when they are taken early, too', () => {
    const due = createDueLanes();
    const plain = lane('plain', { dueAt: 10 });
    due.add(plain);
    due.add(lane('suspicious', { dueAt: 20, suspicion: 3 }));
    expect(due.take(5, true)?.key).toBe('plain');
    plain.dueAt = 60;
    due.add(plain);
    expect(due.take(6, true)?.key).toBe('suspicious');
    expect(due.take(7, true)?.key).toBe('plain');
  });

  it('are no lanes that were busy since', () => {
    const due = createDueLanes();
    const busy = lane('busy', { dueAt: 1, suspicion: 3 });
    due.add(busy);
    expect(due.next()).toBe(1);
    busy.turn += 1;
    expect(due.next()).toBe(Infinity);
    expect(due.take(5)).toBeUndefined();
  });

  it('are taken early, but for those whose subscriber asked for a wait', () => {
    const due = createDueLanes();
    due.add(lane('asked', { dueAt: 10, asked: true }));
    due.add(lane('suspicious', { dueAt: 20, suspicion: 3 }));
    due.add(lane('plain', { dueAt: 30 }));
    expect(due.next(true)).toBe(-Infinity);
    expect(due.take(5, true)?.key).toBe('suspicious');
  });
});
