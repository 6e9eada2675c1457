import type { StoredEvent } from '../../src/log/event-log';
import { createSettings, type Settings } from './settings';
import type { Subscription } from '../../src/delivery/subscription';

/** What the log holds, since when. */
export interface LogBook {
  events: readonly StoredEvent[];
  ofKey(key: string): readonly StoredEvent[];
  keys(): Iterable<string>;
  appended(event: StoredEvent, at: number): void;
  appendedAt(sequence: number): number;
}

export function createLogBook(): LogBook {
  const events: StoredEvent[] = [];
  const byKey = new Map<string, StoredEvent[]>();
  const times = new Map<number, number>();
  return {
    events,
    ofKey: (key) => byKey.get(key) ?? [],
    keys: () => byKey.keys(),
    appended(event, at) {
      events.push(event);
      times.set(event.sequence, at);
      const ofKey = byKey.get(event.key);
      if (ofKey) ofKey.push(event);
      else byKey.set(event.key, [event]);
    },
    appendedAt: (sequence) => times.get(sequence) ?? 0,
  };
}

/** What became of the log's events in one group. */
export interface GroupBook {
  readonly name: string;
  readonly settings: Settings;
  handled(sequence: number, at: number): void;
  gaveUp(sequence: number, at: number): void;
  /** An operator threw the dead letter away. */
  discarded(sequence: number): void;
  /** An operator lets the key go on behind its dead letters. */
  released(key: string): void;
  isHandled(sequence: number): boolean;
  isGivenUp(sequence: number): boolean;
  isDone(sequence: number): boolean;
  /** When it was handled or given up first. */
  doneAt(sequence: number): number | undefined;
  /** Whether the group must get it: it asked for the type at all times. */
  mustGet(event: StoredEvent): boolean;
  /** The first event of a key that the group must get and that isn't done. */
  firstUndone(key: string): StoredEvent | undefined;
  /** An event of the same key that must come before this one and hasn't; those in `besides` come with it. */
  missingBefore(event: StoredEvent, besides: readonly number[]): StoredEvent | undefined;
  /** The dead letter that was not delivered again and for which the event's key waits. */
  haltedBy(event: StoredEvent): StoredEvent | undefined;
}

export function createGroupBook(name: string, subscription: Subscription, log: LogBook): GroupBook {
  const settings = createSettings(subscription);
  const handled = new Set<number>();
  const givenUp = new Set<number>();
  const discarded = new Set<number>();
  const doneAt = new Map<number, number>();
  /** By key: how many of its events in front are done or not this group's business. */
  const passed = new Map<string, number>();

  const isDone = (sequence: number): boolean => doneAt.has(sequence);
  const mustGet = ({ type }: StoredEvent): boolean => settings.alwaysWants(type);
  const isOpen = (event: StoredEvent): boolean => !isDone(event.sequence) && mustGet(event);

  function done(sequence: number, at: number): void {
    if (!doneAt.has(sequence)) doneAt.set(sequence, at);
  }

  function firstOpen(key: string): number {
    const events = log.ofKey(key);
    let place = passed.get(key) ?? 0;
    for (let event = events[place]; event && !isOpen(event); event = events[place]) place += 1;
    passed.set(key, place);
    return place;
  }

  return {
    name,
    settings,
    handled(sequence, at) {
      handled.add(sequence);
      done(sequence, at);
    },
    gaveUp(sequence, at) {
      givenUp.add(sequence);
      done(sequence, at);
    },
    discarded: (sequence) => void discarded.add(sequence),
    released(key) {
      for (const { sequence } of log.ofKey(key)) if (givenUp.has(sequence)) discarded.add(sequence);
    },
    isHandled: (sequence) => handled.has(sequence),
    isGivenUp: (sequence) => givenUp.has(sequence),
    isDone,
    doneAt: (sequence) => doneAt.get(sequence),
    mustGet,
    firstUndone: (key) => log.ofKey(key)[firstOpen(key)],
    missingBefore({ key, sequence }, besides) {
      const events = log.ofKey(key);
      for (let place = firstOpen(key); place < events.length; place += 1) {
        const event = events[place];
        if (!event || event.sequence >= sequence) return undefined;
        if (isOpen(event) && !besides.includes(event.sequence)) return event;
      }
      return undefined;
    },
    haltedBy(event) {
      if (!settings.haltsKeys() || givenUp.size === 0) return undefined;
      const isDead = (sequence: number): boolean =>
        givenUp.has(sequence) && !handled.has(sequence) && !discarded.has(sequence);
      // The disk may have forgotten the dead letter, and the group its type: then nothing is left that halts the key.
      const halts = (one: StoredEvent): boolean =>
        one.sequence < event.sequence && isDead(one.sequence) && mustGet(one);
      return log.ofKey(event.key).find(halts);
    },
  };
}
