import type { Logger } from './logger';

type Undo = () => Promise<void> | void;

export interface Lifecycle {
  /** Whoever opens something registers its undoing here, at once. */
  onClose(name: string, undo: Undo): void;
  /**
   * Runs what opens things. Closing waits for its end before it undoes anything: so whatever it opens meanwhile is closed
   * too. It should end early when {@link closing} says so.
   */
  open(work: () => Promise<void>): Promise<void>;
  /** Aborted as soon as closing begins. */
  closing: AbortSignal;
  /** Undoes everything in reverse order. A second call waits for the first. A failing step is logged and passed over. */
  close(): Promise<void>;
  /** Closes on SIGTERM and SIGINT and then exits: 0, or 1 where a step failed. */
  closeOnSignals(process: NodeJS.Process): void;
}

export function createLifecycle(logger: Logger): Lifecycle {
  const steps: { name: string; undo: Undo }[] = [];
  const stopping = new AbortController();
  let opening: Promise<unknown> = Promise.resolve();
  let closing: Promise<void> | undefined;
  let failed = false;

  async function undoAll(): Promise<void> {
    stopping.abort();
    await opening;
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      try {
        await step.undo();
      } catch (error) {
        failed = true;
        logger.error({ err: error, step: step.name }, 'could not close');
      }
    }
  }

  const close = (): Promise<void> => (closing ??= undoAll());

  return {
    onClose: (name, undo) => void steps.push({ name, undo }),
    open(work) {
      const done = work();
      opening = done.catch(() => undefined);
      return done;
    },
    closing: stopping.signal,
    close,
    closeOnSignals(process) {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) {
        process.on(signal, () => {
          logger.info({ signal }, 'stopping');
          void close().then(() => process.exit(failed ? 1 : 0));
        });
      }
    },
  };
}
