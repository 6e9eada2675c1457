import type { Clock } from './clock';
import type { DeliveryObserver } from './observer';
import type { Dispatcher } from './dispatcher';
import type { EventPlace } from './standing';

/** Somebody waits until a group is done with these events. */
interface Wait {
  group: string;
  left: Set<number>;
  end: (isDone: boolean) => void;
}

/** Waits until groups are done with events: delivered, given up as dead letters, or not of the group's types. */
export interface Waits {
  /** Wants to know what happens in the delivery. Costs nothing while nobody waits. */
  observer: DeliveryObserver;
  /** Throws NotFound where there is no such group. */
  check(group: string): void;
  /** Resolves with true as soon as the group is done with all of them; with false after `ms`, or when `gone` says so. */
  until(
    asked: { group: string; events: readonly EventPlace[]; ms: number },
    onGone: (gone: () => void) => void,
  ): Promise<boolean>;
  /** Ends all waits, as if their time were over. */
  close(): void;
}

export function createWaits({
  dispatcher,
  clock,
}: {
  dispatcher: Pick<Dispatcher, 'status' | 'standings'>;
  clock: Pick<Clock, 'schedule'>;
}): Waits {
  const waits = new Set<Wait>();
  /** By group and sequence. */
  const waiting = new Map<string, Map<number, Set<Wait>>>();

  const isDone = (group: string, event: EventPlace): boolean => {
    const standing = dispatcher.standings(event).find((one) => one.group === group)?.standing;
    return standing?.state === 'passed' || standing?.state === 'not-subscribed';
  };

  function add(wait: Wait): void {
    waits.add(wait);
    const ofGroup = waiting.get(wait.group) ?? new Map<number, Set<Wait>>();
    waiting.set(wait.group, ofGroup);
    for (const sequence of wait.left) ofGroup.set(sequence, (ofGroup.get(sequence) ?? new Set()).add(wait));
  }

  function remove(wait: Wait): void {
    waits.delete(wait);
    const ofGroup = waiting.get(wait.group);
    for (const sequence of wait.left) {
      const others = ofGroup?.get(sequence);
      others?.delete(wait);
      if (others?.size === 0) ofGroup?.delete(sequence);
    }
    if (ofGroup?.size === 0) waiting.delete(wait.group);
  }

  function done(group: string, sequence: number): void {
    const ofGroup = waiting.get(group);
    for (const wait of ofGroup?.get(sequence) ?? []) {
      wait.left.delete(sequence);
      if (wait.left.size === 0) wait.end(true);
    }
    ofGroup?.delete(sequence);
  }

  return {
    observer: {
      pushed({ group, events, outcome }) {
        if (outcome.kind !== 'done' || !waiting.has(group)) return;
        for (const { sequence } of events) done(group, sequence);
      },
      gaveUp: (group, { sequence }) => done(group, sequence),
      changed: () => undefined,
    },
    check: (group) => void dispatcher.status(group),
    until: ({ group, events, ms }, onGone) =>
      new Promise((resolve) => {
        const open = (): EventPlace[] => events.filter((event) => !isDone(group, event));
        const wait: Wait = {
          group,
          left: new Set(open().map(({ sequence }) => sequence)),
          end(isDone) {
            cancel();
            remove(wait);
            resolve(isDone);
          },
        };
        if (wait.left.size === 0) return resolve(true);
        // The group may have got other types meanwhile, which no delivery tells.
        const cancel = clock.schedule(ms, () => wait.end(open().length === 0));
        add(wait);
        onGone(() => wait.end(false));
      }),
    close() {
      for (const wait of waits) wait.end(false);
    },
  };
}
