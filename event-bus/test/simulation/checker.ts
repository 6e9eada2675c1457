import type { Subscription } from '../../src/delivery/subscription';
import type { StoredEvent } from '../../src/log/event-log';
import type { Watcher } from './subscriber';

interface Seen {
  handled: Set<number>;
  refusals: Map<number, number>;
  givenUp: Set<number>;
  /** Dead letters that an operator has thrown away. */
  discarded: Set<number>;
}

/** Answers that come so close to the time-out may count as late. */
const tickMs = 10;

/** A total-queue checker: what each subscriber got against what the log holds. */
export function createChecker(subscriptions: Record<string, Subscription>) {
  const events: StoredEvent[] = [];
  const appendedAt = new Map<number, number>();
  const byKey = new Map<string, StoredEvent[]>();
  const faults: string[] = [];
  const groups = new Map<string, Seen>();
  const askedAgainAt = new Map<string, number>();

  function seen(group: string): Seen {
    const found = groups.get(group) ?? {
      handled: new Set(),
      refusals: new Map(),
      givenUp: new Set(),
      discarded: new Set(),
    };
    groups.set(group, found);
    return found;
  }

  const wants = (group: string, { type }: StoredEvent): boolean => subscriptions[group]?.types?.includes(type) ?? true;

  function isDone(group: string, { sequence }: StoredEvent): boolean {
    const { handled, givenUp } = seen(group);
    return handled.has(sequence) || givenUp.has(sequence);
  }

  /** Of one key, before an event. */
  const earlier = (group: string, event: StoredEvent): StoredEvent[] =>
    (byKey.get(event.key) ?? []).filter((one) => one.sequence < event.sequence && wants(group, one));

  /**
   * Finds a push of an event whose 2xx lay in the socket before the time-out: a process that was stopped for long may
   * not take its own lateness for the subscriber's. One for each life of the bus.
   */
  function watchForHaste(group: string): Watcher['sent'] {
    const answers = new Map<number, number>();
    return (pushed, { now, timeoutMs }) => {
      for (const { sequence } of pushed) {
        const answeredAt = answers.get(sequence) ?? Infinity;
        if (answeredAt <= now && answeredAt >= (askedAgainAt.get(group) ?? 0))
          faults.push(`${group} got ${sequence} after its answer`);
      }
      return (arrivesAt) => {
        if (arrivesAt > now + timeoutMs - tickMs) return;
        for (const { sequence } of pushed) answers.set(sequence, arrivesAt);
      };
    };
  }

  /** The dead letter that was not delivered again and for which the event's key waits. */
  function haltedBy(group: string, event: StoredEvent): StoredEvent | undefined {
    if (subscriptions[group]?.onDeadLetter !== 'halt-key') return undefined;
    const { givenUp, handled, discarded } = seen(group);
    const halts = (sequence: number): boolean =>
      givenUp.has(sequence) && !handled.has(sequence) && !discarded.has(sequence);
    return earlier(group, event).find(({ sequence }) => halts(sequence));
  }

  return {
    /** An event is in the log, since that time. */
    appended(event: StoredEvent, at = 0) {
      appendedAt.set(event.sequence, at);
      events.push(event);
      byKey.set(event.key, [...(byKey.get(event.key) ?? []), event]);
    },
    /** Somebody wants events again that the group has answered before this time. */
    askedAgain: (group: string, now: number) => void askedAgainAt.set(group, now),
    watch: (group: string): Watcher => ({
      sent: watchForHaste(group),
      received(pushed) {
        pushed.forEach((event, index) => {
          if (!wants(group, event)) faults.push(`${group} got ${event.sequence}, of a type that it didn't ask for`);
          const before = pushed.slice(0, index).map(({ sequence }) => sequence);
          const undone = earlier(group, event).find((one) => !isDone(group, one) && !before.includes(one.sequence));
          if (undone) faults.push(`${group} got ${event.sequence} of ${event.key} before ${undone.sequence}`);
          const halting = haltedBy(group, event);
          if (halting && !before.includes(halting.sequence))
            faults.push(`${group} got ${event.sequence}, though ${halting.sequence} halts ${event.key}`);
        });
      },
      handled: (event) => void seen(group).handled.add(event.sequence),
      refused({ sequence }) {
        const { refusals } = seen(group);
        refusals.set(sequence, (refusals.get(sequence) ?? 0) + 1);
      },
    }),
    gaveUp(group: string, sequence: number) {
      const { givenUp, refusals } = seen(group);
      const needed = subscriptions[group]?.maxAttempts ?? 0;
      const tries = refusals.get(sequence) ?? 0;
      if (tries < needed) faults.push(`${group} gave up ${sequence} after ${tries} refusals, not ${needed}`);
      givenUp.add(sequence);
    },
    discarded: (group: string, sequence: number) => void seen(group).discarded.add(sequence),
    /** It is damaged: nobody gets it any more. */
    setAside(group: string, sequence: number) {
      seen(group).givenUp.add(sequence);
      seen(group).discarded.add(sequence);
    },
    /**
     * What the log holds and a group never got, except behind a dead letter that halts its key.
     * @param letters the dead letters that are stored: without them, those that were ever given up count
     */
    missing(group: string, letters?: ReadonlySet<number>): StoredEvent[] {
      const { handled } = seen(group);
      const givenUp = letters ?? seen(group).givenUp;
      const isDealtWith = ({ sequence }: StoredEvent): boolean => handled.has(sequence) || givenUp.has(sequence);
      const halts = subscriptions[group]?.onDeadLetter === 'halt-key';
      const isHalted = (event: StoredEvent): boolean =>
        halts && earlier(group, event).some(({ sequence }) => givenUp.has(sequence));
      return events.filter((event) => wants(group, event) && !isDealtWith(event) && !isHalted(event));
    },
    /** What was appended before a time has been handled by now. */
    expectDone(group: string, before: number) {
      const late = events.filter((event) => (appendedAt.get(event.sequence) ?? 0) < before && wants(group, event));
      for (const event of late) {
        if (!isDone(group, event)) faults.push(`${group} is held up: it hasn't got ${event.sequence} of ${event.key}`);
      }
    },
    /** Whether the group has handled all of these. */
    hasHandled: (group: string, sequences: readonly number[]) =>
      sequences.every((sequence) => seen(group).handled.has(sequence)),
    faults,
  };
}
