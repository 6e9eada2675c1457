import type { DispatcherDeps } from '../../src/delivery/dispatcher';
import type { DeliveryState } from '../../src/delivery/delivery-state';
import type { Answer } from '../../src/delivery/outcome';
import type { Push, Send } from '../../src/delivery/send';
import type { World } from './bus';

/** A fault put into the bus on purpose: the simulation is worth something only if it finds it. */
type Mutant = NonNullable<World['sabotage']>;

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

export const mutants: readonly Mutant[] = [
  movesTheCursorBeforeThe2xx,
  letsALaterEventOfAParkedKeyThrough,
  doesNotStoreADeadLetter,
  storesADeadLetterAfterItsLane,
  doesNotStoreAParkedLane,
  takesItsOwnLatenessForSilence,
  takesABrokenConnectionForDone,
  sendsForAllGroupsInOneQueue,
  doesNotWakeForTheLastEvents,
];
