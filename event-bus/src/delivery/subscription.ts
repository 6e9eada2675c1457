import { z } from 'zod';
import { maskedUrl } from './endpoint-secrets';
import type { LanePolicy } from './lane';

const endpoint = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' });

const wholeNumber = (least: number, most: number) =>
  z
    .number('must be a number')
    .int('must be a whole number')
    .min(least, `must be at least ${least}`)
    .max(most, `must be at most ${most}`);

/** What a subscriber asks for. Only `endpoints` is required. */
export const Subscription = z.strictObject({
  /** They stand for one another and share the load. Credentials in a URL are sent as Basic authentication, and never shown. */
  endpoints: z
    .array(endpoint, 'must be a list of URLs')
    .min(1, 'must name an endpoint')
    .max(64, 'must name at most 64 endpoints')
    .refine((urls) => new Set(urls.map(maskedUrl)).size === urls.length, 'must not name an endpoint twice'),
  /** Only events of these types; absent means all. */
  types: z.array(z.string().min(1).max(255), 'must be a list of event types').min(1).max(256).optional(),
  /** 1: each POST holds one event, in the classic form. More: each POST holds an array of at most so many. */
  batch: wholeNumber(1, 1_000).default(1),
  /** Where a new group starts; a group that is there keeps its place. A sequence is the first event to be delivered. */
  from: z.union([z.enum(['beginning', 'end']), wholeNumber(1, Number.MAX_SAFE_INTEGER)]).default('beginning'),
  /** A subscriber that hasn't answered by then has failed, and may get the event twice. */
  timeoutMs: wholeNumber(10, 10 * 60_000).default(10_000),
  /** `sent`: silence until the time-out counts as done. For subscribers that never answer; at most once. */
  ack: z.enum(['2xx', 'sent']).default('2xx'),
  /**
   * Who tells a subscriber that was away what it missed. `bus`, the default: it is pushed. `self`: it reads the whole
   * history when it starts (`GET /events`), and nothing of that is pushed to it. `auto`: as `self` if it does so as the
   * course's query does, with axios; everybody else is pushed to.
   */
  catchUp: z.enum(['bus', 'self', 'auto'], 'must be bus, self or auto').optional(),
  /** So often an event may be refused before it becomes a dead letter. */
  maxAttempts: wholeNumber(1, 100).default(8),
  /** `skip`: its key goes on without it. `halt-key`: the key waits until the dead letter is dealt with. */
  onDeadLetter: z.enum(['skip', 'halt-key']).default('skip') satisfies z.ZodType<LanePolicy['onDeadLetter']>,
});

export type Subscription = z.output<typeof Subscription>;

/** The cursor with which a new group starts. It may lie beyond the log's end: what comes before it is not for this group. */
export function firstCursor({ from }: Subscription, head: number): number {
  if (from === 'beginning') return 0;
  return from === 'end' ? head : from - 1;
}
