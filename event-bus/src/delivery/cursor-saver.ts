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

/** How often a cursor is stored that has come to the end of all that was read, ms. */
const atRestMs = 5;

/**
 * Stores a group's cursor: at once if it has stood still for a while, and then at most so often; more often when it has come
 * to the end, as nothing may move it for long. What a crash forgets of it is sent again, which a subscriber that handles
 * nothing twice would not survive.
 */
export function createCursorSaver({
  group,
  cursor,
  isAtRest,
  saved,
  everyMs,
  state,
  clock,
  onError,
}: {
  group: string;
  cursor: () => number;
  /** Whether nothing that was read waits behind it. */
  isAtRest: () => boolean;
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
    if (stopped || saving || cursor() === stored) return;
    const isLast = isAtRest();
    if (cancel && !isLast) return;
    cancel?.();
    const waitMs = Math.max(0, savedAt + (isLast ? Math.min(atRestMs, everyMs) : everyMs) - clock.now());
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
