// The process that publishes: always 64 publishes in flight. What it can do at most are the table's lines "ceiling: bare
// http server": on two busy cores some 20,000 POSTs a second of one event, or 200,000 events a second at 100 a POST.
// The column "load" tells how far it was from that: the part of a core that it used.
import { eventText, microseconds } from './event';
import { openHttpPublisher } from './http';
import { openJetStreamPublisher } from './jetstream';
import { openRabbitPublisher } from './rabbitmq';
import { serve } from './remote';
import type { EventPublisher, Wiring } from './wiring';

const inFlight = 64;

export interface PublishJob {
  /** The number of the first event. */
  from: number;
  /** Ends after so many events, or at this time, whichever comes first. */
  events?: number;
  forMs?: number;
}

export interface Published {
  /** Events sent, and those of them that were acknowledged. */
  sent: number;
  acknowledged: number;
  /** The numbers of the others, and what was the matter with the first of them. */
  refused: number[];
  fault?: string;
  /** By `microseconds`. */
  startedAt: number;
  endedAt: number;
  /** The part of one core that this process used meanwhile. */
  cpu: number;
}

let publisher: EventPublisher | undefined;

function open(wiring: Wiring): Promise<EventPublisher> {
  switch (wiring.kind) {
    case 'http':
      return Promise.resolve(openHttpPublisher(wiring, inFlight));
    case 'rabbitmq':
      return openRabbitPublisher(wiring.url, wiring.exchange);
    case 'jetstream':
      return openJetStreamPublisher(wiring.servers, wiring.subject);
  }
}

async function publish(
  to: EventPublisher,
  { from, events = Infinity, forMs = Infinity }: PublishJob,
): Promise<Published> {
  const startedAt = microseconds();
  const cpuBefore = process.cpuUsage();
  const deadline = startedAt + forMs * 1_000;
  const refused: number[] = [];
  let fault: string | undefined;
  let next = from;

  async function keepPublishing(): Promise<void> {
    for (;;) {
      const first = next;
      const count = Math.min(to.batch, from + events - first);
      const sentAt = microseconds();
      if (count <= 0 || sentAt >= deadline) return;
      next += count;
      const numbers = Array.from({ length: count }, (_, index) => first + index);
      try {
        await to.publish(numbers.map((n) => eventText(n, sentAt)));
      } catch (error) {
        refused.push(...numbers);
        fault ??= error instanceof Error ? error.message : String(error);
      }
    }
  }

  await Promise.all(Array.from({ length: inFlight }, keepPublishing));
  const endedAt = microseconds();
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpu = (user + system) / (endedAt - startedAt);
  const sent = next - from;
  const result = { sent, acknowledged: sent - refused.length, refused, startedAt, endedAt, cpu };
  return fault === undefined ? result : { ...result, fault };
}

const handlers = {
  open: async (wiring: Wiring): Promise<void> => void (publisher = await open(wiring)),
  async publish(job: PublishJob): Promise<Published> {
    if (!publisher) throw new Error('not open');
    return publish(publisher, job);
  },
  close: async (_: null): Promise<void> => publisher?.close(),
};

export type PublisherCalls = typeof handlers;

serve(handlers);
