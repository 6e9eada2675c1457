import { Unavailable } from '@blog/kit';
import type { Clock } from './clock';
import type { DeliveryState } from './delivery-state';
import { type ParkedLane, parkedAtWill, withoutLetter } from './lane';
import type { Lane, Lanes } from './lanes';
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
}

interface Deps {
  group: string;
  lanes: Lanes;
  window: Window;
  state: DeliveryState;
  clock: Clock;
  isStopping: () => boolean;
  onReleased: () => void;
}

export function createKeyCommands({ group, lanes, window, state, clock, isStopping, onReleased }: Deps): KeyCommands {
  /** `change` stores the lane and gives what it has become; undefined leaves it as it is. */
  async function amend(
    key: string,
    change: (lane: Lane, next: number) => Promise<ParkedLane | undefined>,
  ): Promise<void> {
    const lane = await lanes.claim(key);
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

  return {
    redeliver: (key) =>
      amend(key, async ({ parked }, next) => {
        const redelivering = await state.nextQueued(group, key);
        if (redelivering === undefined || parked?.redelivering !== undefined) return undefined;
        const fresh = parkedAtWill(key, next, 'a dead letter is delivered again', clock.wallTime());
        const lane = parked ? { ...parked, attempts: 0, faults: 0, retryAt: clock.wallTime() } : fresh;
        await state.saveLane(group, lane);
        return { ...lane, redelivering };
      }),
    replayKey: (key, from) =>
      amend(key, async (_lane, next) => {
        if (from >= next) return undefined;
        const lane = parkedAtWill(key, from, 'its events are delivered again', clock.wallTime());
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
