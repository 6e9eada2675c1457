import type { Answer } from '../../src/delivery/outcome';
import type { Push, Sender } from '../../src/delivery/send';
import type { StoredEvent } from '../../src/log/event-log';
import type { SeededRandom } from './seeded-random';
import type { VirtualTime } from './virtual-time';

/** How an endpoint behaves at present. */
export interface Behaviour {
  /** `refusing`: no connection. `hanging`: takes requests and never answers. */
  state: 'up' | 'refusing' | 'hanging';
  /** Time to and from it, ms, at most. */
  latencyMs: number;
  /** Parts of the pushes that meet each fate; the rest is handled and answered with 200. */
  failing: number;
  breaking: number;
  losingAnswers: number;
  busy: number;
}

export const wellBehaved: Behaviour = {
  ...{ state: 'up', latencyMs: 5 },
  ...{ failing: 0, breaking: 0, losingAnswers: 0, busy: 0 },
};

/** What one group's subscriber does, behind all of its endpoints. */
export interface Subscriber {
  behaviours: Map<string, Behaviour>;
  /** What it answers to an event whatever else it does: a poisonous one. */
  refusal: (event: StoredEvent) => number | undefined;
  pushes: { at: number; url: string; sequences: number[] }[];
}

export interface Watcher {
  /**
   * The bus sends a push, with so much time for its answer. Call what it gives when a 2xx is on its way, with the time
   * at which that will lie in the bus's socket.
   */
  sent(events: readonly StoredEvent[], timing: { now: number; timeoutMs: number }): (arrivesAt: number) => void;
  /** One push: it may hold several events of a key, in order. */
  received(events: readonly StoredEvent[]): void;
  handled(event: StoredEvent): void;
  /** A push of it alone was refused, failed or broke the connection. */
  refused(event: StoredEvent): void;
}

const never = new Promise<Answer>(() => undefined);

/** The network between one life of the bus and a subscriber. */
export function createSimulatedSender(
  subscriber: Subscriber,
  {
    time,
    random,
    isAlive,
    watcher,
    timeoutMs,
  }: { time: VirtualTime; random: SeededRandom; isAlive: () => boolean; watcher: Watcher; timeoutMs: number },
): Sender {
  function statusOf(push: Push, behaviour: Behaviour): number {
    if (random.chance(behaviour.busy)) return random.pick([429, 503]);
    if (random.chance(behaviour.failing)) return 500;
    const refusals = push.events.map(subscriber.refusal).filter((status) => status !== undefined);
    return refusals[0] ?? 200;
  }

  /** The connection breaks: for all that the bus knows, the event has killed the subscriber. */
  function broken(reason: string, { events }: Push): Answer {
    if (events.length === 1) events.forEach(watcher.refused);
    return { kind: 'broken', reason };
  }

  /** The request has arrived. Gives what goes back, or undefined for silence. */
  function handle(push: Push): Answer | undefined {
    const behaviour = subscriber.behaviours.get(push.url) ?? wellBehaved;
    if (behaviour.state === 'hanging') return undefined;
    if (random.chance(behaviour.breaking)) return broken('reset', push);
    const status = statusOf(push, behaviour);
    watcher.received(push.events);
    for (const event of push.events) {
      if (status === 200) watcher.handled(event);
      if (status >= 400 && ![429, 503].includes(status) && push.events.length === 1) watcher.refused(event);
    }
    if (random.chance(behaviour.losingAnswers)) return broken('reset after handling', push);
    const retryAfter = status === 503 || status === 429 ? { retryAfter: String(random.between(0, 3)) } : {};
    return { kind: 'answered', status, ...retryAfter };
  }

  return {
    send(push) {
      if (!isAlive()) return { answer: never, isWritten: () => false, abort: () => undefined };
      const { state, latencyMs } = subscriber.behaviours.get(push.url) ?? wellBehaved;
      const latency = (): number => 0.1 + random.next() * latencyMs;
      let give: (answer: Answer) => void = () => undefined;
      const answer = new Promise<Answer>((resolve) => (give = (value) => isAlive() && resolve(value)));
      const now = time.clock.now();
      subscriber.pushes.push({ at: now, url: push.url, sequences: push.events.map((e) => e.sequence) });
      const acknowledged = watcher.sent(push.events, { now, timeoutMs });
      if (state === 'refusing') time.after(latency(), () => give({ kind: 'unreachable', reason: 'refused' }));
      else {
        time.after(latency(), () => {
          const back = handle(push);
          if (!back) return;
          const ms = latency();
          if (back.kind === 'answered' && back.status === 200) acknowledged(time.clock.now() + ms);
          time.after(ms, () => give(back));
        });
      }
      return {
        answer,
        isWritten: () => state !== 'refusing',
        abort: (reason) => give({ kind: 'broken', reason }),
      };
    },
    knock(url) {
      const { state, latencyMs } = subscriber.behaviours.get(url) ?? wellBehaved;
      let give: (answer: Answer) => void = () => undefined;
      const answer = new Promise<Answer>((resolve) => (give = (value) => isAlive() && resolve(value)));
      const ms = 2 * (0.1 + random.next() * latencyMs);
      if (state === 'refusing') time.after(ms, () => give({ kind: 'unreachable', reason: 'refused' }));
      if (state === 'up') time.after(ms, () => give({ kind: 'answered', status: 404 }));
      return { answer, isWritten: () => state !== 'refusing', abort: (reason) => give({ kind: 'broken', reason }) };
    },
    close: () => undefined,
  };
}
