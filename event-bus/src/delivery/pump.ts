import type { StoredEvent } from '../log/event-log';
import type { Clock, Random } from './clock';
import type { Deliver } from './deliver';
import type { Endpoint } from './endpoints';
import type { Knock } from './knock';
import { isMostSuspicious, isSuspicious, noEvidence, timeAlone, wellMs } from './evidence';
import type { Lane, Lanes } from './lanes';
import type { GroupLimits } from './limits';
import type { Pace } from './pace';
import type { Retry } from './parked-lanes';
import type { Run, Runs } from './runs';

/** An event that may kill the subscriber waits for the others to end, or has the subscriber for itself. */
interface Alone {
  lane: Lane;
  run: Run | undefined;
}

/** Others that are in flight for so long are not waited for by an event that is to be alone, ms. */
const settleMs = 250;

/** After nobody has answered a knock before an event that is to be alone, ms. */
const knockAgainMs = 200;

export interface Pump {
  /** Starts all that may start now. */
  pump(): void;
  stop(): void;
}

export interface PumpDeps {
  lanes: Lanes;
  pace: Pace;
  runs: Runs;
  clock: Clock;
  random: Random;
  limits: Pick<GroupLimits, 'pushCharacters' | 'alone' | 'slowMs'>;
  /** POSTs of one budget, and events in one POST. */
  requests: number;
  batch: number;
  timeoutMs: number;
  isActive: () => boolean;
  /** Reads on in the log if there is room for it. */
  fill: () => void;
  deliver: Deliver;
  retry: Retry;
  knock: Knock;
  onError: (error: unknown) => void;
}

/**
 * Decides what a group sends next:
 *
 *   down      one probe at a time; after a broken connection a knock first
 *   else      1. new events of flowing lanes, up to what the pace allows
 *             2. what has failed before, in at most half as many POSTs, so that it never takes the place of 1.
 *   alone     a suspicious event, once nothing young is in flight; nothing else starts until it has ended, or its time
 *             alone is over
 */
