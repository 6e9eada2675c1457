import type { Answer } from '../../src/delivery/outcome';
import type { Push, SentPush } from '../../src/delivery/send';
import type { StoredEvent } from '../../src/log/event-log';
import type { SeededRandom } from './seeded-random';
import {
  answerOfFront,
  type Asked,
  type Behaviour,
  type Front,
  readAsked,
  retryAfterOf,
  type Subscriber,
  type SubscriberProcess,
  wellBehaved,
} from './subscriber';
import type { VirtualTime } from './virtual-time';

/** One push, as it is seen between the bus and the subscriber. */
export interface SeenPush {
  url: string;
  events: readonly StoredEvent[];
  sentAt: number;
}

/** How a push ended for the bus; `gave up` if the bus waited no longer. */
export interface Ending {
  answer: Answer | 'gave up';
  /** Until when (ms since 1970) the answer asked not to be tried again. */
  asked: Asked | undefined;
  /** When the process behind the endpoint was alive last. */
  lastAliveAt: number;
}

/** Whoever watches what goes over the network between one life of the bus and a subscriber. */
export interface Watcher {
  sent(push: SeenPush): void;
  /** The process has it. */
  received(push: SeenPush): void;
  handled(events: readonly StoredEvent[]): void;
  /** A 2xx is on its way, and lies in the bus's socket at that time. */
  acknowledged(push: SeenPush, arrivesAt: number): void;
  /** The process behind an endpoint died of this event. `isHidden`: a proxy takes connections for it all the same. */
  killed(event: StoredEvent, at: { url: string; isHidden: boolean }): void;
  ended(push: SeenPush, ending: Ending): void;
  knocked(answer: Answer): void;
}

export interface SimulatedSender {
  send: (push: Push) => SentPush;
  knock: (url: string) => SentPush;
  close: () => void;
}

export interface NetworkDeps {
  time: VirtualTime;
  random: SeededRandom;
  isAlive: () => boolean;
  watcher: Watcher;
}

/** So long a connection must stay open to count as an answer to a knock, ms. */
const openMs = 50;

/** A front that reads a request before it looks for the process behind it. */
const keepsOpen = (front: Front): boolean => front === 'breaks requests' || front === 'answers 502';

const never = new Promise<Answer>(() => undefined);

/** One request on its way, until the bus has an answer or gives it up. */
interface Request {
  push: SeenPush;
  answer: Promise<Answer>;
  isOpen: () => boolean;
  give: (answer: Answer, asked?: Asked) => void;
  giveUp: (reason: string) => void;
}

function createRequest(
  push: SeenPush,
  { process, listens }: { process: SubscriberProcess; listens: boolean },
  { isAlive, watcher }: NetworkDeps,
): Request {
  let open = true;
  let resolveWith: (answer: Answer) => void = () => undefined;
  const answer = new Promise<Answer>((resolve) => (resolveWith = resolve));

  function end(seen: Ending['answer'], given: Answer, asked?: Asked): void {
    if (!open || !isAlive()) return;
    open = false;
    watcher.ended(push, { answer: seen, asked, lastAliveAt: process.lastAliveAt() });
    resolveWith(given);
  }

  return {
    push,
    answer,
    isOpen: () => open,
    give: (given, asked) => end(given, given, asked),
    // Without a connection in time nobody is there.
    giveUp: (reason) => end(listens ? 'gave up' : { kind: 'unreachable', reason }, { kind: 'broken', reason }),
  };
}

