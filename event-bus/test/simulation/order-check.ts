import type { GroupBook } from './book';
import type { SeenPush } from './network';

/** Answers that come so close to the time-out may count as late. */
const tickMs = 10;

/** What is sent is of the group's types, and goes to one of its endpoints. */
export function checkAddress(
  { name, settings, isGivenUp }: GroupBook,
  { events, url }: SeenPush,
  fault: (text: string) => void,
): void {
  if (!settings.possible().some(({ endpoints }) => endpoints.includes(url))) fault(`${name} is sent to ${url}`);
  for (const { sequence, type } of events) {
    // A dead letter is delivered again whatever types the group asks for by then.
    if (settings.mayWant(type) || isGivenUp(sequence)) continue;
    fault(`${name} is sent ${sequence}, of a type that it did not ask for`);
  }
}

/** Order within a key: what a process gets, against what it had to get first. */
export function checkOrder({ name, ...book }: GroupBook, { events }: SeenPush, fault: (text: string) => void): void {
  const before: number[] = [];
  for (const event of events) {
    const { sequence, key } = event;
    const missing = book.missingBefore(event, before);
    if (missing) fault(`${name} got ${sequence} of ${key} before ${missing.sequence}`);
    const halting = book.haltedBy(event);
    if (halting && !before.includes(halting.sequence)) {
      fault(`${name} got ${sequence}, though ${halting.sequence} halts ${key}`);
    }
    before.push(sequence);
  }
}

export interface HasteCheck {
  sent(push: SeenPush): void;
  acknowledged(push: SeenPush, arrivesAt: number): void;
}

/**
 * Finds a push of an event whose 2xx lay in the socket before the time-out: a process that was stopped for long must
 * not take its own lateness for the subscriber's. One for each life of the bus.
 */
export function createHasteCheck(
  { name, settings }: GroupBook,
  askedAgainAt: () => number,
  fault: (text: string) => void,
): HasteCheck {
  const answers = new Map<number, number>();
  return {
    sent({ events, sentAt }) {
      for (const { sequence } of events) {
        const answeredAt = answers.get(sequence);
        if (answeredAt !== undefined && answeredAt <= sentAt && answeredAt >= askedAgainAt()) {
          fault(`${name} got ${sequence} after its answer`);
        }
      }
    },
    acknowledged({ events, sentAt }, arrivesAt) {
      if (arrivesAt > sentAt + settings.shortestTimeoutMs() - tickMs) return;
      for (const { sequence } of events) answers.set(sequence, arrivesAt);
    },
  };
}

/**
 * Finds two pushes of one key that are in flight at once: the subscriber may then get its events out of order. What a
 * bus had in flight when it died doesn't count.
 */
export function createOverlapCheck({ name }: GroupBook, fault: (text: string) => void) {
  const inFlight = new Map<string, { push: SeenPush; isAlive: () => boolean }>();
  return {
    sent(push: SeenPush, isAlive: () => boolean): void {
      for (const { key, sequence } of push.events) {
        const other = inFlight.get(key);
        if (other && other.push !== push && other.isAlive()) {
          fault(`${name} is sent ${sequence} while another push of ${key} is in flight`);
        }
        inFlight.set(key, { push, isAlive });
      }
    },
    ended(push: SeenPush): void {
      for (const { key } of push.events) if (inFlight.get(key)?.push === push) inFlight.delete(key);
    },
  };
}
