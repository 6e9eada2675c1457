import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeadLetterState, StoredLetter } from '../delivery/dead-letter-state';
import type { Dispatcher } from '../delivery/dispatcher';
import type { EventPlace, Standing, Wait } from '../delivery/standing';
import { type EventLog, mostFound, type StoredEvent } from '../log/event-log';
import type { Attempt, Attempts } from './attempts';

/** One event with the others that it stands among. Times are ISO 8601. */
export interface EventSummary {
  sequence: number;
  id: string;
  source: string;
  type: string;
  key: string;
  /** When it happened, as its publisher says, and when it was stored. */
  time: string;
  storedAt: string;
  causationid: string | null;
  correlationid: string | null;
}

/** What one group did or will do with an event. */
export interface EventOfGroup {
  group: string;
  /**
   * `done`: a remembered try went well. `passed`: the group is beyond it, and no try of it is remembered.
   * `not-subscribed`: the group doesn't ask for its type.
   */
  state: 'done' | 'passed' | 'in-flight' | 'waiting' | 'dead-letter' | 'not-subscribed';
  /** Where it is waiting: the nearest reason first. */
  waitsFor: (Wait | { for: 'redelivery' })[];
  /** The POST under way. */
  inFlight: { endpoint: string; attempt: number; startedAt: string } | null;
  deadLetter: { reason: string; attempts: number; firstFailedAt: string; deadAt: string; state: string } | null;
  /** What is remembered, oldest first. */
  attempts: Attempt[];
}

export interface EventViewDeps {
  log: Pick<EventLog, 'find' | 'effectsOf'>;
  dispatcher: Pick<Dispatcher, 'standings'>;
  state: Pick<DeadLetterState, 'letters'>;
  attempts: Attempts;
}

export interface EventView {
  /** What each group did with each of these events, by sequence. */
  groupsOf(events: readonly EventPlace[]): Promise<Map<number, EventOfGroup[]>>;
  /** The event that caused this one: of several under its id, the newest before it. */
  causeOf(event: StoredEvent): Promise<StoredEvent | undefined>;
  /** What an event caused, the first ones; `complete` is false if there are more. */
  effectsOf(event: StoredEvent): Promise<{ effects: EventSummary[]; complete: boolean }>;
  /**
   * A page of the events of a chain, oldest first: from this one up to the first cause, and everything that came of it.
   */
  chainOf(event: StoredEvent, page: { after: number; limit: number }): Promise<ChainPage>;
}

export interface ChainPage {
  events: EventSummary[];
  /** Nothing of the chain comes after these. */
  complete: boolean;
  /** The next page begins after this sequence; undefined if there is none. */
  next: number | undefined;
}

/** A chain is followed up to so many events: all of them are found before the first page is known. */
const longestChain = 5_000;

const timeOf = (ms: number): string => new Date(ms).toISOString();

function attributesOf({ text }: StoredEvent): (name: string) => string | null {
  const attributes = JSON.parse(text) as Record<string, unknown>;
  return (name) => {
    const value = attributes[name];
    return typeof value === 'string' ? value : null;
  };
}

export function summaryOf(event: StoredEvent): EventSummary {
  const { sequence, id, type, key, storedAt } = event;
  const attribute = attributesOf(event);
  return {
    ...{ sequence, id, source: attribute('source') ?? '', type, key },
    ...{ time: attribute('time') ?? '', storedAt: timeOf(storedAt) },
    ...{ causationid: attribute('causationid'), correlationid: attribute('correlationid') },
  };
}

export const sourceOf = (event: StoredEvent): string | null => attributesOf(event)('source');

function showLetter(letter: StoredLetter): EventOfGroup['deadLetter'] {
  const { reason, attempts, firstFailedAt, deadAt, phase } = letter;
  return { reason, attempts, firstFailedAt: timeOf(firstFailedAt), deadAt: timeOf(deadAt), state: phase };
}

