import type { Answer } from '../../src/delivery/outcome';
import type { StoredEvent } from '../../src/log/event-log';
import type { SeededRandom } from './seeded-random';
import type { VirtualTime } from './virtual-time';

/** How an endpoint behaves at present. */
export interface Behaviour {
  /** `refusing`: no connection. `hanging`: takes requests and never answers. */
  state: 'up' | 'refusing' | 'hanging';
  /** Time to and from it, ms, at most. */
  latencyMs: number;
  /** Shares of the pushes that meet each fate; the rest is handled and answered with 200. */
  failing: number;
  breaking: number;
  losingAnswers: number;
  busy: number;
  /** Share of the pushes whose handling takes up to `slowMs`. */
  slow: number;
  slowMs: number;
  /** What a busy answer asks for: a few seconds, or any header that a server may send. */
  retryAfter: 'seconds' | 'any';
}

export const wellBehaved: Behaviour = {
  state: 'up',
  latencyMs: 5,
  failing: 0,
  breaking: 0,
  losingAnswers: 0,
  busy: 0,
  slow: 0,
  slowMs: 0,
  retryAfter: 'seconds',
};

/** What one event does to its subscriber, whatever else that does. */
export type Fate =
  /** It is never answered. */
  | 'hangs'
  /** The process dies of it, before it has handled it. */
  | 'kills';

/** What a connection meets while the process behind it is away. */
export type Front = 'nothing' | 'breaks' | 'breaks requests' | 'answers 502';

/** The process behind one endpoint. A request that it holds breaks when the process dies. */
export interface SubscriberProcess {
  isUp: boolean;
  /** When it was seen alive last; the present time while it is up. */
  lastAliveAt: () => number;
  requests: Set<(reason: string) => void>;
  die: () => void;
  start: () => void;
}

/** What one group's subscriber does, behind all of its endpoints. */
export interface Subscriber {
  behaviours: Map<string, Behaviour>;
  processes: Map<string, SubscriberProcess>;
  front: Front;
  /** How long a supervisor takes to start a process that has died, ms. */
  startMs: () => number;
  /** What it answers to an event whatever else it does: one that it refuses. */
  refusal: (event: StoredEvent) => number | undefined;
  fate: (event: StoredEvent) => Fate | undefined;
  /** What it answers to a push in place of anything else. */
  answer: () => { status: number; retryAfter?: string } | undefined;
  pushes: { at: number; url: string; sequences: number[] }[];
  knocks: { at: number; url: string }[];
}

export function createProcess(now: () => number): SubscriberProcess {
  let diedAt = 0;
  const process: SubscriberProcess = {
    isUp: true,
    lastAliveAt: () => (process.isUp ? now() : diedAt),
    requests: new Set(),
    die() {
      if (!process.isUp) return;
      process.isUp = false;
      diedAt = now();
      const held = [...process.requests];
      process.requests.clear();
      for (const lose of held) lose('the process died');
    },
    start: () => void (process.isUp = true),
  };
  return process;
}

export function createSubscriber(
  urls: readonly string[],
  now: () => number,
  given: Partial<Pick<Subscriber, 'front' | 'startMs' | 'refusal' | 'fate' | 'answer'>> = {},
): Subscriber {
  return {
    behaviours: new Map(urls.map((url) => [url, wellBehaved])),
    processes: new Map(urls.map((url) => [url, createProcess(now)])),
    front: 'nothing',
    startMs: () => 1_000,
    refusal: () => undefined,
    fate: () => undefined,
    answer: () => undefined,
    pushes: [],
    knocks: [],
    ...given,
  };
}

/** Its process dies, and is back after a time. */
export function crash({ processes }: Subscriber, url: string, awayMs: number, time: Pick<VirtualTime, 'after'>): void {
  const process = processes.get(url);
  if (!process?.isUp) return;
  process.die();
  time.after(awayMs, process.start);
}

/** What is met in place of a process that is away; undefined if nothing listens. */
export function answerOfFront(front: Front): Answer | undefined {
  if (front === 'breaks' || front === 'breaks requests')
    return { kind: 'broken', reason: 'the front closed the connection' };
  return front === 'answers 502' ? { kind: 'answered', status: 502 } : undefined;
}

/** A wish to be left alone: the header, and until when the wall clock must have come, ms since 1970. */
export interface Asked {
  retryAfter: string;
  until: number;
}

const secondsOf = (seconds: number, wallTime: number): Asked => ({
  retryAfter: String(seconds),
  until: wallTime + seconds * 1_000,
});

function dateOf(inMs: number, wallTime: number): Asked {
  const until = Math.floor((wallTime + inMs) / 1_000) * 1_000;
  return { retryAfter: new Date(until).toUTCString(), until };
}

/** What a header asks for that a story has made up. */
export function readAsked(retryAfter: string, wallTime: number): Asked {
  if (/^\d+$/.test(retryAfter)) return secondsOf(Number(retryAfter), wallTime);
  const until = / GMT$/.test(retryAfter) ? Date.parse(retryAfter) : 0;
  return { retryAfter, until };
}

/** The `Retry-After` of a busy answer, if it has one. */
export function retryAfterOf({ retryAfter }: Behaviour, random: SeededRandom, wallTime: number): Asked | undefined {
  if (retryAfter === 'seconds') return secondsOf(random.between(0, 3), wallTime);
  const kind = random.pick(['none', 'seconds', 'long', 'date', 'nonsense']);
  if (kind === 'none') return undefined;
  if (kind === 'seconds') return secondsOf(random.between(0, 90), wallTime);
  if (kind === 'long') return secondsOf(random.pick([120, 300, 86_400]), wallTime);
  if (kind === 'date') return dateOf(random.between(-20_000, 400_000), wallTime);
  return { retryAfter: random.pick(['soon', '-5', '1.5', '', 'Thu, 01 Jan']), until: 0 };
}
