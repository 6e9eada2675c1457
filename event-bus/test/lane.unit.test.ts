import fc from 'fast-check';
import {
  afterDone,
  afterFailure,
  type FailedTry,
  type LanePolicy,
  type ParkedLane,
  remainingWaitMs,
} from '../src/delivery/lane';
import { type Failure, isSuspicious, noEvidence } from '../src/delivery/evidence';

const policy: LanePolicy = {
  ...{ maxAttempts: 3, onDeadLetter: 'skip' },
  ...{ backoff: { firstMs: 100, longestMs: 1_000 }, refusalBackoff: { firstMs: 10, longestMs: 40 } },
};
const event = { sequence: 7, id: 'e7', type: 'T', key: 'k' };
const error = { kind: 'retry', reason: 'answered 500', suspect: 'event', retryAfterMs: 0, why: 'error' } as const;
const retry: Failure = error;
const fault: Failure = { kind: 'fault', reason: 'answered 400', suspect: 'event', isFinal: false };
const broken: Failure = { kind: 'broken', reason: 'the connection broke', suspect: 'subscriber' };

const failed = (given: Partial<FailedTry> = {}): FailedTry => ({
  ...{ event, failure: retry, parked: undefined, attemptsBefore: 0 },
  ...{ subscriberIsDead: false, wasAlone: false, wasBesideSlow: false, wasSlow: false, othersAreWell: false },
  ...{ wasGoneAfter: false, wasWellBefore: true },
  ...{ wallTime: 10_000, random: 0.5 },
  ...given,
});

/** The lane after failures one after the other, and the dead letter if there was one. */
function afterFailures(failures: Failure[], given: Partial<LanePolicy> = {}) {
  let parked: ParkedLane | undefined;
  for (const [index, failure] of failures.entries()) {
    const after = afterFailure(failed({ failure, parked, wallTime: 10_000 + index }), { ...policy, ...given });
    parked = after.lane;
    if (after.deadLetter) return { ...after, tries: index + 1 };
  }
  return { lane: parked, deadLetter: undefined, tries: failures.length };
}

