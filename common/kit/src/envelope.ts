import { uuidv7 } from 'uuidv7';
import { z } from 'zod';

/** A new id: a UUIDv7, so that ids sort by the time of their making. */
export function newId(): string {
  return uuidv7();
}

/** An id that may come from somebody else's code: any text of 1 to 128 characters that survives storage unchanged. */
export const anyId = z
  .string('must be a string')
  .min(1, 'must not be empty')
  .max(128, 'must be at most 128 characters')
  .refine(isPlainText, 'must not contain NUL or half of a surrogate pair');

/** Whether a text is stored and given back unchanged by every part: well-formed Unicode without NUL. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/**
 * An event on the wire: a CloudEvents 1.0 object that contains the classic `{type, data}`.
 * Only those two are sure to be there when it comes from somebody else's code.
 */
export interface Envelope<T extends string = string, D = unknown> {
  specversion: '1.0';
  id: string;
  source: string;
  type: T;
  subject?: string;
  /** Events of one key are delivered in the order of their sequence. */
  partitionkey: string;
  /** ISO 8601, UTC. */
  time: string;
  datacontenttype?: string;
  data: D;
  /** The place in the bus's log. Given by the bus. */
  sequence?: number;
  /** The event whose handling caused this one. */
  causationid?: string;
  /** The first event of the chain. */
  correlationid?: string;
  traceparent?: string;
  /** The id whose texts the bus takes out of its log, in all events under the same key. */
  erases?: string;
  /** An erasure took its texts: what is left says that it happened. Given by the bus. */
  erased?: true;
}

/** What a domain says happened, before it becomes an event: the words only, no ids and no clock. */
export interface Fact<T extends string = string, D = unknown> {
  type: T;
  /** The key within which order matters. */
  key: string;
  subject?: string;
  /** See {@link Envelope.erases}. */
  erases?: string;
  data: D;
}

/** The part of a received event that a new event refers to as its cause. */
export type Cause = Pick<Partial<Envelope>, 'id' | 'correlationid' | 'traceparent'>;

/**
 * Makes the event for a fact. With a cause it joins the cause's chain; without one it starts a chain of its own.
 */
export function newEvent<T extends string, D>(
  fact: Fact<T, D>,
  { id, source, time, cause }: { id: string; source: string; time: string; cause?: Cause },
): Envelope<T, D> {
  return {
    specversion: '1.0',
    id,
    source,
    type: fact.type,
    ...(fact.subject === undefined ? {} : { subject: fact.subject }),
    partitionkey: fact.key,
    ...(fact.erases === undefined ? {} : { erases: fact.erases }),
    time,
    data: fact.data,
    ...(cause?.id === undefined ? {} : { causationid: cause.id }),
    correlationid: cause?.correlationid ?? cause?.id ?? id,
    ...(cause?.traceparent === undefined ? {} : { traceparent: cause.traceparent }),
  };
}

const optionalText = z.string().optional();

/**
 * What an event must have at the door of a service: its `type`; of the rest, what is there has its type. Whether `data`
 * may be missing is for the schema of that type to say.
 */
export const ReceivedEnvelope = z
  .object({
    type: z.string('must be a string').min(1, 'must not be empty'),
    data: z.unknown().optional(),
    id: optionalText,
    source: optionalText,
    // Whoever can't tell the time tells none.
    time: z.iso.datetime({ offset: true }).optional().catch(undefined),
    partitionkey: optionalText,
    sequence: z.number().int().optional(),
    causationid: optionalText,
    correlationid: optionalText,
    traceparent: optionalText,
    erases: optionalText,
    erased: z.literal(true).optional().catch(undefined),
  })
  .meta({ id: 'Event' });

/** An event as it came in, perhaps from code that knows only `type` and `data`. */
export type ReceivedEnvelope = z.output<typeof ReceivedEnvelope>;
