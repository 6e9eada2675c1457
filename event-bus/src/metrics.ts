import { Counter, createHistogram, Gauge, type Registry } from '@blog/kit';
import type { DeliveryObserver } from './delivery/observer';
import type { DeadLetterState } from './delivery/dead-letter-state';
import type { Dispatcher } from './delivery/dispatcher';
import type { GroupStatus } from './delivery/group-status';
import type { EventLog } from './log/event-log';

export interface BusMetrics {
  onCommit: (commit: { events: number; duplicates: number; seconds: number }) => void;
  observer: DeliveryObserver;
  /** Shows the groups as they are when somebody asks. */
  watch(dispatcher: Pick<Dispatcher, 'statuses'>, state: Pick<DeadLetterState, 'countDeadLetters'>): void;
  /** Shows the damage that was found in the log. */
  watchLog(log: Pick<EventLog, 'damageFound'>): void;
}

const quick = [0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];

const states: GroupStatus['state'][] = ['flowing', 'down', 'ramping', 'paused', 'stopped'];

/** One look at the groups sets all of these: with many parked keys a look costs something. */
function watchGroups(registry: Registry, dispatcher: Pick<Dispatcher, 'statuses'>, wallTime: () => number): void {
  const gauge = (name: string, help: string, valueOf: (status: GroupStatus) => number) => ({
    gauge: new Gauge({ name, help, labelNames: ['group'] as const, registers: [registry] }),
    valueOf,
  });
  const state = new Gauge({
    ...{ name: 'bus_group_state', help: '1 for the state that the group is in', registers: [registry] },
    labelNames: ['group', 'state'] as const,
    // It is registered first, so the others are read after this.
    collect() {
      for (const one of [state, ...gauges.map((other) => other.gauge)]) one.reset();
      for (const status of dispatcher.statuses()) {
        const { group } = status;
        for (const name of states) state.set({ group, state: name }, name === status.state ? 1 : 0);
        for (const one of gauges) one.gauge.set({ group }, one.valueOf(status));
      }
    },
  });
  const gauges = [
    gauge('bus_lag_events', 'Events between the head of the log and the cursor', ({ lag }) => lag.events),
    gauge('bus_lag_seconds', 'Age of the oldest event that is not done, but for parked ones', ({ lag }) => lag.seconds),
    gauge('bus_in_flight', 'POSTs under way', ({ inFlight }) => inFlight),
    gauge('bus_allowed_in_flight', 'Events that may be under way at once', ({ allowedInFlight }) => allowedInFlight),
    gauge('bus_parked_keys', 'Keys that wait because an event of theirs failed', ({ parked }) => parked.keys),
    gauge('bus_oldest_parked_seconds', 'Since when the key waits that was parked first', ({ parked }) =>
      parked.oldest ? Math.max(0, (wallTime() - Date.parse(parked.oldest.since)) / 1000) : 0,
    ),
  ];
}

/**
 * @param times ms since 1970, when they are asked for: the clock's, and the time by which events are stored
 */
export function createBusMetrics(
  registry: Registry,
  { wallTime, logTime }: { wallTime: () => number; logTime: () => number },
): BusMetrics {
  const registers = [registry];
  const ofGroup = { labelNames: ['group'] as const, registers };
  const commitSize = createHistogram({
    ...{ name: 'bus_commit_events', help: 'New events in one commit of the log', labelNames: [], registry },
    buckets: [1, 3, 10, 30, 100, 300, 1000],
  });
  const commitTime = createHistogram({
    ...{ name: 'bus_commit_seconds', help: 'Time of one commit of the log, with its fsync', labelNames: [], registry },
    buckets: quick,
  });
  const pushTime = createHistogram({
    name: 'bus_push_seconds',
    help: 'Time from the start of a POST to a subscriber until its answer',
    labelNames: ['group', 'outcome'],
    buckets: quick,
    registry,
  });
  const delivered = createHistogram({
    ...{ name: 'bus_delivery_seconds', help: 'Time from storing an event until a subscriber has it', registry },
    labelNames: ['group'],
    buckets: [...quick, 30, 100, 300, 1000, 3600],
  });
  const pushedEvents = new Counter({
    name: 'bus_push_events_total',
    help: 'Events of POSTs to a subscriber, by what came of the POST',
    labelNames: ['group', 'outcome'] as const,
    registers,
  });
  const duplicates = new Counter({
    ...{ name: 'bus_duplicate_events_total', help: 'Published events that were stored before', registers },
  });
  const deadLetters = new Counter({ name: 'bus_dead_letters_total', help: 'Events given up', ...ofGroup });

  return {
    onCommit({ events, duplicates: again, seconds }) {
      commitSize.observe({}, events);
      commitTime.observe({}, seconds);
      if (again > 0) duplicates.inc(again);
    },
    observer: {
      pushed({ group, events, outcome, seconds }) {
        const labels = { group, outcome: outcome.kind };
        pushTime.observe(labels, seconds);
        pushedEvents.inc(labels, events.length);
        if (outcome.kind !== 'done') return;
        const now = logTime();
        delivered.observe({ group }, ...events.map(({ storedAt }) => Math.max(0, now - storedAt) / 1000));
      },
      gaveUp: (group) => deadLetters.inc({ group }),
      changed: () => undefined,
    },
    watchLog(log) {
      new Gauge({
        ...{ name: 'bus_log_damage', help: 'Damage found in the log since the start; /healthz names it', registers },
        collect() {
          this.set(log.damageFound().length);
        },
      });
    },
    watch(dispatcher, state) {
      watchGroups(registry, dispatcher, wallTime);
      new Gauge({
        ...{ name: 'bus_dead_letters_waiting', help: 'Dead letters that nobody has dealt with', ...ofGroup },
        async collect() {
          const names = dispatcher.statuses().map(({ group }) => group);
          const counts = await Promise.all(names.map((group) => state.countDeadLetters(group)));
          this.reset();
          names.forEach((group, index) => this.set({ group }, counts[index] ?? 0));
        },
      });
    },
  };
}
