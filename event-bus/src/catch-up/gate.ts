import type { Clock } from '../delivery/clock';
import type { Answer } from '../delivery/outcome';
import type { Sender, SentPush } from '../delivery/send';
import { deferred } from './deferred';
import type { Presence } from './presence';

/**
 * Stands between a group and a subscriber that reads the history itself whenever it starts, and holds back what it would
 * get twice.
 *
 *                   nobody accepts a connection
 *       here ──────────────────────────────────────> away
 *        ^                                            │ it answers
 *        │ it has read the history: forward           v
 *        ├──────────────────────────────────────── back: nothing is pushed, for at most `waitMs`
 *        │ the wait is over: it reads nothing         │
 *        └────────────────────────────────────────────┘
 *
 * Who reads the history while the subscriber is here is somebody else. One that says that it keeps its place is here at
 * once: it reads nothing, and gets everything.
 */
export interface Gate {
  wrap(sender: Sender): Sender;
  /** It is not known any more whether the subscriber is there: nothing goes out until that is told. */
  asking(): void;
  is(presence: Presence): void;
  /** Somebody begins to read the whole history. Undefined if it can't be the subscriber at its start. */
  beginRead(): HistoryRead | undefined;
}

export interface HistoryRead {
  /** Nothing is pushed any more, and nothing is in flight. */
  ready: Promise<void>;
  /** The reader has read everything up to this sequence; undefined: it has not. Only the first time counts. */
  end(head: number | undefined): void;
}

export interface GateDeps {
  clock: Pick<Clock, 'now' | 'schedule'>;
  /** How long it may take to begin to read the history after it is back, ms. */
  waitMs: number;
  /** Moves the group's cursor to this sequence: the subscriber has read everything up to it. Never rejects. */
  forward: (head: number) => Promise<void>;
  /** Something that was held back may go out. */
  release: () => void;
}

/** So often in a row a subscriber gives no clear answer before nothing is held back for it any more. */
const mostUnclear = 5;
/** What is in flight is waited for so long before the history is given, ms. */
const settleMs = 1_000;

const reasons = {
  away: 'no connection (nobody answers)',
  back: 'the subscriber is just back, and may read the history itself',
  read: 'the subscriber may be reading the history itself',
};

/** The pushes that are not answered yet. */
function createInFlight(clock: Pick<Clock, 'schedule'>) {
  const answers = new Set<Promise<Answer>>();
  return {
    track(sent: SentPush): SentPush {
      answers.add(sent.answer);
      void sent.answer.then(() => answers.delete(sent.answer));
      return sent;
    },
    /** Resolves when there are none, or after a while. */
    settled(): Promise<void> {
      const { promise, resolve } = deferred<void>();
      const cancel = clock.schedule(settleMs, () => resolve());
      void Promise.all(answers).then(() => {
        cancel();
        resolve();
      });
      return promise;
    },
  };
}

/** A push that is sent once that is decided; `reasonToWait` may say that it is not. */
function decidedLater(decided: Promise<void>, reasonToWait: () => string | undefined, send: () => SentPush): SentPush {
  const { promise: answer, resolve: give } = deferred<Answer>();
  let sent: SentPush | undefined;
  let isAborted = false;
  void decided.then(() => {
    if (isAborted) return;
    const reason = reasonToWait();
    if (reason !== undefined) return give({ kind: 'unreachable', reason });
    sent = send();
    void sent.answer.then(give);
  });
  return {
    answer,
    isWritten: () => sent?.isWritten() ?? false,
    abort(reason) {
      isAborted = true;
      give({ kind: 'unreachable', reason });
      sent?.abort(reason);
    },
  };
}

export function createGate({ clock, waitMs, forward, release }: GateDeps): Gate {
  const inFlight = createInFlight(clock);
  let state: 'here' | 'away' | 'back' = 'here';
  /** Resolves when it is known whether the subscriber is there. */
  let asked: ReturnType<typeof deferred<void>> | undefined = deferred<void>();
  let unclear = 0;
  let reads = 0;
  let isWaitOver = false;
  let cancelWait: () => void = () => undefined;
  /** What was read while it was away: perhaps by itself, before it listened. */
  let readBefore: { head: number; at: number } | undefined;

  function enter(next: typeof state): void {
    cancelWait();
    state = next;
    if (next === 'here') release();
  }

  /** Nothing goes out until the cursor has been moved, or could not be. */
  function skip(head: number): void {
    readBefore = undefined;
    isWaitOver = false;
    cancelWait();
    void forward(head).finally(() => enter('here'));
  }

  function endWait(): void {
    if (state !== 'back' || !isWaitOver || reads > 0) return;
    if (readBefore) skip(readBefore.head);
    else enter('here');
  }

  function cameBack(keepsItsPlace: boolean): void {
    if (keepsItsPlace) return enter('here');
    if (readBefore && clock.now() - readBefore.at > waitMs) readBefore = undefined;
    enter('back');
    isWaitOver = false;
    cancelWait = clock.schedule(waitMs, () => {
      isWaitOver = true;
      endWait();
    });
  }

  const reasonToWait = (): string | undefined =>
    reads > 0 && state !== 'away' ? reasons.read : state === 'here' ? undefined : reasons[state];

  return {
    wrap: (sender) => ({
      ...sender,
      send(push) {
        const send = (): SentPush => inFlight.track(sender.send(push));
        if (!asked && reasonToWait() === undefined) return send();
        return decidedLater(asked?.promise ?? Promise.resolve(), reasonToWait, send);
      },
    }),
    asking: () => void (asked ??= deferred<void>()),
    is(presence) {
      unclear = presence.kind === 'unclear' ? unclear + 1 : 0;
      if (presence.kind === 'away' && state !== 'away') enter('away');
      else if (presence.kind === 'there' && state === 'away') cameBack(presence.keepsItsPlace);
      else if (unclear >= mostUnclear && state === 'away') enter('here');
      asked?.resolve();
      asked = undefined;
    },
    beginRead() {
      if (state === 'here') return undefined;
      reads += 1;
      let hasEnded = false;
      return {
        ready: inFlight.settled(),
        end(head) {
          if (hasEnded) return;
          hasEnded = true;
          reads -= 1;
          if (head === undefined) endWait();
          else if (state === 'back') skip(head);
          else if (state === 'away') readBefore = { head, at: clock.now() };
        },
      };
    },
  };
}
