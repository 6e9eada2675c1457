import type { DispatcherDeps } from '../../src/delivery/dispatcher';
import type { DeliveryState } from '../../src/delivery/delivery-state';
import type { Answer } from '../../src/delivery/outcome';
import type { Push, Send } from '../../src/delivery/send';
import { DamagedRecord } from '../../src/log/event-log';
import type { World } from './bus';
import type { Sabotage } from './world';

const withState = (deps: DispatcherDeps, changed: Partial<DeliveryState>): DispatcherDeps => ({
  ...deps,
  state: new Proxy(deps.state, { get: (of, name): unknown => Reflect.get({ ...of, ...changed }, name) }),
});

const withSend = (deps: DispatcherDeps, wrap: (send: Send, group: string) => Send): DispatcherDeps => ({
  ...deps,
  openSender(group, subscription) {
    const sender = deps.openSender(group, subscription);
    return { ...sender, send: wrap(sender.send, group) };
  },
});

const lastOf = ({ events }: Push): number => events.at(-1)?.sequence ?? 0;

function movesTheCursorBeforeThe2xx(deps: DispatcherDeps): DispatcherDeps {
  return withSend(deps, (send, group) => (push) => {
    void deps.state.moveCursor(group, lastOf(push));
    return send(push);
  });
}

function letsALaterEventOfAParkedKeyThrough(deps: DispatcherDeps): DispatcherDeps {
  const { log } = deps;
  const read: typeof log.read = async (range) => {
    if (range.key === undefined) return log.read(range);
    const page = await log.read({ ...range, limit: 2 });
    return { ...page, events: page.events.slice(-1) };
  };
  return {
    ...deps,
    log: new Proxy(log, { get: (of, name): unknown => (name === 'read' ? read : Reflect.get(of, name)) }),
  };
}

function doesNotStoreADeadLetter(deps: DispatcherDeps): DispatcherDeps {
  return withState(deps, { giveUp: (group, _letter, lane) => deps.state.saveLane(group, lane) });
}

function storesADeadLetterAfterItsLane(deps: DispatcherDeps): DispatcherDeps {
  return withState(deps, {
    async giveUp(group, letter, lane) {
      await deps.state.saveLane(group, lane);
      await deps.state.giveUp(group, letter, lane);
    },
  });
}

function doesNotStoreAParkedLane(deps: DispatcherDeps): DispatcherDeps {
  return withState(deps, { saveLane: async () => undefined });
}

/** After a pause, timers ring before the answer in the socket is read. */
function takesItsOwnLatenessForSilence(deps: DispatcherDeps, subscriptions: World['subscriptions']): DispatcherDeps {
  return withSend(deps, (send, group) => (push) => {
    const sent = send(push);
    const afterMs = subscriptions[group]?.timeoutMs ?? 0;
    const answer = new Promise<Answer>((resolve) => {
      const cancel = deps.clock.schedule(afterMs, () => resolve({ kind: 'silent', afterMs, written: true }));
      void sent.answer.then(resolve).then(cancel);
    });
    return { ...sent, answer };
  });
}

function takesABrokenConnectionForDone(deps: DispatcherDeps): DispatcherDeps {
  const read = (answer: Answer): Answer => (answer.kind === 'broken' ? { kind: 'answered', status: 200 } : answer);
  return withSend(deps, (send) => (push) => {
    const sent = send(push);
    return { ...sent, answer: sent.answer.then(read) };
  });
}

/** One group's push waits for another's answer. */
function sendsForAllGroupsInOneQueue(deps: DispatcherDeps): DispatcherDeps {
  let last: Promise<unknown> = Promise.resolve();
  return withSend(deps, (send) => (push) => {
    const sent = last.then(() => send(push));
    const answer = sent.then((one) => one.answer);
    last = answer;
    return { answer, isWritten: () => true, abort: (reason) => void sent.then((one) => one.abort(reason)) };
  });
}

function doesNotWakeForTheLastEvents(deps: DispatcherDeps): DispatcherDeps {
  const { log } = deps;
  const onAppended = (listener: () => void): void => log.onAppended(() => log.head() % 2 === 0 && listener());
  return {
    ...deps,
    log: new Proxy(log, { get: (of, name): unknown => (name === 'onAppended' ? onAppended : Reflect.get(of, name)) }),
  };
}

