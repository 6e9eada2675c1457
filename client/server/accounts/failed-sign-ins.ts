import { createHmac, randomBytes } from 'node:crypto';
import type { Audit, Audited } from './audit';

export interface FailedSignIn {
  how: 'password' | 'link';
  /** Only where there is such an account: what somebody types for a name may be a password. */
  account?: string | undefined;
  /** Set if it was refused without a look, as this network had failed too often. */
  refusedNetwork?: string;
}

export interface FailedSignIns {
  /** Nobody waits for it: how long a refusal takes must not tell whether there is such an account. */
  add(failure: FailedSignIn): void;
  /** Writes down what was only counted so far. */
  close(): Promise<void>;
}

const tenMinutesMs = 10 * 60_000;
/** So many networks have lines of their own at a time; what is refused to others is counted together. */
const mostNetworks = 10;

/**
 * Failures for the audit: the first of a kind at once, those that follow within ten minutes as one number. So an attacker
 * can't fill the disk: each account, all other names together, each of ten networks that are refused, and all other networks
 * together take two lines in ten minutes at most.
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
    entry: Audited;
    count: number;
    timer: NodeJS.Timeout;
  }
  const windows = new Map<string, Window>();
  // Addresses can be guessed from a hash of them by whoever has the key: this one is nowhere else, and ends with the process.
  const key = randomBytes(32);
  const tagOf = (network: string): string => createHmac('sha256', key).update(network).digest('hex').slice(0, 8);

  const write = (entry: Audited, count: number): Promise<void> => audit.add({ ...entry, count }).catch(onError);

  function openWindow(kind: string, entry: Audited): void {
    const timer = setTimeout(() => void endWindow(kind), windowMs);
    timer.unref();
    windows.set(kind, { entry, count: 0, timer });
  }

  /** What the line says of a failure, but for the number. */
  function entryOf({ how, account, refusedNetwork }: FailedSignIn): Audited {
    if (refusedNetwork === undefined) {
      return { event: 'sign-in-failed', how, ...(account === undefined ? {} : { account }) };
    }
    const entry: Audited = { event: 'sign-in-refused', how, network: tagOf(refusedNetwork) };
    const own = [...windows.values()].filter(({ entry: { network } }) => network !== undefined);
    const hasRoom = windows.has(JSON.stringify(entry)) || own.length < mostNetworks;
    return hasRoom ? entry : { event: 'sign-in-refused', how };
  }

  async function endWindow(kind: string): Promise<void> {
    const window = windows.get(kind);
    if (!window) return;
    clearTimeout(window.timer);
    windows.delete(kind);
    if (window.count === 0) return;
    openWindow(kind, window.entry);
    await write(window.entry, window.count);
  }

  return {
    add(failure) {
      const entry = entryOf(failure);
      const kind = JSON.stringify(entry);
      const window = windows.get(kind);
      if (window) {
        window.count += 1;
        return;
      }
      openWindow(kind, entry);
      void write(entry, 1);
    },
    async close() {
      await Promise.all([...windows.keys()].map(endWindow));
      for (const { timer } of windows.values()) clearTimeout(timer);
      windows.clear();
    },
  };
}
