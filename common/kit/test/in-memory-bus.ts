import { setImmediate as turn } from 'node:timers/promises';
import type { Envelope } from '../src';
import { BusAway, type BusClient, EventsRefused } from '../src/bus-client';

/** How one publish ends: `answer lost` means stored, but its publisher never learns of it. */
export type Outcome = 'stored' | 'away' | 'answer lost';

export interface InMemoryBus extends Pick<BusClient, 'publish' | 'batchLimit'> {
  /** What is stored, each id once, in the order in which it came first. */
  log: Envelope[];
  /** The ids of each publish, whatever became of it. */
  publishes: string[][];
}

/** A bus that stores a repeated id once, and fails as it is told. It refuses events with a type of `Refused`. */
export function createInMemoryBus({
  outcome = () => 'stored',
  batchLimit = 100,
}: { outcome?: () => Outcome; batchLimit?: number } = {}): InMemoryBus {
  const log: Envelope[] = [];
  const publishes: string[][] = [];
  return {
    log,
    publishes,
    batchLimit: () => batchLimit,
    async publish(events) {
      publishes.push(events.map(({ id }) => id));
      const end = outcome();
      await turn();
      if (end === 'away') throw new BusAway('away');
      if (events.some(({ type }) => type === 'Refused')) throw new EventsRefused('not this one');
      for (const event of events) if (!log.some(({ id }) => id === event.id)) log.push(event);
      await turn();
      if (end === 'answer lost') throw new BusAway('the answer was lost');
    },
  };
}