/** A record whose type or key has changed looks like one that was never asked for. */
function readsOnBehindADamagedRecord(deps: DispatcherDeps): DispatcherDeps {
  const { log } = deps;
  const read: typeof log.read = async (range) => {
    try {
      return await log.read(range);
    } catch (error) {
      const isFiltered = range.types !== undefined || range.key !== undefined;
      if (!(error instanceof DamagedRecord) || !isFiltered) throw error;
      return read({ ...range, after: error.sequence ?? range.after + 1 });
    }
  };
  return {
    ...deps,
    log: new Proxy(log, { get: (of, name): unknown => (name === 'read' ? read : Reflect.get(of, name)) }),
  };
}

const withAnswer = (deps: DispatcherDeps, read: (answer: Answer, group: string) => Answer): DispatcherDeps =>
  withSend(deps, (send, group) => (push) => {
    const sent = send(push);
    return { ...sent, answer: sent.answer.then((answer) => read(answer, group)) };
  });

const withoutRetryAfter = (answer: Answer): Answer =>
  answer.kind === 'answered' ? { kind: 'answered', status: answer.status } : answer;

/** A group whose subscriber fails alike for many keys asked it again after each back-off. */
function obeysNoRetryAfterOfASubscriberThatFails(deps: DispatcherDeps): DispatcherDeps {
  const failures = new Map<string, number>();
  return withAnswer(deps, (answer, group) => {
    const isDone = answer.kind === 'answered' && answer.status === 200;
    failures.set(group, isDone ? 0 : (failures.get(group) ?? 0) + 1);
    return (failures.get(group) ?? 0) >= 4 ? withoutRetryAfter(answer) : answer;
  });
}

/** After a start, a parked key waits for the longest back-off at most. */
function forgetsALongRetryAfterWhenItStarts(deps: DispatcherDeps): DispatcherDeps {
  const latest = (): number => deps.clock.wallTime() + 60_000;
  return withState(deps, {
    lanes: async (group) =>
      (await deps.state.lanes(group)).map((lane) => ({ ...lane, retryAt: Math.min(lane.retryAt, latest()) })),
  });
}

/** A broken connection was a failure of the subscriber, however often the same event broke it. */
function neverBlamesAnEventForABrokenConnection(deps: DispatcherDeps): DispatcherDeps {
  const silence: Answer = { kind: 'silent', afterMs: 0, written: true };
  return withAnswer(deps, (answer) => (answer.kind === 'broken' ? silence : answer));
}

/** Also those that were in flight only by chance. */
function blamesEveryEventOfABrokenConnection(deps: DispatcherDeps): DispatcherDeps {
  return withAnswer(deps, (answer) => (answer.kind === 'broken' ? { kind: 'answered', status: 400 } : answer));
}

const byDeps: readonly NonNullable<World['sabotage']>[] = [
  movesTheCursorBeforeThe2xx,
  letsALaterEventOfAParkedKeyThrough,
  doesNotStoreADeadLetter,
  storesADeadLetterAfterItsLane,
  doesNotStoreAParkedLane,
  takesItsOwnLatenessForSilence,
  takesABrokenConnectionForDone,
  sendsForAllGroupsInOneQueue,
  doesNotWakeForTheLastEvents,
  readsOnBehindADamagedRecord,
  obeysNoRetryAfterOfASubscriberThatFails,
  forgetsALongRetryAfterWhenItStarts,
  neverBlamesAnEventForABrokenConnection,
  blamesEveryEventOfABrokenConnection,
];

const inWords = (name: string): string => name.replace(/[A-Z]|\d\w+/g, (start) => ` ${start.toLowerCase()}`);

/** Faults put into the bus on purpose: the simulation is worth something only if it finds them. */
export const mutants: readonly (Sabotage & { name: string })[] = [
  ...byDeps.map((sabotage) => ({ name: inWords(sabotage.name), sabotage })),
  { name: 'takes no lock of its folder, and somebody starts a second one', locksFolder: false },
  {
    name: 'lets what is in flight for long hold up the others',
    limits: { slowMs: 10 * 60_000, requests: { single: 1, array: 1 } },
  },
];
