import type { Logger } from '@blog/kit';
import type { Change, DeliveryObserver } from './observer';

/** Answers of a group so far: who never gives one may not know that it should. */
interface Heard {
  silences: number;
  hasAnswered: boolean;
}

const silencesForHint = 3;

/**
 * Logs each change of state of a group and its keys, once: who reads only the log knows which group, which key, which
 * event, and why.
 */
export function createTransitionLog(logger: Logger): DeliveryObserver {
  const groups = new Map<string, Heard>();

  function heardFrom(group: string): Heard {
    const heard = groups.get(group) ?? { silences: 0, hasAnswered: false };
    groups.set(group, heard);
    return heard;
  }

  const eventOf = ({ event }: Extract<Change, { event: unknown }>) => ({
    ...{ key: event.key, sequence: event.sequence, eventId: event.id, type: event.type },
  });

  function changed(group: string, change: Change): void {
    const { kind } = change;
    if (kind === 'down')
      logger.warn({ group, reason: change.reason }, 'a subscriber is down: its events wait in order');
    else if (kind === 'back') logger.warn({ group }, 'a subscriber is back: its events are delivered again');
    else if (kind === 'paused') logger.warn({ group, reason: change.reason }, 'a group is paused until it is resumed');
    else if (kind === 'resumed') logger.warn({ group }, 'a group is resumed');
    else if (kind === 'suspicious') {
      const { reason } = change;
      logger.warn({ group, ...eventOf(change), reason }, 'an event may have killed its subscriber: it is tried alone');
    } else {
      const { reason, detail, retryAt } = change;
      const why = { ...eventOf(change), reason, detail, retryAt: new Date(retryAt).toISOString() };
      logger.warn({ group, ...why }, 'an event failed: its key waits until it is tried again');
    }
  }

  return {
    pushed({ group, answer }) {
      const heard = heardFrom(group);
      if (answer.kind === 'answered') heard.hasAnswered = true;
      if (answer.kind !== 'silent' || !answer.written || heard.hasAnswered) return;
      heard.silences += 1;
      if (heard.silences !== silencesForHint) return;
      logger.warn(
        { group, afterMs: answer.afterMs },
        'a subscriber takes events and never answers: if it is made so, give its group {"ack":"sent"}',
      );
    },
    gaveUp(group, { key, sequence, eventId, type, reason, detail, attempts }) {
      logger.error(
        { group, key, sequence, eventId, type, reason, detail: detail ?? undefined, attempts },
        'an event was given up: it is a dead letter now',
      );
    },
    changed,
  };
}
