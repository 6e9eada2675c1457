import type { Subscription } from '../../src/delivery/subscription';

/** The settings of one group, which an operator may change at any time. */
export interface Settings {
  /** Those that may be in force: two while a change is under way, or when nobody knows whether it was stored. */
  possible(): readonly Subscription[];
  /** A change begins; call what it gives once it is stored. */
  changing(to: Subscription): () => void;
  /** The machine failed: any earlier settings may be back. */
  mayBeAnyAgain(): void;
  /** Whether the group asked for this type at all times. */
  alwaysWants(type: string): boolean;
  /** Whether it may ask for this type now. */
  mayWant(type: string): boolean;
  fewestAttempts(): number;
  mostAttempts(): number;
  shortestTimeoutMs(): number;
  longestTimeoutMs(): number;
  largestBatch(): number;
  haltsKeys(): boolean;
}

const wants = ({ types }: Subscription, type: string): boolean => types?.includes(type) ?? true;

export function createSettings(first: Subscription): Settings {
  const all = [first];
  let possible: readonly Subscription[] = [first];
  const attempts = (): number[] => all.map(({ maxAttempts }) => maxAttempts);

  return {
    possible: () => possible,
    changing(to) {
      all.push(to);
      possible = [...possible, to];
      return () => void (possible = [to]);
    },
    mayBeAnyAgain: () => void (possible = [...all]),
    alwaysWants: (type) => all.every((one) => wants(one, type)),
    mayWant: (type) => possible.some((one) => wants(one, type)),
    fewestAttempts: () => Math.min(...attempts()),
    mostAttempts: () => Math.max(...attempts()),
    shortestTimeoutMs: () => Math.min(...possible.map(({ timeoutMs }) => timeoutMs)),
    longestTimeoutMs: () => Math.max(...possible.map(({ timeoutMs }) => timeoutMs)),
    largestBatch: () => Math.max(...possible.map(({ batch }) => batch)),
    haltsKeys: () => all.some(({ onDeadLetter }) => onDeadLetter === 'halt-key'),
  };
}
