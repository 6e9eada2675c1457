import type { StoredEvent } from '../log/event-log';
import type { DeadLetter } from './lane';
import type { Answer, Outcome } from './outcome';

/** One POST, when its answer is there. */
export interface Pushed {
  group: string;
  url: string;
  events: readonly StoredEvent[];
  /** 1 for the first try of these events. */
  attempt: number;
  answer: Answer;
  outcome: Outcome;
  seconds: number;
}

/** A group, or a key of it, is in another state than before. */
export type Change =
  | { kind: 'down'; reason: string }
  | { kind: 'back' }
  | { kind: 'paused'; reason: string }
  | { kind: 'resumed' }
  /** An event failed for the first time: its key waits. `retryAt`: ms since 1970. */
  | { kind: 'parked'; event: StoredEvent; reason: string; detail: string | undefined; retryAt: number }
  /** An event may kill the subscriber: it is tried alone. */
  | { kind: 'suspicious'; event: StoredEvent; reason: string };

/** Is told what happens in the delivery. */
export interface DeliveryObserver {
  pushed(push: Pushed): void;
  gaveUp(group: string, letter: DeadLetter): void;
  changed(group: string, change: Change): void;
}
