import { type Logger, NotFound } from '@blog/kit';
import type { EventLog } from '../log/event-log';
import type { Clock, Random } from './clock';
import type { Damage } from './damage';
import type { DeliveryObserver } from './observer';
import type { DeliveryState, SavedGroup } from './delivery-state';
import { withoutSecrets, withSecrets, withStoredSecrets } from './endpoint-secrets';
import { createGroup, type Group } from './group';
import type { GroupStatus } from './group-status';
import type { KeyCommands } from './key-commands';
import { type GroupLimits, groupLimits } from './limits';
import type { Sender } from './send';
import type { EventPlace, Standing } from './standing';
import { firstCursor, type Subscription } from './subscription';

export interface DispatcherDeps {
  log: EventLog;
  state: DeliveryState;
  /** Each group has its own, so that one that hangs takes no connections from the others. */
  openSender: (group: string, subscription: Subscription) => Sender;
  clock: Clock;
  /** The time by which events are stored, ms since 1970; the clock's, if it is not given. */
  logTime?: () => number;
  random: Random;
  observer: DeliveryObserver;
  logger: Logger;
  onFatal: (error: unknown) => void;
  limits?: Partial<GroupLimits>;
}

export interface Dispatcher {
  /** Takes the stored groups up again, and applies those settings that changed since they were applied last. */
  start(configured: Record<string, Subscription>): Promise<void>;
  /** Makes a group, or gives it new settings: it goes on from its cursor. Says whether it is new. */
  put(name: string, subscription: Subscription): Promise<{ isNew: boolean }>;
  /**
   * Throws NotFound. Its cursor, lanes and dead letters are forgotten. A group of the settings stays deleted at the next
   * starts too, until its settings are others or it is put again.
   */
  remove(name: string): Promise<void>;
  /** Whatever the group waits for a time for is tried at once. Nothing where there is no such group. */
  retryNow(name: string): void;
  /** It sends nothing until it is resumed, or gets new settings. Throws NotFound. */
  pause(name: string, because: string): Promise<void>;
  resume(name: string): Promise<void>;
  /** Delivers everything after this sequence again; beyond the group's cursor it changes nothing. Throws NotFound. */
  rewind(name: string, cursor: number): Promise<void>;
  /**
   * Everything up to this sequence counts as done, because the subscriber has it by other means; nothing of it is sent,
   * or sent again. Throws NotFound.
   */
  forward(name: string, cursor: number): Promise<void>;
  /** Throws NotFound. */
  keyCommands(name: string): KeyCommands & Pick<Damage, 'setAside'>;
  /** Throws NotFound. */
  status(name: string): GroupStatus;
  statuses(): GroupStatus[];
  /** In the order of the alphabet. */
  names(): string[];
  /** The cursor of the group that is furthest behind, of those that go on; the log's head if there is none. */
  slowestCursor(): number;
  /** How an event stands with each group. */
  standings(event: EventPlace): { group: string; standing: Standing }[];
  stop(): Promise<void>;
}

