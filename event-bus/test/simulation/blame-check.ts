import type { StoredEvent } from '../../src/log/event-log';
import type { GroupBook } from './book';
import type { Ending, SeenPush } from './network';

/** What one event did, as the subscriber and the network saw it. */
interface Evidence {
  /** Answers to it alone that refused it. */
  refusals: number;
  /** Answers to it alone that failed otherwise. */
  errors: number;
  /** Connections that broke when nothing else was in flight and a knock had been answered. */
  deaths: number;
  /** How often the process died of it. */
  kills: number;
  /** Whether other pushes were in flight when it broke a connection. */
  hasCompany: boolean;
  /** Tries of it that ended in any other way: after each one it may kill twice more before it is suspected again. */
  excuses: number;
}

/** A push that breaks counts as a death of the process if that was alive so shortly before it was sent, ms. */
const aliveMs = 2_000;
/** A kill behind a proxy shows only if the process did something so shortly before, ms. */
const wellMs = 1_000;
/** A push that has been in flight for so long does not keep another one from being alone, ms. */
const slowMs = 1_000;
/** So many times as many errors as refusals are needed to give an event up. */
const errorsPerAttempt = 4;

/** An event that always has others in flight beside it may kill so often before it is told from them. */
const killsInCompany = 6;

export interface BlameCheck {
  /** One life of the bus, or of its group, begins. */
  watch(): BlameWatch;
  /** `isHidden`: a proxy hides that the process is away, so that it must have done something since it died last. */
  killed(event: StoredEvent, at: { url: string; isHidden: boolean }): void;
  /** An endpoint has done something. */
  acknowledged(push: SeenPush): void;
  gaveUp(sequence: number): void;
  /** An operator gives the event up. */
  skipped(sequence: number): void;
  /** An operator wants events again: whatever they did is forgotten. */
  forgive(): void;
  /** The bus may have forgotten so many of its last transitions. */
  mayHaveForgotten(transitions: number): void;
}

export interface BlameWatch {
  sent(push: SeenPush): void;
  ended(push: SeenPush, ending: Ending): void;
  knocked(): void;
}

/**
 * An event is given up only after enough evidence against itself: no other event's deeds count, nor a subscriber that
 * is away. And one that kills the subscriber is given up after `maxAttempts` deaths that it caused alone.
 */
export function createBlameCheck(book: GroupBook, now: () => number, fault: (text: string) => void): BlameCheck {
  const { name, settings } = book;
  const all = new Map<number, Evidence>();
  const skipped = new Set<number>();
  let lives = 0;
  let wishes = 0;
  const wellAt = new Map<string, number>();

  function of(sequence: number): Evidence {
    let evidence = all.get(sequence);
    if (!evidence)
      all.set(sequence, (evidence = { refusals: 0, errors: 0, deaths: 0, kills: 0, hasCompany: false, excuses: 0 }));
    return evidence;
  }

  function answered(status: number, events: readonly StoredEvent[]): void {
    for (const { sequence } of events) {
      of(sequence).excuses += 1;
      if (events.length > 1) continue;
      if (status >= 400 && status < 500 && status !== 429) of(sequence).refusals += 1;
      else of(sequence).errors += 1;
    }
  }

  return {
    watch() {
      lives += 1;
      const inFlight = new Set<SeenPush>();
      const alone = new Set<SeenPush>();
      const inCompany = new Set<SeenPush>();
      let hasKnocked = false;
      return {
        sent(push) {
          for (const other of alone) if (now() - other.sentAt < slowMs) alone.delete(other);
          const isAlone = ![...inFlight].some(({ sentAt }) => now() - sentAt < slowMs);
          if (isAlone && hasKnocked && push.events.length === 1) alone.add(push);
          if (inFlight.size > 0) inCompany.add(push);
          inFlight.add(push);
        },
        ended(push, { answer, lastAliveAt }) {
          inFlight.delete(push);
          const wasAlone = alone.delete(push);
          const hadCompany = inCompany.delete(push);
          if (answer !== 'gave up' && answer.kind === 'answered') return answered(answer.status, push.events);
          const isBroken = answer !== 'gave up' && answer.kind === 'broken';
          if (!isBroken) return push.events.forEach(({ sequence }) => (of(sequence).excuses += 1));
          hasKnocked = false;
          const [event] = push.events;
          if (event && hadCompany) of(event.sequence).hasCompany = true;
          if (event && wasAlone && push.sentAt - lastAliveAt < aliveMs) of(event.sequence).deaths += 1;
        },
        knocked: () => void (hasKnocked = true),
      };
    },
    acknowledged: ({ url }) => void wellAt.set(url, now()),
    killed({ sequence }, { url, isHidden }) {
      const evidence = of(sequence);
      if (!isHidden || (wellAt.get(url) ?? -Infinity) > now() - wellMs) evidence.kills += 1;
      wellAt.delete(url);
      const ambiguous = evidence.hasCompany ? killsInCompany : 0;
      const most = ambiguous + 2 * evidence.excuses + lives + (1 + wishes) * (2 + settings.mostAttempts());
      if (evidence.kills > most) fault(`${name} is killed by ${sequence} for the ${evidence.kills}th time`);
    },
    gaveUp(sequence) {
      const needed = settings.fewestAttempts();
      const { refusals, errors, deaths } = of(sequence);
      const isEnough = refusals >= needed || deaths >= needed || errors >= needed * errorsPerAttempt;
      if (isEnough || skipped.has(sequence)) return;
      fault(
        `${name} gave up ${sequence} after ${refusals} refusals, ${deaths} deaths, ${errors} errors, not ${needed}`,
      );
    },
    skipped: (sequence) => void skipped.add(sequence),
    forgive: () => void (wishes += 1),
    mayHaveForgotten: (transitions) => void (lives += transitions),
  };
}
