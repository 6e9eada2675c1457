import { Counter, Gauge, Histogram, type Registry } from '@blog/kit';
import type { DeliveryObserver } from './delivery/deliver';
import type { Dispatcher } from './delivery/dispatcher';

export interface BusMetrics {
  onCommit: (commit: { events: number; seconds: number }) => void;
  observer: DeliveryObserver;
  /** Shows the groups' lag, what is in flight and what is parked, as they are when somebody asks. */
  watch(dispatcher: Pick<Dispatcher, 'statuses'>): void;
}

const quick = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

export function createBusMetrics(registry: Registry, wallTime: () => number): BusMetrics {
  const registers = [registry];
  const ofGroup = { labelNames: ['group'] as const, registers };
  const commitSize = new Histogram({
    name: 'bus_commit_events',
    help: 'New events in one commit of the log',
    buckets: [1, 3, 10, 30, 100, 300, 1000],
    registers,
  });
  const commitTime = new Histogram({
    ...{ name: 'bus_commit_seconds', help: 'Time of one commit of the log, with its fsync', buckets: quick, registers },
  });
  const pushTime = new Histogram({
    name: 'bus_push_seconds',
    help: 'Time from the start of a POST to a subscriber until its answer',
    labelNames: ['group', 'outcome'] as const,
    buckets: quick,
    registers,
  });
  const delivered = new Histogram({
    ...{ name: 'bus_delivery_seconds', help: 'Time from storing an event until a subscriber has it', ...ofGroup },
    buckets: [...quick, 30, 100, 300, 1000, 3600],
  });
  const deadLetters = new Counter({ name: 'bus_dead_letters_total', help: 'Events given up', ...ofGroup });

  return {
    onCommit({ events, seconds }) {
      commitSize.observe(events);
      commitTime.observe(seconds);
    },
    observer: {
      pushed({ group, events, outcome, seconds }) {
        pushTime.observe({ group, outcome: outcome.kind }, seconds);
        if (outcome.kind !== 'done') return;
        const now = wallTime();
        for (const { storedAt } of events) delivered.observe({ group }, Math.max(0, now - storedAt) / 1000);
      },
      gaveUp: (group) => deadLetters.inc({ group }),
    },
    watch(dispatcher) {
      const gauge = (name: string, help: string, valueOf: (status: ReturnType<Dispatcher['status']>) => number) =>
        new Gauge({
          ...{ name, help, ...ofGroup },
          collect() {
            this.reset();
            for (const status of dispatcher.statuses()) this.set({ group: status.group }, valueOf(status));
          },
        });
      gauge('bus_lag_events', 'Events between the head of the log and the cursor', ({ lag }) => lag.events);
      gauge('bus_lag_seconds', 'Age of the oldest event that is not done', ({ lag }) => lag.seconds);
      gauge('bus_in_flight', 'POSTs under way', ({ inFlight }) => inFlight);
      gauge('bus_parked_keys', 'Keys that wait because an event of theirs failed', ({ parked }) => parked.keys);
    },
  };
}
