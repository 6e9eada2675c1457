import type { RequestHandler } from 'express';
import { Gauge, type Registry } from 'prom-client';
import { z } from 'zod';
import { refusePages } from './doors/browsers';
import type { ReceivedEnvelope } from './envelope';
import { reasonOf } from './event-failure';
import type { Operation } from './openapi';

/** An event that could not be applied. It says which one and why, and nothing that stands in it. */
export const SkippedEvent = z
  .object({
    id: z.string().optional(),
    /** Its place in the bus's log. */
    sequence: z.number().int().optional(),
    type: z.string(),
    key: z.string().optional(),
    reason: z.string(),
    /** When it was skipped last: ISO 8601. */
    at: z.string(),
  })
  .meta({ id: 'SkippedEvent' });
export type SkippedEvent = z.output<typeof SkippedEvent>;

export const SkippedEvents = z.object({
  /** How many there are; the list holds the newest of them. */
  count: z.number().int().nonnegative(),
  events: z.array(SkippedEvent),
});
export type SkippedEvents = z.output<typeof SkippedEvents>;

/** What {@link skippedRoute} answers. */
export const skippedOperation: Operation = {
  summary: 'The events that could not be applied, the newest first',
  description: 'For operators: no page may ask for it.',
  answers: { 200: { description: 'Which they are, and why', body: SkippedEvents } },
  problems: { 403: 'A page asks' },
};

/** `GET /skipped`. */
export function skippedRoute(read: () => SkippedEvents): RequestHandler[] {
  return [refusePages, (_req, res) => void res.set('Cache-Control', 'no-store').json(read())];
}

/** Shows in the metrics how many events are skipped. */
export function countSkipped(metrics: Registry, count: () => number): void {
  new Gauge({
    name: 'skipped_events',
    help: 'Events that could not be applied and were passed over',
    registers: [metrics],
    collect() {
      this.set(count());
    },
  });
}

/** Events that a door gave back to the bus, which keeps them as dead letters. */
export interface RefusedEvents {
  note(event: ReceivedEnvelope, error: unknown): void;
  /** They were applied after all. */
  forget(events: readonly ReceivedEnvelope[]): void;
  read(): SkippedEvents;
}

const mostKept = 1_000;

const nameOf = ({ id, sequence, type }: ReceivedEnvelope): string => `${sequence ?? ''} ${id ?? ''} ${type}`;

/** In memory, the newest thousand: the bus has the whole list. */
export function createRefusedEvents({ now, metrics }: { now: () => Date; metrics: Registry }): RefusedEvents {
  const refused = new Map<string, SkippedEvent>();
  countSkipped(metrics, () => refused.size);
  return {
    note(event, error) {
      const { id, sequence, type, partitionkey: key } = event;
      const name = nameOf(event);
      refused.delete(name);
      refused.set(name, { id, sequence, type, key, reason: reasonOf(error), at: now().toISOString() });
      const [oldest] = refused.keys();
      if (refused.size > mostKept && oldest !== undefined) refused.delete(oldest);
    },
    forget(events) {
      if (refused.size > 0) for (const event of events) refused.delete(nameOf(event));
    },
    read: () => ({ count: refused.size, events: [...refused.values()].reverse().slice(0, 100) }),
  };
}