function eventOfGroup(
  group: string,
  standing: Standing,
  letter: StoredLetter | undefined,
  attempts: Attempt[],
): EventOfGroup {
  const rest = { waitsFor: [], inFlight: null, deadLetter: letter ? showLetter(letter) : null, attempts };
  if (standing.state === 'in-flight') {
    const { state, ...inFlight } = standing;
    return { group, state, ...rest, inFlight };
  }
  if (standing.state === 'waiting') return { group, ...rest, ...standing };
  if (letter?.phase === 'dead' || letter?.phase === 'damaged') return { group, state: 'dead-letter', ...rest };
  if (letter?.phase === 'queued') return { group, state: 'waiting', ...rest, waitsFor: [{ for: 'redelivery' }] };
  if (letter?.phase === 'redelivered') return { group, state: 'done', ...rest };
  const isDone = standing.state === 'passed' && attempts.some(({ outcome }) => outcome === 'done');
  return { group, state: isDone ? 'done' : standing.state, ...rest };
}

/** Puts together what the log, the groups and the remembered tries know of events. */
export function createEventView({ log, dispatcher, state, attempts }: EventViewDeps): EventView {
  async function groupsOf(events: readonly EventPlace[]): Promise<Map<number, EventOfGroup[]>> {
    const remembered = attempts.of(events.map(({ sequence }) => sequence));
    const standings = events.map((event) => ({ event, groups: dispatcher.standings(event) }));
    const ids = standings.flatMap(({ event: { sequence }, groups }) =>
      groups.map(({ group }) => ({ group, sequence })),
    );
    const letters = await state.letters({ ids }, { limit: Math.max(1, ids.length) });
    return new Map(
      standings.map(({ event: { sequence }, groups }) => [
        sequence,
        groups.map(({ group, standing }) => {
          const tries = remembered.get(sequence)?.find((one) => one.group === group)?.attempts ?? [];
          const letter = letters.find((one) => one.group === group && one.sequence === sequence);
          return eventOfGroup(group, standing, letter, tries);
        }),
      ]),
    );
  }

  async function causeOf(event: StoredEvent): Promise<StoredEvent | undefined> {
    const id = attributesOf(event)('causationid');
    if (id === null) return undefined;
    const found = await log.find(id);
    return found.filter(({ sequence }) => sequence < event.sequence).at(-1);
  }

  /** The beginning of a chain. `isFirst` is false if the way back was not gone to its end. */
  async function firstCauseOf(event: StoredEvent): Promise<{ first: StoredEvent; isFirst: boolean }> {
    let first = event;
    for (let steps = 0; steps < longestChain; steps += 1) {
      const cause = await causeOf(first);
      if (!cause) return { first, isFirst: true };
      first = cause;
    }
    return { first, isFirst: false };
  }

  /** Effects in pages, with time for others between them. */
  async function* allEffectsOf(id: string): AsyncGenerator<StoredEvent> {
    for (let after = 0; ;) {
      const effects = await log.effectsOf(id, mostFound, after);
      const last = effects.at(-1);
      if (!last) return;
      yield* effects;
      after = last.sequence;
      await nextTurn();
    }
  }

  /** Summaries only: a chain of large events need not be held in memory. */
  async function wholeChain(event: StoredEvent): Promise<{ events: EventSummary[]; isWhole: boolean }> {
    const { first, isFirst } = await firstCauseOf(event);
    const chain = new Map([[first.sequence, summaryOf(first)]]);
    const inOrder = (): EventSummary[] => [...chain.values()].sort((a, b) => a.sequence - b.sequence);
    for (const { id } of chain.values()) {
      for await (const effect of allEffectsOf(id)) {
        if (chain.has(effect.sequence)) continue;
        if (chain.size >= longestChain) return { events: inOrder(), isWhole: false };
        chain.set(effect.sequence, summaryOf(effect));
      }
    }
    return { events: inOrder(), isWhole: isFirst };
  }

  return {
    groupsOf,
    causeOf,
    async effectsOf({ id }) {
      const effects = await log.effectsOf(id);
      const more = await log.effectsOf(id, 1, effects.at(-1)?.sequence);
      return { effects: effects.map(summaryOf), complete: more.length === 0 };
    },
    async chainOf(event, { after, limit }) {
      const { events, isWhole } = await wholeChain(event);
      const rest = events.filter(({ sequence }) => sequence > after);
      const page = rest.slice(0, limit);
      const isLast = page.length === rest.length;
      return { events: page, complete: isWhole && isLast, next: isLast ? undefined : page.at(-1)?.sequence };
    },
  };
}