export function createPump(deps: PumpDeps): Pump {
  const { lanes, pace, runs, clock, random, limits, requests, batch, deliver, retry } = deps;
  const wholeSubscriber = { unansweredKnocks: 0 };
  let alone: Alone | undefined;
  let alarm: { at: number; cancel: () => void } | undefined;

  function begin(keys: ReadonlySet<string>, given: Pick<Run, 'kind' | 'events'>, work: (run: Run) => Promise<void>) {
    const run: Run = {
      ...given,
      probe: pace.mode() === 'down',
      isAlone: false,
      isBesideSlow: false,
      wasGoneAfter: false,
      wasWellBefore: false,
      endpoint: undefined,
      push: undefined,
      pushedAt: clock.now(),
      isSlow: false,
      failedKeys: new Set(),
      halted: false,
    };
    if (run.probe) pace.probeStarted();
    runs.begin(run);
    void work(run)
      .catch(deps.onError)
      .then(() => {
        runs.end(run);
        if (alone?.run === run) alone = undefined;
        if (run.probe) pace.probeEnded(clock.now(), random());
        lanes.release(keys);
        pump();
      });
    return run;
  }

  function useEndpoint(run: Run, endpoint: Endpoint): void {
    run.endpoint = endpoint;
  }

  /** Sends new events. A probe after a broken connection knocks first: perhaps there is only a proxy by now. */
  async function sendNew(events: readonly StoredEvent[], run: Run): Promise<void> {
    if (run.probe && deliver.lastBroke()) {
      const found = await deps.knock(wholeSubscriber);
      if (found.kind === 'away' || pace.isHeld(clock.now())) return;
      useEndpoint(run, found.endpoint);
    }
    await deliver.deliver(events, run);
  }

  async function sendAlone(lane: Lane, run: Run, isBesideSlow: boolean): Promise<void> {
    // Each second time, as another endpoint may take what this one hangs on.
    const found = await deps.knock(lane, { prefersWell: (lane.parked?.attempts ?? 0) % 2 === 1 });
    if (!lane.parked) return;
    const now = clock.now();
    if (found.kind === 'away' || pace.isHeld(now)) return lanes.park(lane, lane.parked, now + knockAgainMs);
    // Whatever is in flight besides may be what breaks the connection.
    run.isAlone = found.kind === 'there' && runs.count() === 1;
    run.isBesideSlow = found.kind === 'there' && isBesideSlow;
    const { doneAt, brokeAt } = found.endpoint;
    run.wasWellBefore = doneAt > Math.max(brokeAt, now - wellMs);
    useEndpoint(run, found.endpoint);
    await retry(lane, lane.parked, run);
  }

  function startNew(events: readonly StoredEvent[], kind: Run['kind']): boolean {
    if (events.length === 0) return false;
    const keys = new Set(events.map(({ key }) => key));
    begin(keys, { kind, events: events.length }, (run) => sendNew(events, run));
    return true;
  }

  function startParked(lane: Lane | undefined, now: number): boolean {
    if (!lane?.parked) return false;
    const { parked } = lane;
    if (isSuspicious(parked)) {
      alone = { lane, run: undefined };
      return startAlone(alone, now);
    }
    const events = Math.max(1, Math.min(batch, pace.allowed()));
    begin(new Set([lane.key]), { kind: 'retry', events }, (run) => retry(lane, parked, run));
    return true;
  }

  /** When others have been in flight for so long that they are not waited for. */
  function settledAt({ lane: { parked } }: Alone, now: number): number {
    return runs.allOlderThan(parked && isMostSuspicious(parked) ? limits.slowMs : settleMs, now);
  }

  function startAlone(one: Alone, now: number): boolean {
    if (one.run || settledAt(one, now) > now) return false;
    const isBesideSlow = runs.allOlderThan(limits.slowMs, now) <= now;
    const send = (run: Run): Promise<void> => sendAlone(one.lane, run, isBesideSlow);
    one.run = begin(new Set([one.lane.key]), { kind: 'retry', events: 1 }, send);
    return false;
  }

  /** When the event that is alone, or is to be, lets something happen next. */
  function aloneUntil(one: Alone, now: number): number {
    const { lane, run } = one;
    if (!run) return settledAt(one, now);
    const since = run.push?.at ?? now;
    return since + Math.min(deps.timeoutMs, timeAlone(lane.parked ?? noEvidence, limits.alone));
  }

  function endTimeAlone(now: number): void {
    if (!alone?.run || aloneUntil(alone, now) > now) return;
    alone.run.isAlone = false;
    alone.run.isBesideSlow = false;
    alone = undefined;
  }

  /** An event that only waits to be alone goes back to the others. */
  function letGo(): void {
    if (!alone || alone.run) return;
    lanes.release([alone.lane.key]);
    alone = undefined;
  }

  function startProbe(now: number): boolean {
    if (pace.room({ requests: 0, events: 0 }, now) === 0 || runs.count() >= 2 * requests) return false;
    const events = lanes.takeAnyReady(random());
    return events.length > 0 ? startNew(events, 'flowing') : startParked(lanes.takeDue(now, true), now);
  }

  /** While it ramps up, what has failed before gets half of what is allowed, too. */
  function mayRetry(): boolean {
    const most = Math.min(Math.floor(requests / 2), Math.floor(pace.allowed() / (2 * batch)));
    return runs.retrying() < Math.max(1, most);
  }

  function startNext(now: number): boolean {
    endTimeAlone(now);
    if (pace.mode() === 'down' && !alone?.run) {
      letGo();
      return startProbe(now);
    }
    if (alone) return startAlone(alone, now);
    const room = pace.room(runs.flowing(), now);
    const most = { events: room, characters: limits.pushCharacters };
    if (room > 0 && startNew(lanes.takeReady(most, batch > 1), 'flowing')) return true;
    if (!mayRetry()) return false;
    return startNew(lanes.takeTried(), 'retry') || startParked(lanes.takeDue(now), now);
  }

  function nextAlarm(now: number): number {
    if (alone) return aloneUntil(alone, now);
    if (pace.mode() !== 'down') return mayRetry() ? lanes.nextDue() : Infinity;
    return lanes.hasReady() ? pace.probeAt() : Math.max(pace.probeAt(), lanes.nextDue(true));
  }

  /** Rings when the next probe or parked lane is due. What waits for anything else is woken by that. */
  function setAlarm(now: number): void {
    const at = nextAlarm(now);
    if (alarm && alarm.at === at) return;
    alarm?.cancel();
    alarm = undefined;
    if (at <= now || at === Infinity) return;
    const ring = (): void => {
      alarm = undefined;
      pump();
    };
    alarm = { at, cancel: clock.schedule(at - now, ring) };
  }

  function pump(): void {
    if (!deps.isActive()) return letGo();
    deps.fill();
    // One look at the clock: what becomes due between two of them would be neither started nor waited for.
    const now = clock.now();
    while (startNext(now));
    setAlarm(now);
  }

  return {
    pump,
    stop() {
      alarm?.cancel();
      letGo();
    },
  };
}