/** Starts a group's delivery for each subscription. What one group does never waits for another. */
export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const { log, state, logger } = deps;
  const limits = { ...groupLimits, ...deps.limits };
  const groups = new Map<string, Group>();
  let changes: Promise<unknown> = Promise.resolve();
  let stopped = false;

  /** Changes of subscriptions happen one after the other. */
  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = changes.then(change);
    changes = done.catch(() => undefined);
    return done;
  }

  async function run(saved: SavedGroup): Promise<void> {
    const [parked, queued] = await Promise.all([state.lanes(saved.name), state.queuedKeys(saved.name)]);
    if (stopped) return;
    const onStopped = (group: string, reason: string): void =>
      logger.error({ group, reason }, 'a group stopped: it met damage in the log');
    const sender = withSecrets(deps.openSender(saved.name, saved.subscription), saved.subscription);
    const shown = { ...saved, subscription: withoutSecrets(saved.subscription) };
    groups.set(saved.name, createGroup({ ...shown, parked, queued }, { ...deps, limits, onStopped, sender }));
  }

  async function save(
    name: string,
    given: Subscription,
    before: SavedGroup | undefined,
    configured: string | undefined,
  ): Promise<void> {
    const subscription = withStoredSecrets(given, before?.subscription);
    const cursor = firstCursor(subscription, log.head());
    const place = { cursor, beginsBeyondEnd: cursor > log.head() };
    await changed(name, () =>
      state.saveGroup({ name, subscription, ...place, configured: configured ?? before?.configured }),
    );
  }

  /** Changes what is stored of a group while it stands still, and starts it anew. */
  async function changed(name: string, change: () => Promise<void>): Promise<void> {
    // Its stop would wait for room too.
    state.expectRoom();
    await groups.get(name)?.stop();
    groups.delete(name);
    try {
      await change();
    } finally {
      const saved = await find(name);
      if (saved) await run(saved);
    }
  }

  async function find(name: string): Promise<SavedGroup | undefined> {
    return (await state.groups()).find((group) => group.name === name);
  }

  function groupNamed(name: string): Group {
    const group = groups.get(name);
    if (!group) throw new NotFound('There is no group of this name.');
    return group;
  }

  /** Groups of these settings that somebody has deleted, and whose settings are what they were then. */
  async function removedOf(configured: Record<string, Subscription>): Promise<Set<string>> {
    const removed = new Set<string>();
    for (const { name, configured: before } of await state.removedGroups()) {
      if (configured[name] === undefined) await state.forgetRemoved(name);
      else if (before === JSON.stringify(configured[name])) removed.add(name);
    }
    if (removed.size > 0) {
      logger.info(
        { groups: [...removed] },
        'groups of the settings stay deleted: PUT makes them again, or other settings',
      );
    }
    return removed;
  }

  async function startAll(configured: Record<string, Subscription>): Promise<void> {
    const belongs = await state.attach({ identity: log.identity, head: log.head() });
    if (belongs !== 'same log') logger.warn({ belongs }, 'the log was replaced: groups start again where that is safe');
    const saved = await state.groups();
    const isUnchanged = ({ name, configured: applied }: SavedGroup): boolean =>
      configured[name] === undefined || applied === JSON.stringify(configured[name]);
    await Promise.all(saved.filter(isUnchanged).map(run));
    const removed = await removedOf(configured);
    for (const [name, subscription] of Object.entries(configured)) {
      if (groups.has(name) || removed.has(name)) continue;
      const before = saved.find((group) => group.name === name);
      await save(name, subscription, before, JSON.stringify(subscription));
    }
  }

  log.onAppended(() => {
    for (const group of groups.values()) group.wake();
  });

  return {
    start: (configured) => inTurn(() => startAll(configured)),
    put: (name, subscription) =>
      inTurn(async () => {
        const before = await find(name);
        await save(name, subscription, before, undefined);
        return { isNew: !before };
      }),
    remove: (name) =>
      inTurn(async () => {
        groupNamed(name);
        await changed(name, () => state.removeGroup(name));
      }),
    retryNow: (name) => groups.get(name)?.retryNow(),
    pause: (name, because) => inTurn(async () => groupNamed(name).pause(because)),
    resume: (name) => inTurn(async () => groupNamed(name).resume()),
    rewind: (name, cursor) =>
      inTurn(async () => {
        groupNamed(name);
        await changed(name, async () => {
          const reached = (await find(name))?.cursor ?? 0;
          await state.rewindGroup(name, Math.min(cursor, reached));
        });
      }),
    forward: (name, cursor) =>
      inTurn(async () => {
        groupNamed(name);
        await changed(name, async () => {
          const reached = (await find(name))?.cursor ?? 0;
          if (cursor >= reached) await state.forwardGroup(name, cursor);
        });
      }),
    keyCommands: groupNamed,
    status: (name) => groupNamed(name).status(),
    names: () => [...groups.keys()].sort(),
    slowestCursor: () => Math.min(log.head(), ...[...groups.values()].map((group) => group.movingCursor() ?? Infinity)),
    statuses: () => [...groups.keys()].sort().map((name) => groupNamed(name).status()),
    standings: (event) =>
      [...groups.keys()].sort().map((group) => ({ group, standing: groupNamed(group).standing(event) })),
    async stop() {
      stopped = true;
      await changes;
      await Promise.all([...groups.values()].map((group) => group.stop()));
    },
  };
}
