import type { Clock, Random } from '../delivery/clock';
import type { Answer } from '../delivery/outcome';
import type { Push, Send, SentPush } from '../delivery/send';
import { type Fate, type Fault, fateOf, shuffledAcrossKeys } from './fault';

/** Pushes, by what happened to them. */
export interface FaultCounts {
  pushes: number;
  stopped: number;
  failed: number;
  heldBack: number;
  answersLost: number;
  duplicated: number;
}

/** A fault while it lasts. */
export interface ActiveFault {
  fault: Fault;
  counts: FaultCounts;
  /** Called when it ends: whatever it holds back goes on. */
  held: Set<() => void>;
}

const answered = (answer: Answer): SentPush => ({
  answer: Promise.resolve(answer),
  isWritten: () => true,
  abort: () => undefined,
});

/** Resolves after a time, or when the fault ends. The function that it comes with ends it too. */
function waitIn({ held }: ActiveFault, ms: number, clock: Clock): { over: Promise<void>; end: () => void } {
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    const cancel = ms === Infinity ? undefined : clock.schedule(ms, () => end());
    end = () => {
      held.delete(end);
      cancel?.();
      resolve();
    };
    held.add(end);
  });
  return { over, end };
}

/** Sends under a fault. Only what lies between the delivery and the subscriber changes, never what either of them does. */
function sendUnder(
  active: ActiveFault,
  fate: Fate,
  push: Push,
  { send, clock }: { send: Send; clock: Clock },
): SentPush {
  const { counts } = active;
  let current: SentPush | undefined;
  let wasWritten = false;
  let given: string | undefined;
  const stopWaiting = new Set<() => void>();

  async function wait(ms: number): Promise<void> {
    const { over, end } = waitIn(active, ms, clock);
    stopWaiting.add(end);
    await over;
    stopWaiting.delete(end);
  }

  async function sendOnce(): Promise<Answer> {
    current = send(push);
    const answer = await current.answer;
    wasWritten ||= current.isWritten();
    return answer;
  }

  async function run(): Promise<Answer> {
    if (fate.holdMs > 0) await wait(fate.holdMs);
    if (given !== undefined) return { kind: 'unreachable', reason: given };
    const answer = await sendOnce();
    const isDone = answer.kind === 'answered' && answer.status >= 200 && answer.status < 300;
    if (fate.twice && isDone && given === undefined) {
      counts.duplicated += 1;
      await sendOnce();
    }
    if (fate.losesAnswer && given === undefined) await wait(Infinity);
    return fate.losesAnswer && given !== undefined ? { kind: 'broken', reason: given } : answer;
  }

  return {
    answer: run(),
    isWritten: () => wasWritten || (current?.isWritten() ?? false),
    abort(reason) {
      given = reason;
      for (const end of stopWaiting) end();
      current?.abort(reason);
    },
  };
}

/** Nobody was asked: as if there were no server. */
export function stoppedOnPurpose(): SentPush {
  return { ...answered({ kind: 'unreachable', reason: 'stopped on purpose' }), isWritten: () => false };
}

/** Wraps a group's `send`, so that it meets the fault of the moment. */
export function withFaults(
  send: Send,
  { active, clock, random }: { active: () => ActiveFault | undefined; clock: Clock; random: Random },
): Send {
  return (push) => {
    const now = active();
    if (!now) return send(push);
    const { fault, counts } = now;
    const fate = fateOf(fault, random);
    counts.pushes += 1;
    if (fate.instead === 'stop') {
      counts.stopped += 1;
      return stoppedOnPurpose();
    }
    if (fate.instead !== undefined) {
      counts.failed += 1;
      return answered({ kind: 'answered', status: fate.instead, onPurpose: true });
    }
    if (fate.holdMs > 0) counts.heldBack += 1;
    if (fate.losesAnswer) counts.answersLost += 1;
    const events = fault.reorderAcrossKeys ? shuffledAcrossKeys(push.events, random) : push.events;
    return sendUnder(now, fate, { ...push, events }, { send, clock });
  };
}
