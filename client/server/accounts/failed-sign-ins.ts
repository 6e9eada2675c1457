import type { Audit, Audited } from './audit';

export interface FailedSignIn {
  how: 'password' | 'link';
  /** Only where there is such an account: what somebody types for a name may be a password. */
  account?: string | undefined;
}

export interface FailedSignIns {
  /** Nobody waits for it: how long a refusal takes must not tell whether there is such an account. */
  add(failure: FailedSignIn): void;
  /** Writes down what was only counted so far. */
  close(): Promise<void>;
}

const tenMinutesMs = 10 * 60_000;

/**
 * Failures for the audit: the first of a kind at once, those that follow within ten minutes as one number. So an attacker
 * can't fill the disk: each account, and all other names together, take two lines in ten minutes at most.
 *
 *   ──failure──> written, window opens ──failures──> counted ──window ends──> their number is written ──> none: closed
 */
export function createFailedSignIns({
  audit,
  windowMs = tenMinutesMs,
  onError,
}: {
  audit: Audit;
  windowMs?: number;
  /** Told where a number can't be written. */
  onError: (error: unknown) => void;
}): FailedSignIns {
  interface Window {
    failure: FailedSignIn;
    count: number;
    timer: NodeJS.Timeout;
  }
  const windows = new Map<string, Window>();

  async function write({ how, account }: FailedSignIn, count: number): Promise<void> {
    const entry: Audited = { event: 'sign-in-failed', how, ...(account === undefined ? {} : { account }), count };
    await audit.add(entry).catch(onError);
  }

  function openWindow(kind: string, failure: FailedSignIn): void {
    const timer = setTimeout(() => void endWindow(kind), windowMs);
    timer.unref();
    windows.set(kind, { failure, count: 0, timer });
  }

  async function endWindow(kind: string): Promise<void> {
    const window = windows.get(kind);
    if (!window) return;
    clearTimeout(window.timer);
    windows.delete(kind);
    if (window.count === 0) return;
    openWindow(kind, window.failure);
    await write(window.failure, window.count);
  }

  return {
    add(failure) {
      const kind = JSON.stringify([failure.how, failure.account]);
      const window = windows.get(kind);
      if (window) {
        window.count += 1;
        return;
      }
      openWindow(kind, failure);
      void write(failure, 1);
    },
    async close() {
      await Promise.all([...windows.keys()].map(endWindow));
      for (const { timer } of windows.values()) clearTimeout(timer);
      windows.clear();
    },
  };
}
