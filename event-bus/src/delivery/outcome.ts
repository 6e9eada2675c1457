/** What came back from one push. */
export type Answer =
  /** `detail`: what the subscriber says of its refusal. `onPurpose`: nobody was asked, somebody wanted this answer. */
  | { kind: 'answered'; status: number; retryAfter?: string; detail?: string; onPurpose?: true }
  /** No connection: the subscriber got nothing. */
  | { kind: 'unreachable'; reason: string }
  /** The connection broke after the request was written: perhaps it was handled, perhaps not. */
  | { kind: 'broken'; reason: string }
  /** Silence. `written`: whether the request had been written at all. */
  | { kind: 'silent'; afterMs: number; written: boolean };

/** `2xx`: done when the subscriber says so. `sent`: done also when it stays silent (at most once). */
export type Acknowledgement = '2xx' | 'sent';

/**
 * What an answer means for the events of the push.
 * `suspect`: whom the failure points at, as far as one push can tell; it matters when a push holds several events.
 */
export type Outcome =
  | { kind: 'done' }
  /** Another try may help, not before `retryAfterMs` where the subscriber asked for that. */
  | { kind: 'retry'; reason: string; suspect: 'event' | 'subscriber'; retryAfterMs: number }
  /** The event is at fault: the subscriber understood it and refuses it. */
  | { kind: 'fault'; reason: string; suspect: 'event' }
  | { kind: 'unreachable'; reason: string }
  /** The subscriber wants no more events. */
  | { kind: 'gone'; reason: string };

/** 404 and 409 may be a deployment or a conflict under way; the others say "later" themselves. */
const mayHelpLater = new Set([404, 408, 409, 425, 429]);
/** Said by an overloaded subscriber, or by the proxy in front of one that is away. */
const pointsAtSubscriber = new Set([408, 425, 429, 502, 503, 504]);

const longestRetryAfterMs = 5 * 60_000;
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The wait asked for by a `Retry-After` header (seconds or a date), ms. Nonsense counts as 0, too much is capped. */
export function retryAfterMs(header: string | undefined, wallTime: number): number {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, longestRetryAfterMs);
  if (!httpDate.test(text)) return 0;
  const date = Date.parse(text);
  return Number.isNaN(date) ? 0 : Math.min(Math.max(0, date - wallTime), longestRetryAfterMs);
}

type Answered = Extract<Answer, { kind: 'answered' }>;

function outcomeOfStatus({ status, retryAfter, onPurpose }: Answered, wallTime: number): Outcome {
  const reason = `answered ${status}${onPurpose ? ' on purpose' : ''}`;
  if (status >= 200 && status < 300) return { kind: 'done' };
  if (status === 410) return { kind: 'gone', reason };
  if (status >= 400 && status < 500 && !mayHelpLater.has(status)) return { kind: 'fault', reason, suspect: 'event' };
  // 5xx, and 3xx too: a redirect is never followed, the events must not go where nobody subscribed.
  const suspect = pointsAtSubscriber.has(status) ? 'subscriber' : 'event';
  return { kind: 'retry', reason, suspect, retryAfterMs: retryAfterMs(retryAfter, wallTime) };
}

/** @param wallTime ms since 1970, to read a date in `Retry-After` */
export function outcomeOf(answer: Answer, acknowledgement: Acknowledgement, wallTime: number): Outcome {
  switch (answer.kind) {
    case 'answered':
      return outcomeOfStatus(answer, wallTime);
    case 'unreachable':
      return { kind: 'unreachable', reason: answer.reason };
    case 'broken':
      return { kind: 'retry', reason: answer.reason, suspect: 'subscriber', retryAfterMs: 0 };
    case 'silent': {
      const reason = `no answer within ${answer.afterMs} ms`;
      if (!answer.written) return { kind: 'unreachable', reason: `no connection within ${answer.afterMs} ms` };
      if (acknowledgement === 'sent') return { kind: 'done' };
      return { kind: 'retry', reason, suspect: 'subscriber', retryAfterMs: 0 };
    }
  }
}
