import { createPace } from '../src/delivery/pace';

const limits = {
  requests: 4,
  batch: 10,
  awayBackoff: { firstMs: 100, longestMs: 1_000 },
  failingBackoff: { firstMs: 100, longestMs: 300 },
};
const idle = { requests: 0, events: 0 };

describe('the pace of a group', () => {
  it('lets a living subscriber have full batches on all connections', () => {
    const pace = createPace(limits);
    expect(pace.mode()).toBe('flowing');
    expect(pace.room(idle, 0)).toBe(10);
    expect(pace.room({ requests: 3, events: 30 }, 0)).toBe(10);
    expect(pace.room({ requests: 4, events: 4 }, 0)).toBe(0);
  });

  it('goes down when nobody can be reached, and then sends one probe at a time, less and less often', () => {
    const pace = createPace(limits);
    pace.unreachable('no connection', 1_000, 0.5);
    expect([pace.mode(), pace.reason()]).toEqual(['down', 'no connection']);
    const waits: number[] = [];
    for (let now = 1_000; waits.length < 6;) {
      expect(pace.room(idle, pace.probeAt() - 1)).toBe(0);
      waits.push(pace.probeAt() - now);
      now = pace.probeAt();
      expect(pace.room(idle, now)).toBe(1);
      pace.probeStarted();
      expect(pace.room(idle, now + 5_000)).toBe(0);
      pace.probeEnded(now, 0.5);
    }
    expect(waits).toEqual([50, 100, 200, 400, 500, 500]);
  });

  it('probes a subscriber that is there again, and fails, as often as one that was there all the time', () => {
    const pace = createPace(limits);
    pace.unreachable('no connection', 0, 1);
    for (let probes = 0; probes < 6; probes += 1) {
      pace.probeStarted();
      pace.failed('one', 'no answer', 0, 1);
      pace.probeEnded(0, 1);
    }
    expect([pace.mode(), pace.reason(), pace.probeAt()]).toEqual(['down', 'no answer', 300]);
    pace.unreachable('no connection again', 0, 1);
    pace.probeEnded(0, 1);
    expect([pace.mode(), pace.reason(), pace.probeAt()]).toEqual(['down', 'no connection again', 1_000]);
  });

  it('ramps up once a probe is done: what may be in flight doubles with every round trip', () => {
    const pace = createPace(limits);
    pace.unreachable('no connection', 0, 0.5);
    pace.probeStarted();
    pace.done(0);
    pace.probeEnded(60, 0.5);
    expect(pace.mode()).toBe('ramping');
    const rounds: number[] = [];
    while (pace.mode() === 'ramping') {
      let inFlight = 0;
      for (let requests = 0, room = 1; room > 0; requests += 1) {
        room = pace.room({ requests, events: inFlight }, 60);
        inFlight += room;
      }
      rounds.push(inFlight);
      for (let done = 0; done < inFlight; done += 1) pace.done(0);
    }
    expect(rounds).toEqual([2, 4, 8, 16, 32]);
    expect(pace.mode()).toBe('flowing');
  });

  it('takes the subscriber for dead when most keys fail, not when one key does', () => {
    const pace = createPace(limits);
    for (let n = 0; n < 50; n += 1) pace.failed('one', 'answered 500', 0, 0.5);
    expect(pace.mode()).toBe('flowing');
    for (const key of ['two', 'three', 'four']) pace.failed(key, 'answered 500', 0, 0.5);
    expect([pace.mode(), pace.reason()]).toEqual(['down', 'answered 500']);
  });

  it('is not shaken by some keys that fail among others that do not', () => {
    const pace = createPace(limits);
    for (let n = 0; n < 1_000; n += 1) {
      if (n % 2 === 0) pace.failed(`key-${n}`, 'answered 500', 0, 0.5);
      else pace.done(0);
    }
    expect(pace.mode()).toBe('flowing');
  });

  it('believes a refusal to be a sign of life only where nobody could be reached before', () => {
    const unreachable = createPace(limits);
    unreachable.unreachable('no connection', 0, 0.5);
    unreachable.refused();
    expect(unreachable.mode()).toBe('ramping');

    const failing = createPace(limits);
    for (const key of ['a', 'b', 'c', 'd']) failing.failed(key, 'answered 400', 0, 0.5);
    failing.refused();
    expect(failing.mode()).toBe('down');
    failing.done(0);
    expect(failing.mode()).toBe('ramping');
  });
});
