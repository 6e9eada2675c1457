import { type Logger, Unavailable } from '@blog/kit';
import type { Clock } from './clock';
import type { DeliveryState } from './delivery-state';

export interface PatientState extends DeliveryState {
  /** A stop doesn't wait for room: what isn't stored by then is delivered again after the next start. */
  stopWaiting(): void;
}

const retryMs = 1_000;

const noRoom = (): Unavailable => new Unavailable('The disk has no room for this now; nothing was changed.', 5);

/**
 * Lets the delivery outlive a full disk: a transition that finds no room waits until there is some, and those after it
 * wait behind it, as they take effect in the order of their calls. Meanwhile events flow on; only what must be stored
 * first (a park, a dead letter) stands still. What an operator asks for is refused (Unavailable) instead.
 * @param isLackOfRoom whether this error of a transition says that it would succeed with more room, or a moment later
 */
export function createPatientState(
  state: DeliveryState,
  {
    clock,
    logger,
    isLackOfRoom,
  }: { clock: Pick<Clock, 'schedule'>; logger: Logger; isLackOfRoom: (error: unknown) => boolean },
): PatientState {
  let last: Promise<unknown> = Promise.resolve();
  let goOn: (() => void) | undefined;
  let stopped = false;
  /** One was given up: no later one may take effect. */
  let broken = false;

  async function pause(): Promise<void> {
    await new Promise<void>((resolve) => {
      goOn = resolve;
      clock.schedule(retryMs, resolve);
    });
    goOn = undefined;
  }

  async function attempt<T>(transition: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      if (broken) throw noRoom();
      try {
        const result = await transition();
        if (tries > 1) logger.info({ tries }, 'there is room again for the state of the delivery');
        return result;
      } catch (error) {
        if (!isLackOfRoom(error)) throw error;
        if (tries === 1) logger.warn({ err: error }, 'no room for the state of the delivery: it waits');
        broken = stopped;
        if (!stopped) await pause();
      }
    }
  }

  function inTurn<T>(transition: () => Promise<T>): Promise<T> {
    const done = last.then(transition);
    last = done.catch(() => undefined);
    return done;
  }

  const patiently = <T>(transition: () => Promise<T>): Promise<T> => inTurn(() => attempt(transition));

  /** For what an operator asked for. */
  async function atOnce<T>(transition: () => Promise<T>): Promise<T> {
    expectRoom();
    return inTurn(() =>
      transition().catch((error: unknown) => {
        throw isLackOfRoom(error) ? noRoom() : error;
      }),
    );
  }

  function expectRoom(): void {
    if (goOn) throw noRoom();
  }

  return {
    ...state,
    expectRoom,
    stopWaiting() {
      stopped = true;
      goOn?.();
    },
    pauseGroup: (...given) => patiently(() => state.pauseGroup(...given)),
    moveCursor: (...given) => patiently(() => state.moveCursor(...given)),
    saveLane: (...given) => patiently(() => state.saveLane(...given)),
    removeLane: (...given) => patiently(() => state.removeLane(...given)),
    giveUp: (...given) => patiently(() => state.giveUp(...given)),
    redelivered: (...given) => patiently(() => state.redelivered(...given)),
    saveGroup: (...given) => atOnce(() => state.saveGroup(...given)),
    removeGroup: (...given) => atOnce(() => state.removeGroup(...given)),
    resumeGroup: (...given) => atOnce(() => state.resumeGroup(...given)),
    rewindGroup: (...given) => atOnce(() => state.rewindGroup(...given)),
    forwardGroup: (...given) => atOnce(() => state.forwardGroup(...given)),
    rewindLane: (...given) => atOnce(() => state.rewindLane(...given)),
    discard: (...given) => atOnce(() => state.discard(...given)),
    setAside: (...given) => atOnce(() => state.setAside(...given)),
    queueLetters: (...given) => atOnce(() => state.queueLetters(...given)),
    forgetRemoved: (...given) => atOnce(() => state.forgetRemoved(...given)),
    forgetTexts: (...given) => atOnce(() => state.forgetTexts(...given)),
    prune: (...given) => atOnce(() => state.prune(...given)),
  };
}
