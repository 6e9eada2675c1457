import type { StoredEvent } from '../log/event-log';
import type { Clock } from './clock';
import type { Endpoint, Endpoints } from './endpoints';
import type { Failure } from './evidence';
import type { Lanes } from './lanes';
import type { DeliveryObserver } from './observer';
import { type Answer, type Outcome, outcomeOf } from './outcome';
import type { Pace } from './pace';
import type { Run } from './runs';
import type { Push, Send, SentPush } from './send';
import type { Settle } from './settle';
import type { Subscription } from './subscription';

export interface DeliverDeps {
  group: string;
  subscription: Subscription;
  lanes: Lanes;
  pace: Pace;
  endpoints: Endpoints;
  settle: Settle;
  send: Send;
  clock: Clock;
  observer: DeliveryObserver;
  /** Whether an endpoint that has just broken a connection keeps no new one open. */
  isGone: (endpoint: Endpoint) => Promise<boolean>;
  /** Whether the group may send: it may have been paused or stopped since the run began. */
  isActive: () => boolean;
  /** The subscriber answered 410: it wants no more. */
  onGone: (reason: string) => Promise<void>;
  /** No endpoint can be reached. */
  onUnreachable: (reason: string) => void;
}

/** One POST that is not answered yet. */
export interface InFlight {
  push: Push;
  /** ms since 1970. */
  startedAt: number;
}

export interface Deliver {
  /** Sends events of lanes that are busy for it, and takes in what comes of it. */
  deliver(events: readonly StoredEvent[], run: Run): Promise<void>;
  inFlight(): Iterable<InFlight>;
  /** Gives up what is in flight; its events are sent again after the next start. */
  abort(): void;
  /** Gives up what is in flight of a key: nothing comes of it, neither done nor failed. */
  callOff(key: string): void;
  /** Whether the newest answer was a broken connection. */
  lastBroke(): boolean;
}

export function createDeliver(deps: DeliverDeps): Deliver {
  const { group, subscription, lanes, pace, endpoints, settle, send, clock, observer } = deps;
  const inFlight = new Map<SentPush, InFlight>();
  const calledOff = new Set<SentPush>();
  const form = subscription.batch > 1 ? 'array' : 'single';
  let aborted = false;
  let lastBroke = false;

  function failedTries(key: string): number {
    const lane = lanes.get(key);
    return lane.parked?.attempts ?? lane.attempts;
  }

  /** Gives nothing if the push was called off. */
  async function answerOf(push: Push, endpoint: Endpoint): Promise<Answer | undefined> {
    const sent = send(push);
    endpoint.inFlight += 1;
    inFlight.set(sent, { push, startedAt: clock.wallTime() });
    const answer = await sent.answer;
    endpoint.inFlight -= 1;
    inFlight.delete(sent);
    return calledOff.delete(sent) ? undefined : answer;
  }

  /** Sends one POST. Gives nothing if it was called off. */
  async function push(events: readonly StoredEvent[], run: Run): Promise<Outcome | undefined> {
    const endpoint = run.endpoint ?? endpoints.choose();
    const attempt = 1 + Math.max(...events.map(({ key }) => failedTries(key)));
    const { url } = endpoint;
    const started = clock.now();
    run.pushedAt = started;
    run.push = { events, at: started };
    const answer = await answerOf({ url, events, form, attempt }, endpoint);
    run.push = undefined;
    if (!answer) return undefined;
    const outcome = outcomeOf(answer, subscription.ack, clock.wallTime());
    if (aborted) return outcome;
    lastBroke = outcome.kind === 'broken';
    endpoints.note(
      endpoint,
      outcome,
      events.map(({ key }) => key),
    );
    observer.pushed({ group, url, events, attempt, answer, outcome, seconds: (clock.now() - started) / 1000 });
    if (outcome.kind === 'fault') pace.refused();
    return outcome;
  }

  /** Finds the event at fault by halves, so that the others are done. */
  async function split(events: readonly StoredEvent[], failure: Failure, run: Run): Promise<void> {
    if (failure.suspect === 'subscriber') {
      for (const key of new Set(events.map((event) => event.key))) settle.count(key, failure, run);
      if (pace.mode() === 'down') run.halted = true;
    }
    const middle = Math.ceil(events.length / 2);
    for (const half of [events.slice(0, middle), events.slice(middle)]) {
      // Who is taken for dead gets probes only, and none while it asks for a rest.
      const isProbe = run.probe && !pace.isHeld(clock.now());
      if (pace.mode() === 'down' && !isProbe) run.halted = true;
      const rest = half.filter(({ key }) => !run.failedKeys.has(key));
      if (rest.length > 0 && !run.halted) await deliver(rest, run);
    }
  }

  /** Each event of the push may be the one that broke the connection: each is tried by itself later. */
  async function failAll(events: readonly StoredEvent[], failure: Failure, run: Run): Promise<void> {
    for (const event of events) if (!run.failedKeys.has(event.key)) await settle.failed(event, failure, run);
  }

  /** No event of the push is sent again before the time that the answer asks for, and a probe has its answer. */
  async function waitAsAsked(events: readonly StoredEvent[], failure: Failure, run: Run): Promise<void> {
    await failAll(events, failure, run);
    if (pace.mode() === 'down') run.halted = true;
  }

  async function takeIn(events: readonly StoredEvent[], outcome: Outcome, run: Run): Promise<void> {
    switch (outcome.kind) {
      case 'done':
        return settle.done(events);
      case 'unreachable':
        run.endpoint = undefined;
        if (endpoints.anyHealthy()) return deliver(events, run);
        run.halted = true;
        return deps.onUnreachable(outcome.reason);
      case 'gone':
        run.halted = true;
        return deps.onGone(outcome.reason);
      case 'broken':
        for (const { key, sequence } of events) lanes.get(key).singlyUpTo = sequence;
        if (run.endpoint && (run.isAlone || run.isBesideSlow)) run.wasGoneAfter = await deps.isGone(run.endpoint);
        return failAll(events, outcome, run);
      case 'retry':
        if (outcome.retryAfterMs > 0) return waitAsAsked(events, outcome, run);
        return events.length > 1 ? split(events, outcome, run) : failAll(events, outcome, run);
      case 'fault':
        return events.length > 1 ? split(events, outcome, run) : failAll(events, outcome, run);
    }
  }

  async function deliver(events: readonly StoredEvent[], run: Run): Promise<void> {
    if (!deps.isActive()) run.halted = true;
    if (run.halted) return;
    const outcome = await push(events, run);
    if (!outcome || (aborted && outcome.kind !== 'done')) run.halted = true;
    if (outcome && !run.halted) await takeIn(events, outcome, run);
  }

  return {
    deliver,
    inFlight: () => inFlight.values(),
    abort() {
      aborted = true;
      for (const sent of inFlight.keys()) sent.abort('the bus stops');
    },
    callOff(key) {
      for (const [sent, { push }] of inFlight) {
        if (!push.events.some((event) => event.key === key)) continue;
        calledOff.add(sent);
        sent.abort('called off');
      }
    },
    lastBroke: () => lastBroke,
  };
}