describe('a lane', () => {
  it('parks with the failed event at its head, until the back-off has passed', () => {
    expect(afterFailure(failed(), policy)).toEqual({
      lane: {
        ...{ key: 'k', phase: 'parked', head: 7, ...noEvidence, attempts: 1, reason: 'answered 500' },
        ...{ parkedAt: 10_000, retryAt: 10_050, asked: false },
      },
      waitMs: 50,
    });
  });

  it('waits longer after every further failure, and remembers since when', () => {
    const { lane } = afterFailure(failed(), policy);
    const again = afterFailure(failed({ parked: lane, wallTime: 20_000 }), policy);
    expect(again).toMatchObject({ waitMs: 100, lane: { attempts: 2, parkedAt: 10_000, retryAt: 20_100, head: 7 } });
  });

  it('waits as long as the subscriber asked for, and never shorter than the back-off', () => {
    expect(afterFailure(failed({ failure: { ...error, retryAfterMs: 5_000 } }), policy).waitMs).toBe(5_000);
    expect(afterFailure(failed({ failure: { ...error, retryAfterMs: 10 } }), policy).waitMs).toBe(50);
  });

  it('gives an event up when it was at fault as often as allowed, and goes on with the next one at once', () => {
    const { lane, deadLetter, tries } = afterFailures([fault, fault, fault, fault]);
    expect(tries).toBe(3);
    expect(lane).toMatchObject({ phase: 'parked', head: 8, attempts: 0, faults: 0, retryAt: 10_002 });
    expect(deadLetter).toEqual({
      ...{ sequence: 7, eventId: 'e7', type: 'T', key: 'k', reason: 'answered 400', detail: null, attempts: 3 },
      ...{ firstFailedAt: 10_000, deadAt: 10_002 },
    });
  });

  it('halts behind a dead letter where that was asked for', () => {
    const { lane, deadLetter } = afterFailures([fault, fault, fault], { onDeadLetter: 'halt-key' });
    expect(lane).toMatchObject({ phase: 'halted', head: 8 });
    expect(deadLetter).toBeDefined();
  });

  it('gives up a flowing event at its first fault where one try is allowed', () => {
    expect(afterFailures([fault], { maxAttempts: 1 }).deadLetter).toMatchObject({ sequence: 7, attempts: 1 });
  });

  it('blames no event for failures that another try may help, nor while the subscriber is dead', () => {
    expect(afterFailures(Array.from({ length: 100 }, () => retry)).deadLetter).toBeUndefined();
    const dead = failed({ failure: fault, subscriberIsDead: true });
    expect(afterFailure(dead, { ...policy, maxAttempts: 1 }).deadLetter).toBeUndefined();
    expect(afterFailure(dead, policy).lane).toMatchObject({ attempts: 1, faults: 0 });
  });

  it('gives an event up exactly when its faults reach the limit, whatever else happens between', () => {
    const failures = fc.array(fc.constantFrom(retry, fault), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(failures, fc.integer({ min: 1, max: 10 }), (sequence, maxAttempts) => {
        const { deadLetter, tries } = afterFailures(sequence, { maxAttempts });
        const faults = sequence.slice(0, tries).filter(({ kind }) => kind === 'fault').length;
        expect(deadLetter !== undefined).toBe(faults === maxAttempts);
        if (deadLetter) expect(deadLetter.attempts).toBe(tries);
      }),
    );
  });

  it('goes on after a done event, at once and without a past', () => {
    const { lane } = afterFailure(failed(), policy);
    expect(afterDone(lane, 7, 30_000)).toMatchObject({ head: 8, attempts: 0, faults: 0, retryAt: 30_000 });
  });

  it('never goes back: its head only grows', () => {
    const steps = fc.array(fc.constantFrom('done', 'retry', 'fault'), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (names) => {
        let lane = afterFailure(failed(), policy).lane;
        for (const name of names) {
          const next = { ...event, sequence: lane.head };
          const failure = name === 'fault' ? fault : retry;
          const after =
            name === 'done'
              ? afterDone(lane, lane.head, 1)
              : afterFailure(failed({ event: next, parked: lane, failure }), policy).lane;
          expect(after.head).toBeGreaterThanOrEqual(lane.head);
          expect(after.head).toBeLessThanOrEqual(lane.head + 1);
          lane = after;
        }
      }),
    );
  });

  it('after a restart waits for what is left, however the clock was set', () => {
    const { lane } = afterFailure(failed(), policy);
    expect(remainingWaitMs(lane, 10_020, 1_000)).toBe(30);
    expect(remainingWaitMs(lane, 99_000, 1_000)).toBe(0);
    expect(remainingWaitMs(lane, 0, 1_000)).toBe(1_000);
  });

  it('waits only briefly between the tries of an event whose content is refused', () => {
    const refusals = afterFailure(failed({ failure: { ...fault, isFinal: true } }), policy);
    expect(refusals.waitMs).toBe(5);
    expect(afterFailure(failed({ failure: fault }), policy).waitMs).toBe(50);
  });

  it('remembers that the subscriber asked for the wait, and waits all of it after a restart', () => {
    const asked = { ...error, retryAfterMs: 300_000, why: 'busy' as const };
    const { lane } = afterFailure(failed({ failure: asked }), policy);
    expect(lane).toMatchObject({ asked: true, retryAt: 310_000 });
    expect(remainingWaitMs(lane, 11_000, 1_000)).toBe(299_000);
    expect(remainingWaitMs(lane, 0, 1_000)).toBe(300_000);
    expect(afterDone(lane, 7, 400_000).asked).toBe(false);
  });

  it('counts nothing that was counted for another event of the key', () => {
    const parked = afterFailures([fault, fault]).lane;
    const next = { ...event, sequence: 9, id: 'e9' };
    const after = afterFailure(failed({ event: next, parked, failure: fault }), policy);
    expect(after.deadLetter).toBeUndefined();
    expect(after.lane).toMatchObject({ head: 9, attempts: 1, faults: 1 });
  });

  it('gives an event up after many errors, if other keys were well between them', () => {
    let parked: ParkedLane | undefined;
    const tries = (othersAreWell: boolean): number => {
      for (let n = 1; n <= 40; n += 1) {
        const after = afterFailure(failed({ parked, othersAreWell }), policy);
        parked = after.lane;
        if (after.deadLetter) return n;
      }
      return Infinity;
    };
    expect(tries(false)).toBe(Infinity);
    expect(tries(true)).toBe(12);
  });
});

describe('an event after which the connection breaks', () => {
  const after = (given: Partial<FailedTry>) => afterFailure(failed({ failure: broken, ...given }), policy);

  it('is suspicious at once if it broke suddenly at its first try', () => {
    expect(isSuspicious(after({}).lane)).toBe(true);
    expect(isSuspicious(after({ wasSlow: true }).lane)).toBe(false);
  });

  it('is suspicious only after some breaks if it has been answered before, or was waited for long', () => {
    let { lane } = after({ attemptsBefore: 4 });
    expect(isSuspicious(lane)).toBe(false);
    for (let n = 0; n < 2; n += 1) lane = after({ parked: lane, wasSlow: true }).lane;
    expect(isSuspicious(lane)).toBe(true);
  });

  it.each([
    ['an answer', retry],
    ['a refusal', fault],
    ['silence', { ...error, why: 'silence' } as const],
  ])('is no longer suspicious after %s', (_, failure) => {
    expect(isSuspicious(after({ parked: after({}).lane, failure }).lane)).toBe(false);
  });

  it('is given up after as many deaths as refusals are allowed, and not for breaks among others', () => {
    let { lane } = after({});
    for (let n = 0; n < 50; n += 1) {
      const { lane: next, deadLetter } = after({ parked: lane });
      expect(deadLetter).toBeUndefined();
      lane = next;
    }
    for (let n = 1; n < 3; n += 1) lane = after({ parked: lane, wasAlone: true }).lane;
    expect(lane.deaths).toBe(2);
    const { deadLetter } = after({ parked: lane, wasAlone: true });
    expect(deadLetter).toMatchObject({
      sequence: 7,
      reason: 'the subscriber died of it 3 times: the connection broke',
    });
  });
});
