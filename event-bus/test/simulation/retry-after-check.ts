import type { Answer } from '../../src/delivery/outcome';
import type { GroupBook } from './book';
import type { Ending, SeenPush } from './network';

/** No subscriber is waited for longer than this. */
const capMs = 5 * 60_000;
/** Said by an overloaded subscriber, or by the proxy in front of it. */
const pointsAtSubscriber = [408, 425, 429, 502, 503, 504];
const roundingMs = 2;

export interface RetryAfterCheck {
  sent(push: SeenPush, isDown: () => boolean): void;
  ended(push: SeenPush, ending: Ending): void;
  knocked(answer: Answer): void;
  /** Whether the subscriber asks not to be sent anything while it is taken for dead. */
  wantsRest(): boolean;
  /** The head of a lane is stored, with the time of its next try. */
  stored(sequence: number): void;
  /** A bus starts: it knows only what was stored. */
  restarted(): void;
  /** What is stored tells no more how long to wait: the wall clock was set, or the disk has forgotten something. */
  forgetStored(): void;
  /** An operator wants everything tried. */
  forget(): void;
}

/**
 * No push of an event before the time that its last answer asked for, in every state of the group and across restarts;
 * no push at all, while the subscriber is taken for dead, before the latest time asked for by an answer about itself.
 */
export function createRetryAfterCheck(
  { name }: GroupBook,
  { now, wallTime, askedAgainAt }: { now: () => number; wallTime: () => number; askedAgainAt: () => number },
  fault: (text: string) => void,
): RetryAfterCheck {
  const asked = new Map<number, { until: number; isStored: boolean }>();
  let subscriberAskedUntil = 0;
  return {
    sent({ events, sentAt }, isDown) {
      if (sentAt <= askedAgainAt()) return;
      for (const { sequence } of events) {
        const early = (asked.get(sequence)?.until ?? 0) - sentAt;
        if (early > roundingMs) fault(`${name} is sent ${sequence} ${Math.round(early)} ms before its Retry-After`);
      }
      const early = subscriberAskedUntil - sentAt;
      if (early > roundingMs && isDown()) fault(`${name} is probed ${Math.round(early)} ms before its Retry-After`);
    },
    ended({ events }, { answer, asked: wish }) {
      for (const { sequence } of events) asked.delete(sequence);
      if (answer === 'gave up') return;
      // Whoever asked for a wait is gone.
      if (answer.kind === 'unreachable') subscriberAskedUntil = 0;
      if (answer.kind !== 'answered') return;
      if (answer.status === 200) subscriberAskedUntil = 0;
      const until = now() + Math.min((wish?.until ?? 0) - wallTime(), capMs);
      if (until <= now()) return;
      for (const { sequence } of events) asked.set(sequence, { until, isStored: false });
      if (pointsAtSubscriber.includes(answer.status)) subscriberAskedUntil = Math.max(subscriberAskedUntil, until);
    },
    knocked(answer) {
      const isThere = answer.kind === 'answered' && ![502, 503, 504].includes(answer.status);
      if (!isThere) subscriberAskedUntil = 0;
    },
    wantsRest: () => subscriberAskedUntil > now(),
    stored(sequence) {
      const wish = asked.get(sequence);
      if (wish) wish.isStored = true;
    },
    restarted() {
      for (const [sequence, { isStored }] of asked) if (!isStored) asked.delete(sequence);
      subscriberAskedUntil = 0;
    },
    forgetStored: () => asked.clear(),
    forget() {
      asked.clear();
      subscriberAskedUntil = 0;
    },
  };
}
