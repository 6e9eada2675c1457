import type { RequestHandler } from 'express';
import { z } from 'zod';
import { refusePages } from './doors/browsers';
import { ReceivedEnvelope } from './envelope';
import { type Fault, InvalidInput, Unprocessable } from './errors';
import { isFaultOfEvent, reasonOf } from './event-failure';
import { deepestNesting, jsonBody } from './json-body';
import type { Logger } from './logger';
import type { Operation } from './openapi';
import { faultsOf } from './problem-json';
import type { RefusedEvents } from './skipped-events';
import type { Verifier } from './signatures';

/** The data of each event type that a service listens to. */
export type EventSchemas = Record<string, z.ZodType>;

/** A received event of one of the types that a service listens to, with its data checked. */
export type ReceivedEvent<S extends EventSchemas> = {
  [T in keyof S & string]: Omit<ReceivedEnvelope, 'type' | 'data'> & { type: T; data: z.output<S[T]> };
}[keyof S & string];

export interface EventReceiverOptions<S extends EventSchemas> {
  schemas: S;
  /**
   * Applies events in their order, all in one transaction. It must be idempotent: events come at least once.
   * When it resolves they count as done; when it rejects they will be sent again.
   */
  apply: (events: ReceivedEvent<S>[]) => Promise<void>;
  /** Keeps in mind what was given back to the bus; absent if `apply` sets aside by itself what it can't apply. */
  refused?: RefusedEvents;
  logger?: Logger;
  /** Where a secret is set: only what the bus has signed comes in (401 otherwise). */
  verifier?: Verifier;
}

/** What one push may hold: the bus cuts its batches to a part of this. */
const largestPush = 8 * 1024 * 1024;
const types = ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'];

/** What {@link eventReceiver} takes and answers. */
export const eventReceiverOperation: Operation = {
  summary: 'Takes events from the bus; types that are not listened to are accepted and ignored',
  headers: {
    'webhook-id': 'Of the signature (Standard Webhooks)',
    'webhook-timestamp': 'Of the signature',
    'webhook-signature': 'Needed where a secret is set',
  },
  body: z.union([ReceivedEnvelope, z.array(ReceivedEnvelope)]),
  bodyTypes: types,
  answers: { 200: { description: 'All are applied', body: z.object({ status: z.literal('OK') }) } },
  problems: {
    401: 'It is not signed as it must be',
    403: 'A page sends it',
    422: 'An event can not be applied, and repeating it will not help; nothing is applied',
  },
};

/**
 * The handlers of `POST /events`: one event, or an array of events in the order of their sequence.
 * 200 when all are applied (types not listened to are accepted and ignored), 400 naming the event and the field at
 * fault; then nothing is applied.
 *
 * 422 if an event is valid and can not be applied: the bus then finds it among the others, tries it some more times and
 * keeps it as a dead letter, while all others go on. 5xx would say that something is wrong here and not with the event.
 */
export function eventReceiver<S extends EventSchemas>(options: EventReceiverOptions<S>): RequestHandler[] {
  const { schemas, verifier } = options;
  const applyOrRefuse = refusing(options);
  return [
    refusePages,
    ...jsonBody({
      limit: largestPush,
      types,
      // The bus takes single events as deep as any JSON, and may bring them in an array.
      deepest: deepestNesting + 1,
      checkBytes: verifier && ((req, bytes) => void verifier.verify(req.headers, bytes, new Date())),
    }),
    async (req, res) => {
      const events = parseEvents(req.body as unknown, schemas);
      if (events.length > 0) await applyOrRefuse(events);
      res.json({ status: 'OK' });
    },
  ];
}

/** Tells the bus of an event that can't be applied, so that it is the bus that keeps it. */
function refusing<S extends EventSchemas>({ apply, refused, logger }: EventReceiverOptions<S>) {
  return async (events: ReceivedEvent<S>[]): Promise<void> => {
    try {
      await apply(events);
      refused?.forget(events);
    } catch (error) {
      if (!isFaultOfEvent(error)) throw error;
      const [event, ...more] = events as ReceivedEnvelope[];
      if (event && more.length === 0) {
        const { id, sequence, type } = event;
        refused?.note(event, error);
        logger?.error(
          { id, sequence, type, reason: reasonOf(error), stack: framesOf(error) },
          'an event can not be applied',
        );
      }
      // Of several the bus sends each half by itself next.
      throw new Unprocessable(
        [{ path: '', message: `can not be applied: ${reasonOf(error)}` }],
        'An event can not be applied.',
      );
    }
  };
}

/** Where it was thrown, without the message, which may quote the event. */
function framesOf(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 5)
    .map((line) => line.trim());
}

/** Reads the body of a push or a page of history. Throws InvalidInput naming each event and field at fault. */
export function parseEvents<S extends EventSchemas>(body: unknown, schemas: S): ReceivedEvent<S>[] {
  const parsed = Array.isArray(body)
    ? body.map((raw: unknown, index) => parseEvent(raw, schemas, [index]))
    : [parseEvent(body, schemas, [])];
  const faults = parsed.flatMap((one) => one.faults ?? []);
  if (faults.length > 0) throw new InvalidInput(faults, 'An event is not valid.');
  return parsed.flatMap((one) => one.event ?? []);
}

/** One event: its faults, or the event, or neither where its type is not listened to. */
function parseEvent<S extends EventSchemas>(
  raw: unknown,
  schemas: S,
  prefix: number[],
): { faults?: Fault[]; event?: ReceivedEvent<S> } {
  const envelope = ReceivedEnvelope.safeParse(raw);
  if (!envelope.success) return { faults: faultsOf(envelope.error, prefix) };
  const schema = Object.hasOwn(schemas, envelope.data.type) ? schemas[envelope.data.type] : undefined;
  if (!schema) return {};
  const data = schema.safeParse(envelope.data.data);
  if (!data.success) return { faults: faultsOf(data.error, [...prefix, 'data']) };
  return { event: { ...envelope.data, data: data.data } as ReceivedEvent<S> };
}
