import type { Wiring } from './wiring';

/** What is measured: something that takes events from one publisher and brings each to four groups. */
export interface Contestant {
  /** For `--only`. */
  id: string;
  name: string;
  /** Whether an event was fsynced when its publisher is told that it is there, for people. */
  fsynced: string;
  /**
   * Starts it, empty. Rejects where it isn't to be had (a broker that isn't running), and leaves nothing behind then.
   * @param receiverPorts where the receivers of HTTP contestants will listen
   */
  start(receiverPorts: readonly number[]): Promise<RunningContestant>;
}

export interface RunningContestant {
  wiring: Wiring;
  /** What runs, and its version. */
  version: string;
  /** Its event loop's delay since the last time it was asked, p99 in ms; not everyone can tell. */
  loopDelayP99?: () => Promise<number>;
  /** CPU seconds that it has used so far, where its process is ours to look at. */
  cpuSeconds?: () => number;
  /** Ends its process and deletes what it holds. */
  stop(): Promise<void>;
}

type Undo = () => Promise<unknown>;

/** Runs steps that each register how they are undone. They are, in reverse, when a later one fails, or by `stop`. */
export async function startOrUndo(
  steps: (undoBy: (undo: Undo) => void) => Promise<Omit<RunningContestant, 'stop'>>,
): Promise<RunningContestant> {
  const undos: Undo[] = [];
  const stop = async (): Promise<void> => {
    for (const undo of undos.splice(0).reverse()) await undo();
  };
  try {
    return { ...(await steps((undo) => undos.push(undo))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
