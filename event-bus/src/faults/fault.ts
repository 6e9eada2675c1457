import { z } from 'zod';
import type { Random } from '../delivery/clock';
import type { StoredEvent } from '../log/event-log';

const longestDelayMs = 60_000;
/** A push of one key is held back up to so long, so that those of other keys overtake it. */
const reorderMs = 200;
export const faultSeconds = { usual: 60, most: 600 };

const number = (least: number, most: number) =>
  z.number('must be a number').min(least, `must be at least ${least}`).max(most, `must be at most ${most}`);
const percent = number(0, 100);

/** What goes wrong between the bus and a group, alone or together. */
export const Fault = z
  .strictObject({
    /** Nobody is there. */
    stop: z.literal(true, 'must be true').optional(),
    /** Pushes are held back so long before they go out. */
    delayMs: number(1, longestDelayMs).optional(),
    /**
     * A status is answered, and the subscriber never gets the event. With `timeout` it gets the event, and its answer
     * is lost.
     */
    fail: z.enum(['500', '429', '400', 'timeout'], 'must be "500", "429", "400" or "timeout"').optional(),
    /** The part of the pushes that are delayed, and of those that fail; each is decided by itself. */
    percent: percent.optional(),
    /** The part of the pushes that a subscriber gets twice, one after the other. */
    duplicate: percent.optional(),
    /** Keys overtake each other; the events of one key never do. */
    reorderAcrossKeys: z.literal(true, 'must be true').optional(),
    /** It ends by itself after so long. */
    seconds: number(1, faultSeconds.most).default(faultSeconds.usual),
  })
  .refine(
    ({ stop, delayMs, fail, duplicate, reorderAcrossKeys }) =>
      [stop, delayMs, fail, duplicate, reorderAcrossKeys].some((part) => part !== undefined),
    {
      message: 'must say what goes wrong: stop, delayMs, fail, duplicate or reorderAcrossKeys',
    },
  )
  .refine(({ percent: part, delayMs, fail }) => part === undefined || delayMs !== undefined || fail !== undefined, {
    path: ['percent'],
    message: 'is of no use without delayMs or fail',
  });

export type Fault = z.output<typeof Fault>;

/** What happens to one push. */
export interface Fate {
  /** Answered in the subscriber's place. */
  instead: 'stop' | 500 | 429 | 400 | undefined;
  holdMs: number;
  losesAnswer: boolean;
  twice: boolean;
}

/** Decides what happens to a push. */
export function fateOf(fault: Fault, random: Random): Fate {
  const falls = (part: number): boolean => random() * 100 < part;
  const { stop, delayMs, fail, percent: part = 100, duplicate = 0, reorderAcrossKeys } = fault;
  const fails = fail !== undefined && falls(part);
  const delay = delayMs !== undefined && falls(part) ? delayMs : 0;
  const status = fails && fail !== 'timeout' ? (Number(fail) as 500 | 429 | 400) : undefined;
  return {
    instead: stop ? 'stop' : status,
    holdMs: delay + (reorderAcrossKeys ? random() * reorderMs : 0),
    losesAnswer: fails && fail === 'timeout',
    twice: falls(duplicate),
  };
}

/** Puts events into another order, in which those of each key are still in theirs. */
export function shuffledAcrossKeys(events: readonly StoredEvent[], random: Random): StoredEvent[] {
  const places = events.map(({ key }) => key);
  for (let last = places.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [places[last], places[other]] = [places[other] ?? '', places[last] ?? ''];
  }
  const ofKey = new Map<string, StoredEvent[]>();
  for (const event of events) ofKey.set(event.key, [...(ofKey.get(event.key) ?? []), event]);
  return places.flatMap((key) => ofKey.get(key)?.shift() ?? []);
}
