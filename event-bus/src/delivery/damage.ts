import { Conflict } from '@blog/kit';
import { DamagedRecord, type EventLog } from '../log/event-log';
import type { Clock } from './clock';
import type { DeliveryState } from './delivery-state';
import { afterDone, letterOf, type ParkedLane } from './lane';
import type { Lane, Lanes } from './lanes';
import type { DeliveryObserver } from './observer';
import type { Retry } from './parked-lanes';
import type { Window } from './window';

/** A key that waits behind damage looks again after so long: the log may have been mended. */
const lookAgainMs = 60_000;

/** What a group does about damaged records: it stops before them, and passes over those that an operator set aside. */
export interface Damage {
  /** Whether nothing more is read for the window. */
  stopsReading(): boolean;
  /** Why nothing more is read, and what an operator can do. */
  reason(): string | undefined;
  /** The read for the window met a damaged record. */
  met(error: DamagedRecord): Promise<void>;
  /** Lets a parked lane that meets one wait behind it, or pass over it. */
  guard(retry: Retry): Retry;
  /**
   * Sets a damaged record aside: it becomes a dead letter with what is left of it, and the group goes on after it.
   * Throws Conflict if the record is whole.
   */
  setAside(sequence: number): Promise<void>;
  /** Looks again: perhaps the log was mended. */
  lookAgain(): void;
}

interface Deps {
  group: string;
  log: Pick<EventLog, 'remainsOf'>;
  state: Pick<DeliveryState, 'setAside' | 'letters' | 'saveLane' | 'nextQueued'>;
  lanes: Lanes;
  window: Window;
  clock: Clock;
  observer: DeliveryObserver;
  onStopped: (group: string, reason: string) => void;
  /** The window's end or a lane has moved. */
  onProgress: () => void;
}

export function createDamage(deps: Deps): Damage {
  const { group, log, state, lanes, window, clock, observer, onProgress } = deps;
  let stoppedAt: DamagedRecord | undefined;
  /** The keys that wait behind a damaged record. */
  const behind = new Set<string>();

  const reasonOf = ({ message, sequence = 0 }: DamagedRecord): string =>
    `${message}; npm run bus -- skip ${group} ${sequence} sets it aside, and npm run bus -- verify tells of others`;

  async function isSetAside(sequence: number): Promise<boolean> {
    const [letter] = await state.letters({ ids: [{ group, sequence }] }, { limit: 1 });
    return letter?.phase === 'damaged';
  }

  async function store(sequence: number, why: string): Promise<void> {
    const { isWhole, columns, bytes } = await log.remainsOf(sequence);
    if (isWhole) throw new Conflict(`Event ${sequence} is not damaged; nothing was done.`);
    const { id = '', type = '', key = '' } = columns ?? {};
    const letter = letterOf({ sequence, id, type, key }, why, clock.wallTime());
    await state.setAside(group, letter, bytes ? Buffer.from(bytes).toString('base64') : null);
    observer.gaveUp(group, letter);
  }

  async function passOver(lane: Lane, parked: ParkedLane, sequence: number): Promise<void> {
    const after = afterDone(parked, sequence, clock.wallTime());
    await state.saveLane(group, after);
    const redelivering =
      parked.redelivering === sequence ? await state.nextQueued(group, lane.key) : parked.redelivering;
    lanes.park(lane, redelivering === undefined ? after : { ...after, redelivering }, clock.now());
    onProgress();
  }

  /** The lane is busy. */
  async function laneMet(lane: Lane, parked: ParkedLane, error: DamagedRecord): Promise<void> {
    const { sequence = 0 } = error;
    if (parked.redelivering === sequence) await store(sequence, 'damaged in the log: it can not be delivered again');
    if (await isSetAside(sequence)) return passOver(lane, parked, sequence);
    if (!behind.has(lane.key)) deps.onStopped(group, reasonOf(error));
    behind.add(lane.key);
    const waiting = { ...parked, reason: reasonOf(error), retryAt: clock.wallTime() + lookAgainMs };
    lanes.park(lane, waiting, clock.now() + lookAgainMs);
  }

  async function tryNow(key: string): Promise<void> {
    const lane = await lanes.claim(key);
    if (lane.parked) lanes.park(lane, lane.parked, clock.now());
    lanes.release([key]);
  }

  function lookAgain(): void {
    stoppedAt = undefined;
    const keys = [...behind];
    behind.clear();
    void Promise.all(keys.map(tryNow)).then(onProgress);
  }

  return {
    stopsReading: () => stoppedAt !== undefined,
    reason: () => stoppedAt && reasonOf(stoppedAt),
    async met(error) {
      const { sequence = 0 } = error;
      if (await isSetAside(sequence)) window.scannedUpTo(sequence);
      else {
        stoppedAt = error;
        deps.onStopped(group, reasonOf(error));
      }
      onProgress();
    },
    guard: (retry) => async (lane, parked, run) => {
      try {
        await retry(lane, parked, run);
      } catch (error) {
        if (!(error instanceof DamagedRecord)) throw error;
        await laneMet(lane, lane.parked ?? parked, error);
      }
    },
    async setAside(sequence) {
      if (!(await isSetAside(sequence))) await store(sequence, 'damaged in the log: set aside by an operator');
      lookAgain();
    },
    lookAgain,
  };
}
