import type { DeliveryState } from '../../src/delivery/delivery-state';
import type { EventLog } from '../../src/log/event-log';
import type { World } from './bus';

const never = new Promise<never>(() => undefined);

/** A process's view of its disk: it ends with the process, perhaps in the middle of a transition. */
export function mortal<T extends DeliveryState | EventLog>(target: T, isAlive: () => boolean, mayDie: () => void): T {
  return new Proxy(target, {
    get(of, name, receiver) {
      const value: unknown = Reflect.get(of, name, receiver);
      if (typeof value !== 'function' || name === 'head') return value;
      return (...given: unknown[]): unknown => {
        if (!isAlive()) return never;
        mayDie();
        if (!isAlive()) return never;
        const result: unknown = Reflect.apply(value, of, given);
        mayDie();
        if (isAlive()) return result;
        // Nobody is left to hear of a failure.
        Promise.resolve(result).catch(() => undefined);
        return never;
      };
    },
  });
}

/** What is given up counts from the transition on, even if the process dies right after it. */
export function watched(
  state: DeliveryState,
  { gaveUp, discarded, setAside, laneStored }: World['checker'],
): DeliveryState {
  return {
    ...state,
    async saveLane(group, lane) {
      await state.saveLane(group, lane);
      laneStored(group, lane);
    },
    giveUp(group, letter, lane) {
      gaveUp(group, letter.sequence);
      return state.giveUp(group, letter, lane);
    },
    setAside(group, letter, remains) {
      setAside(group, letter.sequence);
      return state.setAside(group, letter, remains);
    },
    discard(group, sequence, lane) {
      discarded(group, sequence);
      return state.discard(group, sequence, lane);
    },
  };
}

export class DiskFull extends Error {}

/** While the disk is full, nothing can be stored; reading goes on. */
export function onDisk(state: DeliveryState, isFull: () => boolean): DeliveryState {
  const reads = [
    'attach',
    'groups',
    'lanes',
    'letters',
    'countDeadLetters',
    'job',
    'queuedKeys',
    'nextQueued',
    'removedGroups',
  ];
  return new Proxy(state, {
    get(of, name, receiver): unknown {
      const value: unknown = Reflect.get(of, name, receiver);
      if (typeof value !== 'function' || reads.includes(String(name))) return value;
      return async (...given: unknown[]): Promise<unknown> => {
        if (isFull()) throw new DiskFull('the disk is full');
        return Reflect.apply(value, of, given);
      };
    },
  });
}
