import type { DeliveryObserver, Pushed } from '../delivery/observer';
import type { Answer, Outcome } from '../delivery/outcome';

/** One try of an event, as shown. Times are ISO 8601. */
export interface Attempt {
  /** 1 for the first try of the event; of a POST of several events, the tries of the one that was tried most. */
  attempt: number;
  endpoint: string;
  startedAt: string;
  ms: number;
  outcome: Outcome['kind'];
  /** The status that was answered; null where no answer came. */
  status: number | null;
  /** Why it failed; null where it didn't. */
  reason: string | null;
  /** What the subscriber said of its refusal. */
  detail: string | null;
  /** How many events the POST held. */
  events: number;
}

export interface AttemptsOfGroup {
  group: string;
  /** Oldest first. */
  attempts: Attempt[];
}

/** What is remembered, for people who miss something. */
export interface AttemptsKept {
  /** Nothing from before this time is remembered: the bus started then. */
  since: string;
  /** So many of the newest successful tries, and as many failed ones, whatever they are of. */
  most: number;
  /** Of one event and group so many are shown. */
  perEvent: number;
}

export interface Attempts {
  /** Remembers what it is told. */
  observer: DeliveryObserver;
  /** The remembered tries of some events, by their sequence. */
  of(sequences: readonly number[]): Map<number, AttemptsOfGroup[]>;
  /** Forgets what was answered in words when these events were sent. */
  forgetWords(sequences: readonly number[]): void;
  kept: AttemptsKept;
}

interface Remembered {
  group: string;
  url: string;
  attempt: number;
  sequences: number[];
  startedAt: number;
  ms: number;
  answer: Answer;
  outcome: Outcome;
}

const shownPerEvent = 20;

/**
 * The newest POSTs, until they hold more than so many events. To remember one costs a place in a list: whoever asks
 * for an event, which is rare, looks through all of it.
 */
function createMemory(mostEvents: number) {
  let posts: Remembered[] = [];
  /** Posts before this index are forgotten. */
  let first = 0;
  let events = 0;
  return {
    add(post: Remembered): void {
      posts.push(post);
      events += post.sequences.length;
      for (let oldest = posts[first]; events > mostEvents && oldest && oldest !== post; oldest = posts[first]) {
        events -= oldest.sequences.length;
        first += 1;
      }
      // Cut rarely, so that each one costs constant time.
      if (first > mostEvents / 10) {
        posts = posts.slice(first);
        first = 0;
      }
    },
    all: (): Remembered[] => posts.slice(first),
  };
}

function show({ attempt, url, startedAt, ms, answer, outcome, sequences }: Remembered): Attempt {
  return {
    ...{ attempt, endpoint: url, startedAt: new Date(startedAt).toISOString(), ms: Math.round(ms * 10) / 10 },
    outcome: outcome.kind,
    status: answer.kind === 'answered' ? answer.status : null,
    reason: outcome.kind === 'done' ? null : outcome.reason,
    detail: (answer.kind === 'answered' ? answer.detail : undefined) ?? null,
    events: sequences.length,
  };
}

/**
 * The tries of the last while, in memory only: how far each group is outlives the process, how it came there doesn't.
 * Failures are remembered apart, so that they stay longer than what went well.
 */
export function createAttempts({
  wallTime,
  most = 10_000,
}: {
  /** ms since 1970. */
  wallTime: () => number;
  /** Tries of single events. */
  most?: number;
}): Attempts {
  const [done, failed] = [createMemory(most), createMemory(most)];

  function pushed({ group, url, attempt, events, seconds, answer, outcome }: Pushed): void {
    const ms = seconds * 1000;
    const sequences = events.map(({ sequence }) => sequence);
    const post = { group, url, attempt, sequences, startedAt: wallTime() - ms, ms, answer, outcome };
    (outcome.kind === 'done' ? done : failed).add(post);
  }

  return {
    observer: { pushed, gaveUp: () => undefined, changed: () => undefined },
    of(sequences) {
      const found = new Map(sequences.map((sequence) => [sequence, new Map<string, Remembered[]>()]));
      for (const post of [...failed.all(), ...done.all()]) {
        for (const sequence of post.sequences) {
          const groups = found.get(sequence);
          if (groups) groups.set(post.group, [...(groups.get(post.group) ?? []), post]);
        }
      }
      const shown = (posts: Remembered[]): Attempt[] =>
        posts
          .sort((a, b) => a.startedAt - b.startedAt)
          .slice(-shownPerEvent)
          .map(show);
      return new Map(
        [...found].map(([sequence, groups]) => [
          sequence,
          [...groups].map(([group, posts]) => ({ group, attempts: shown(posts) })),
        ]),
      );
    },
    forgetWords(sequences) {
      const meant = new Set(sequences);
      for (const post of failed.all()) {
        if (post.answer.kind !== 'answered' || !post.sequences.some((one) => meant.has(one))) continue;
        post.answer = { ...post.answer };
        delete post.answer.detail;
      }
    },
    kept: { since: new Date(wallTime()).toISOString(), most, perEvent: shownPerEvent },
  };
}
