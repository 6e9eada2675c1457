import type { StoredLetter } from '../../src/delivery/dead-letter-state';
import { noEvidence } from '../../src/delivery/evidence';
import type { DeadLetter, ParkedLane } from '../../src/delivery/lane';
import { Subscription } from '../../src/delivery/subscription';

export const subscription = Subscription.parse({ endpoints: ['http://127.0.0.1:1/events'] });
export const other = Subscription.parse({ endpoints: ['http://127.0.0.1:2/events'], types: ['T'], batch: 10 });

export const group = (name: string, cursor = 0) => ({ name, subscription, cursor, configured: undefined });

export const lane = (given: Partial<ParkedLane> = {}): ParkedLane => ({
  ...{ key: 'k', phase: 'parked', head: 5, ...noEvidence, attempts: 1, reason: 'answered 500', asked: false },
  ...{ parkedAt: 1_000, retryAt: 1_200 },
  ...given,
});

export const letter = (given: Partial<DeadLetter> = {}): DeadLetter => ({
  ...{ sequence: 5, eventId: 'e5', type: 'T', key: 'k', reason: 'answered 400', detail: null, attempts: 8 },
  ...{ firstFailedAt: 1_000, deadAt: 9_000 },
  ...given,
});

export const stored = (given: Partial<StoredLetter> = {}): StoredLetter => ({
  ...letter(),
  ...{ group: 'g', phase: 'dead', redeliveries: 0, job: null, remains: null, redeliveredAt: null },
  ...given,
});
