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

/**
 * Stores a group's cursor: at once if it has stood still for a while, and then at most so often. What a crash forgets of
 * it is sent again, which a subscriber that handles nothing twice would not survive.
 */
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
  let savedAt = -Infinity;

  async function save(): Promise<void> {
    const now = cursor();
    if (now === stored) return;
    stored = now;
    savedAt = clock.now();
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
    const waitMs = Math.max(0, savedAt + everyMs - clock.now());
    cancel = clock.schedule(waitMs, () => void saveLater().catch(onError));
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
