import type { StoredEvent } from '../log/event-log';
import type { Backoff } from './backoff';
import type { Clock, Random } from './clock';
import type { DeliveryState } from './delivery-state';
import type { Endpoint, Endpoints } from './endpoints';
import { afterDone, afterFailure, type DeadLetter, type Failure, type ParkedLane } from './lane';
import type { Lanes } from './lanes';
import { type Answer, type Outcome, outcomeOf } from './outcome';
import type { Pace } from './pace';
import type { Push, Send, SentPush } from './send';
import type { Subscription } from './subscription';

/** One POST, when its answer is there. */
export interface Pushed {
  group: string;
  url: string;
  events: readonly StoredEvent[];
  /** 1 for the first try of these events. */
  attempt: number;
  answer: Answer;
  outcome: Outcome;
  seconds: number;
}

/** What happens in the delivery, for whoever counts or shows it. */
export interface DeliveryObserver {
  pushed(push: Pushed): void;
  gaveUp(group: string, letter: DeadLetter): void;
}

/** One go at some events: they may be sent in several POSTs, one after the other. */
export interface Run {
  probe: boolean;
  /** Keys of which an event failed: their later events must not be sent in this run. */
  failedKeys: Set<string>;
  /** The rest of the run is called off; what was not sent stays at the head of its lane. */
  halted: boolean;
}

export interface DeliverDeps {
  group: string;
  subscription: Subscription;
  lanes: Lanes;
  pace: Pace;
  endpoints: Endpoints;
  state: DeliveryState;
  send: Send;
  clock: Clock;
  random: Random;
  laneBackoff: Backoff;
  observer: DeliveryObserver;
  /** The subscriber answered 410: it wants no more. */
  onGone: (reason: string) => Promise<void>;
  onProgress: () => void;
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
}

/**
 * While the subscriber is taken for dead, its group waits in order, and no event is parked before it has failed so
 * often. In the end it is: what looks like a dead subscriber may be a window full of poisonous events.
 */
const triesWhileDead = { event: 2, subscriber: 8 };

export function createDeliver(deps: DeliverDeps): Deliver {
  const { group, subscription, lanes, pace, endpoints, state, send, clock, random, observer } = deps;
  const inFlight = new Map<SentPush, InFlight>();
  const form = subscription.batch > 1 ? 'array' : 'single';
  let aborted = false;

  function failedTries(key: string): number {
    const lane = lanes.get(key);
    return lane.parked?.attempts ?? lane.attempts;
  }

  async function answerOf(push: Push, endpoint: Endpoint): Promise<Answer> {
    const sent = send(push);
    endpoint.inFlight += 1;
    inFlight.set(sent, { push, startedAt: clock.wallTime() });
    const answer = await sent.answer;
    endpoint.inFlight -= 1;
    inFlight.delete(sent);
    return answer;
  }

  async function push(events: readonly StoredEvent[]): Promise<Outcome> {
    const endpoint = endpoints.choose();
    const attempt = 1 + Math.max(...events.map(({ key }) => failedTries(key)));
    const { url } = endpoint;
    const started = clock.now();
    const answer = await answerOf({ url, events, form, attempt }, endpoint);
    const outcome = outcomeOf(answer, subscription.ack, clock.wallTime());
    if (aborted) return outcome;
    endpoints.note(
      endpoint,
      outcome,
      events.map(({ key }) => key),
    );
    observer.pushed({ group, url, events, attempt, answer, outcome, seconds: (clock.now() - started) / 1000 });
    return outcome;
  }

  async function settle(events: readonly StoredEvent[]): Promise<void> {
    let letter: number | undefined;
    for (const event of events) {
      const lane = lanes.get(event.key);
      if (lane.parked?.redelivering === event.sequence) letter = event.sequence;
      if (lane.parked) lane.parked = afterDone(lane.parked, event.sequence, clock.wallTime());
      else lanes.settleFirst(lane);
      pace.done();
    }
    // A push holds events of flowing lanes, or of one parked lane.
    const parked = events.map(({ key }) => lanes.get(key).parked).at(-1);
    if (parked && letter !== undefined) {
      await state.redelivered(group, letter, parked);
      lanes.get(parked.key).parked = await withNextLetter(parked);
    } else if (parked) await state.saveLane(group, parked);
    deps.onProgress();
  }

  async function withNextLetter(lane: ParkedLane): Promise<ParkedLane> {
    const redelivering = await state.nextQueued(group, lane.key);
    return redelivering === undefined ? lane : { ...lane, redelivering };
  }

  async function failed(event: StoredEvent, failure: Failure, run: Run): Promise<void> {
    const lane = lanes.get(event.key);
    run.failedKeys.add(event.key);
    if (failure.kind === 'fault') pace.refused();
    if (!lane.parked) pace.failed(event.key, failure.reason, clock.now(), random());
    const subscriberIsDead = pace.mode() === 'down';
    if (subscriberIsDead && !lane.parked && lane.attempts + 1 < triesWhileDead[failure.suspect]) {
      lane.attempts += 1;
      return;
    }
    const wallTime = clock.wallTime();
    const after = afterFailure(
      {
        event,
        failure,
        parked: lane.parked,
        attemptsBefore: lane.attempts,
        subscriberIsDead,
        wallTime,
        random: random(),
      },
      { ...subscription, backoff: deps.laneBackoff },
    );
    // First the disk, then the window: the cursor passes an event only once what became of it is stored.
    if (after.deadLetter) await state.giveUp(group, after.deadLetter, after.lane);
    else await state.saveLane(group, after.lane);
    const parked = after.deadLetter ? await withNextLetter(after.lane) : after.lane;
    lanes.park(lane, parked, clock.now() + after.waitMs);
    if (after.deadLetter) observer.gaveUp(group, after.deadLetter);
    deps.onProgress();
  }

  /** Finds the event at fault by halves, so that the others are done. */
  async function split(events: readonly StoredEvent[], failure: Failure, run: Run): Promise<void> {
    if (failure.suspect === 'subscriber') {
      const flowing = new Set(events.map(({ key }) => key).filter((key) => !lanes.get(key).parked));
      for (const key of flowing) pace.failed(key, failure.reason, clock.now(), random());
      if (pace.mode() === 'down') run.halted = true;
    }
    const middle = Math.ceil(events.length / 2);
    for (const half of [events.slice(0, middle), events.slice(middle)]) {
      const rest = half.filter(({ key }) => !run.failedKeys.has(key));
      if (rest.length > 0 && !run.halted) await deliver(rest, run);
    }
  }

  async function deliver(events: readonly StoredEvent[], run: Run): Promise<void> {
    const outcome = await push(events);
    if (outcome.kind === 'done') return settle(events);
    if (aborted) run.halted = true;
    if (run.halted) return;
    const [first] = events;
    switch (outcome.kind) {
      case 'unreachable':
        if (endpoints.anyHealthy()) return deliver(events, run);
        run.halted = true;
        return pace.unreachable(outcome.reason, clock.now(), random());
      case 'gone':
        run.halted = true;
        return deps.onGone(outcome.reason);
      case 'retry':
      case 'fault':
        if (events.length > 1) return split(events, outcome, run);
        return first && failed(first, outcome, run);
    }
  }

  return {
    deliver,
    inFlight: () => inFlight.values(),
    abort() {
      aborted = true;
      for (const sent of inFlight.keys()) sent.abort('the bus stops');
    },
  };
}
