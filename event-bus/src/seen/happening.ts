import type { Pushed } from '../delivery/observer';
import type { DeadLetter } from '../delivery/lane';
import type { StoredEvent } from '../log/event-log';
import { type EventSummary, summaryOf } from './event-view';

interface EventName {
  sequence: number;
  id: string;
  type: string;
  key: string;
}

/** Something that happened to one event, as the stream shows it. Times are ISO 8601. */
export type Happening =
  | ({ kind: 'published' } & EventSummary)
  | ({
      kind: 'delivered' | 'failed';
      group: string;
      endpoint: string;
      attempt: number;
      /** When the answer was there. */
      at: string;
      ms: number;
      outcome: Pushed['outcome']['kind'];
      status: number | null;
      reason: string | null;
    } & EventName)
  | ({ kind: 'given-up'; group: string; at: string; reason: string; attempts: number } & EventName);

const timeOf = (ms: number): string => new Date(ms).toISOString();

export const publishedOf = (event: StoredEvent): Happening => ({ kind: 'published', ...summaryOf(event) });

/** What a POST was for one of its events. */
export function pushedOf(push: Pushed, { sequence, id, type, key }: StoredEvent, now: number): Happening {
  const { group, url: endpoint, attempt, seconds, answer, outcome } = push;
  return {
    kind: outcome.kind === 'done' ? 'delivered' : 'failed',
    ...{ sequence, id, type, key, group, endpoint, attempt, at: timeOf(now), ms: Math.round(seconds * 10_000) / 10 },
    outcome: outcome.kind,
    status: answer.kind === 'answered' ? answer.status : null,
    reason: outcome.kind === 'done' ? null : outcome.reason,
  };
}

export function givenUpOf(group: string, letter: DeadLetter, now: number): Happening {
  const { sequence, eventId: id, type, key, reason, attempts } = letter;
  return { kind: 'given-up', sequence, id, type, key, group, at: timeOf(now), reason, attempts };
}
