import type { DeliveryObserver } from '../delivery/observer';
import { type AttemptsKept, createAttempts } from './attempts';
import { createEventView, type EventView, type EventViewDeps } from './event-view';
import { observersOf } from './observers';
import { createStream, type Stream, type StreamDeps } from './stream';

/** Everything by which people see into the bus, but for the metrics. */
export interface Seen {
  /** Wants to know what happens in the delivery. */
  observer: DeliveryObserver;
  view: EventView;
  attemptsKept: AttemptsKept;
  stream: Stream;
  /** Forgets what subscribers said of these events: it may quote them. */
  forgetWords(sequences: readonly number[]): void;
}

export function createSeen(deps: StreamDeps & Omit<EventViewDeps, 'attempts'>): Seen {
  const attempts = createAttempts({ wallTime: deps.clock.wallTime });
  const stream = createStream(deps);
  return {
    observer: observersOf(attempts.observer, stream.observer),
    view: createEventView({ ...deps, attempts }),
    attemptsKept: attempts.kept,
    stream,
    forgetWords: attempts.forgetWords,
  };
}
