import type { Clock } from './clock';
import type { DeliveryState } from './delivery-state';

export interface CursorSaver {
  /** The cursor has perhaps moved: stores it before long. Many moves cost one write. */
  saveSoon(): void;
  /** Stores the cursor now. */
  save(): Promise<void>;
  /** What was to be stored soon is not. */
  stop(): void;
}

/** Stores a group's cursor at most so often. What a crash forgets of it is sent again. */
export function createCursorSaver({
  group,
  cursor,
  saved,
  everyMs,
  state,
  clock,
  onError,
}: {
  group: string;
  cursor: () => number;
  /** The cursor as it is stored. */
  saved: number;
  everyMs: number;
  state: Pick<DeliveryState, 'moveCursor'>;
  clock: Clock;
  onError: (error: unknown) => void;
}): CursorSaver {
  let stored = saved;
  let stopped = false;
  let cancel: (() => void) | undefined;
  /** A write may wait for room on the disk: no second one stands behind it. */
  let saving = false;

  async function save(): Promise<void> {
    const now = cursor();
    if (now === stored) return;
    stored = now;
    await state.moveCursor(group, now);
  }

  async function saveLater(): Promise<void> {
    cancel = undefined;
    saving = true;
    await save();
    saving = false;
    saveSoon();
  }

  function saveSoon(): void {
    if (stopped || saving || cancel || cursor() === stored) return;
    cancel = clock.schedule(everyMs, () => void saveLater().catch(onError));
  }

  return {
    saveSoon,
    save,
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