/** What the subscriber makes of a request that has arrived. */
function createHandling(subscriber: Subscriber, { time, random, watcher }: NetworkDeps) {
  function statusOf(events: readonly StoredEvent[], behaviour: Behaviour): number {
    if (random.chance(behaviour.busy)) return random.pick([429, 503]);
    if (random.chance(behaviour.failing)) return 500;
    return events.map(subscriber.refusal).find((status) => status !== undefined) ?? 200;
  }

  function askedBy(status: number, behaviour: Behaviour): Asked | undefined {
    const isBusy = status === 429 || status === 503;
    return isBusy ? retryAfterOf(behaviour, random, time.clock.wallTime()) : undefined;
  }

  function madeUp({ retryAfter }: { retryAfter?: string }): Asked | undefined {
    return retryAfter === undefined ? undefined : readAsked(retryAfter, time.clock.wallTime());
  }

  function answer({ push, give }: Request, behaviour: Behaviour, latency: () => number): void {
    const given = subscriber.answer();
    const status = given?.status ?? statusOf(push.events, behaviour);
    if (status === 200) watcher.handled(push.events);
    const lost = random.chance(behaviour.losingAnswers);
    const asked = given ? madeUp(given) : askedBy(status, behaviour);
    const ms = latency();
    if (lost) return time.after(ms, () => give({ kind: 'broken', reason: 'reset after handling' }));
    if (status === 200) watcher.acknowledged(push, time.clock.now() + ms);
    const retryAfter = asked ? { retryAfter: asked.retryAfter } : {};
    time.after(ms, () => give({ kind: 'answered', status, ...retryAfter }, asked));
  }

  return (request: Request, process: SubscriberProcess, behaviour: Behaviour, latency: () => number): void => {
    const { push, give } = request;
    if (!process.isUp)
      return give(answerOfFront(subscriber.front) ?? { kind: 'broken', reason: 'the process is away' });
    const lose = (reason: string): void => give({ kind: 'broken', reason });
    process.requests.add(lose);
    const fates = push.events.map(subscriber.fate);
    const deadly = push.events[fates.indexOf('kills')];
    watcher.received(push);
    if (behaviour.state === 'hanging' || fates.includes('hangs')) return;
    if (deadly) {
      watcher.killed(deadly, { url: push.url, isHidden: keepsOpen(subscriber.front) });
      process.die();
      return time.after(subscriber.startMs(), process.start);
    }
    if (random.chance(behaviour.breaking)) return lose('reset');
    const finish = (): void => {
      if (process.requests.delete(lose)) answer(request, behaviour, latency);
    };
    if (random.chance(behaviour.slow)) time.after(random.next() * behaviour.slowMs, finish);
    else finish();
  };
}

/** The network between one life of the bus and a subscriber. */
export function createSimulatedSender(subscriber: Subscriber, deps: NetworkDeps): SimulatedSender {
  const { time, random, isAlive, watcher } = deps;
  const handle = createHandling(subscriber, deps);

  function at(url: string) {
    const process = subscriber.processes.get(url);
    if (!process) throw new Error(`no endpoint ${url}`);
    const behaviour = subscriber.behaviours.get(url) ?? wellBehaved;
    const listens = behaviour.state !== 'refusing' && (process.isUp || subscriber.front !== 'nothing');
    return { process, behaviour, listens, latency: () => 0.1 + random.next() * behaviour.latencyMs };
  }

  return {
    send({ url, events }) {
      if (!isAlive()) return { answer: never, isWritten: () => false, abort: () => undefined };
      const { process, behaviour, listens, latency } = at(url);
      const sentAt = time.clock.now();
      const request = createRequest({ url, events, sentAt }, { process, listens }, deps);
      subscriber.pushes.push({ at: sentAt, url, sequences: events.map(({ sequence }) => sequence) });
      watcher.sent(request.push);
      time.after(latency(), () => {
        if (listens) handle(request, process, behaviour, latency);
        else request.give({ kind: 'unreachable', reason: 'refused' });
      });
      return { answer: request.answer, isWritten: () => listens, abort: request.giveUp };
    },
    knock(url) {
      if (!isAlive()) return { answer: never, isWritten: () => false, abort: () => undefined };
      const { process, listens, latency } = at(url);
      let give: (answer: Answer) => void = () => undefined;
      const answer = new Promise<Answer>((resolve) => (give = resolve));
      const comeBack = (found: Answer): void => {
        if (!isAlive()) return;
        watcher.knocked(found);
        give(found);
      };
      subscriber.knocks.push({ at: time.clock.now(), url });
      // As the real one: who keeps a connection open for a moment is there, be it a process that hangs or a proxy.
      time.after(latency() + latency() + openMs, () => {
        if (!listens) comeBack({ kind: 'unreachable', reason: 'refused' });
        else if (process.isUp || keepsOpen(subscriber.front)) comeBack({ kind: 'answered', status: 200 });
        else comeBack({ kind: 'broken', reason: 'the connection was ended at once' });
      });
      const abort = (reason: string): void => {
        // Without a connection in time nobody is there, whatever comes later.
        if (!listens && isAlive()) watcher.knocked({ kind: 'unreachable', reason });
        give({ kind: 'broken', reason });
      };
      return { answer, isWritten: () => listens, abort };
    },
    close: () => undefined,
  };
}
