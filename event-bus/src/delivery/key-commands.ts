import { Conflict, Unavailable } from '@blog/kit';
import type { EventLog, StoredEvent } from '../log/event-log';
import { readOn } from '../log/read-on';
import type { Clock } from './clock';
import type { DeliveryState } from './delivery-state';
import { noEvidence } from './evidence';
import { letterOf, type ParkedLane, parkedAtWill, withoutLetter } from './lane';
import type { Lane, Lanes } from './lanes';
import type { DeliveryObserver } from './observer';
import type { Window } from './window';

/**
 * What an operator may ask of one key of a group. Each waits until nothing of the key is in flight, and throws
 * Unavailable where the group is being stopped meanwhile.
 */
export interface KeyCommands {
  /** Delivers the key's queued dead letters, before everything else of the key. */
  redeliver(key: string): Promise<void>;
  /**
   * Delivers the key's events again, from a sequence on; dead letters among them get another chance. Nothing happens
   * where none of them has been delivered yet.
   */
  replayKey(key: string, from: number): Promise<void>;
  /** Forgets a dead letter; the key that it halted goes on. */
  discard(letter: { sequence: number; key: string }): Promise<void>;
  /**
   * Gives up the event that is next of its key, as a dead letter, whether it has failed or not. What is in flight of
   * the key is called off. Throws Conflict if another event of the key comes first, or if this one waits no more.
   */
  skip(event: StoredEvent): Promise<void>;
  /** Sends nothing of the key until it is released. What is in flight of it is called off. */
  halt(key: string): Promise<void>;
  /** A key that was halted, by an operator or by a dead letter, goes on; one that waits for a time is tried at once. */
  release(key: string): Promise<void>;
}

interface Deps {
  group: string;
  types: readonly string[] | undefined;
  log: EventLog;
  lanes: Lanes;
  window: Window;
  state: DeliveryState;
  clock: Clock;
  observer: DeliveryObserver;
  /** Gives up what is in flight of a key. */
  callOff: (key: string) => void;
  isStopping: () => boolean;
  onReleased: () => void;
}

export function createKeyCommands(deps: Deps): KeyCommands {
  const { group, types, log, lanes, window, state, clock, observer, callOff, isStopping, onReleased } = deps;

  /** `change` stores the lane and gives what it has become; undefined leaves it as it is. */
  async function amend(
    key: string,
    change: (lane: Lane, next: number) => Promise<ParkedLane | undefined>,
    hurry: (key: string) => void = () => undefined,
  ): Promise<void> {
    const claimed = lanes.claim(key);
    hurry(key);
    const lane = await claimed;
    try {
      if (isStopping()) throw new Unavailable('The group is being changed; nothing was done.');
      // The key's first event that is not done is this one or a later one.
      const next = lane.parked?.head ?? lane.queue[0]?.event.sequence ?? window.scanned() + 1;
      const parked = await change(lane, next);
      if (!parked) return;
      lane.passedUpTo = Math.max(lane.passedUpTo, window.scanned());
      lanes.park(lane, parked, clock.now());
    } finally {
      lanes.release([key]);
      onReleased();
    }
  }

  /** The first event of the lane that is not done. */
  async function firstOf(key: string, next: number, upTo: number): Promise<number | undefined> {
    const range = { after: next - 1, upTo, key, limit: 1 };
    return (await readOn(log, { ...range, ...(types ? { types } : {}) })).events[0]?.sequence;
  }

  async function giveUp(event: StoredEvent, { parked }: Lane, next: number): Promise<ParkedLane> {
    const { sequence, key } = event;
    const isLetter = parked?.redelivering === sequence;
    if (!isLetter && (sequence < next || sequence > window.scanned())) {
      const why = sequence < next ? 'does not wait any more' : 'was not reached yet';
      throw new Conflict(`Event ${sequence} ${why}; nothing was done.`);
    }
    const first = isLetter ? sequence : await firstOf(key, next, sequence);
    if (first !== sequence) {
      const why = first === undefined ? 'is not of a type of this group' : `waits for event ${first} of its key`;
      throw new Conflict(`Event ${sequence} ${why}; nothing was done.`);
    }
    const wallTime = clock.wallTime();
    const letter = { ...letterOf(event, 'skipped by an operator', wallTime), attempts: parked?.attempts ?? 0 };
    const fresh = parkedAtWill(key, isLetter ? parked.head : sequence + 1, letter.reason, wallTime);
    const lane = parked && parked.phase !== 'parked' ? { ...fresh, phase: parked.phase, reason: parked.reason } : fresh;
    await state.giveUp(group, letter, lane);
    observer.gaveUp(group, letter);
    const redelivering = await state.nextQueued(group, key);
    return redelivering === undefined ? lane : { ...lane, redelivering };
  }

  return {
    skip: (event) => amend(event.key, (lane, next) => giveUp(event, lane, next), callOff),
    halt: (key) =>
      amend(
        key,
        async ({ parked }, next) => {
          const lane = parked ?? parkedAtWill(key, next, '', clock.wallTime());
          const held: ParkedLane = { ...lane, phase: 'held', reason: 'halted by an operator' };
          await state.saveLane(group, held);
          return held;
        },
        callOff,
      ),
    release: (key) =>
      amend(key, async ({ parked }) => {
        if (!parked) return undefined;
        const lane: ParkedLane = { ...parked, phase: 'parked', retryAt: clock.wallTime(), asked: false };
        await state.saveLane(group, lane);
        return lane;
      }),
    redeliver: (key) =>
      amend(key, async ({ parked }, next) => {
        const redelivering = await state.nextQueued(group, key);
        if (redelivering === undefined || parked?.redelivering !== undefined) return undefined;
        const fresh = parkedAtWill(key, next, 'a dead letter is delivered again', clock.wallTime());
        const lane = parked ? { ...parked, ...noEvidence, retryAt: clock.wallTime(), asked: false } : fresh;
        await state.saveLane(group, lane);
        return { ...lane, redelivering };
      }),
    replayKey: (key, from) =>
      amend(key, async (found, next) => {
        if (from >= next) return undefined;
        const again = parkedAtWill(key, from, 'its events are delivered again', clock.wallTime());
        const { parked } = found;
        // A key that an operator has halted stays so.
        const lane = parked?.phase === 'held' ? { ...again, phase: parked.phase, reason: parked.reason } : again;
        await state.rewindLane(group, lane);
        const redelivering = await state.nextQueued(group, key);
        return redelivering === undefined ? lane : { ...lane, redelivering };
      }),
    discard: ({ sequence, key }) =>
      amend(key, async ({ parked }) => {
        const lane = parked && withoutLetter(parked, sequence, clock.wallTime());
        await state.discard(group, sequence, lane);
        const redelivering = await state.nextQueued(group, key);
        return lane && redelivering !== undefined ? { ...lane, redelivering } : lane;
      }),
  };
}
