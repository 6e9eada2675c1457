import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { lockFile } from '@blog/kit/file-lock';
import { createSigner, type Doors, type Logger, newId, type Registry } from '@blog/kit';
import type { RequestHandler } from 'express';
import { createApp } from './app';
import { type CatchUp, createCatchUp } from './catch-up/catch-up';
import { systemClock } from './delivery/clock';
import { createDeadLetters } from './delivery/dead-letters';
import { createDispatcher, type Dispatcher, type DispatcherDeps } from './delivery/dispatcher';
import { limitHistory } from './delivery/history-limits';
import { type GroupLimits, groupLimits } from './delivery/limits';
import { createHttpSender } from './delivery/send';
import { createPatientState, type PatientState } from './delivery/patient-state';
import { openSqliteDeliveryState } from './delivery/sqlite-delivery-state';
import type { Subscription } from './delivery/subscription';
import { createTransitionLog } from './delivery/transition-log';
import { createWaits } from './delivery/waits';
import { createEraser, type Eraser } from './erasure/eraser';
import { openErasureState } from './erasure/erasure-state';
import { createFaults, type Faults } from './faults/faults';
import type { JsonSchema } from './http/asyncapi';
import { limitBacklog } from './log/backlog';
import type { DataAfterErasure } from './log/erased-text';
import { DamagedRecord, type EventLog } from './log/event-log';
import { createLogTime, type LogTime } from './log/log-time';
import { createRoom } from './log/room';
import { openSqliteEventLog, type SqliteEventLogOptions } from './log/sqlite-event-log';
import { createBusMetrics } from './metrics';
import { createPublishers, type Publisher } from './publishers';
import { observersOf } from './seen/observers';
import { createSeen, type Seen } from './seen/seen';
import { mayWorkLater } from './sqlite';

export interface BusOptions {
  /** Holds `event-bus.db` (the log) and `event-bus-delivery.db` (how far each group is). */
  folder: string;
  /** Groups of the settings; the stored ones go on besides. */
  subscriptions: Record<string, Subscription>;
  /** With any, pushes are signed with all of them, and publishes are verified: one of them must fit. */
  secrets: readonly string[];
  doors?: Doors;
  /** Lets operators pass, and nobody else. */
  operators: RequestHandler;
  /** Those who publish with secrets of their own. */
  publishers?: Readonly<Record<string, Publisher>>;
  /** JSON Schemas of the data of types that are known, for people. */
  eventTypes?: Readonly<Record<string, JsonSchema>>;
  /** What is left of the data of an erased event. Default: nothing but empty texts and lists. */
  dataAfterErasure?: DataAfterErasure;
  limits?: Partial<GroupLimits>;
  /** So many bytes of the disk stay free for the state of the delivery: publishes are refused before. Default 0. */
  diskReserve?: number;
  /** Publishes are refused while a group is so many events behind; paused ones don't count. Default: never. */
  backlogLimit?: number;
  /** Whether things may be made to go wrong on purpose. */
  takesFaults?: boolean;
  /** How to write the log; `writeHere`, in this thread, unless it is given. */
  openWriter?: SqliteEventLogOptions['openWriter'];
  logger: Logger;
  metrics: Registry;
  /** The disk failed. The process must end: after a failed fsync nothing in it can tell what is stored. */
  onFatal: (error: unknown) => void;
}

export interface Bus {
  app: RequestListener;
  /** Ends the live streams and the waits of publishers: before the server closes, or it would wait for them. */
  endStreams(): void;
  /** Stops the delivery, then closes the files, and lets others have the folder. */
  close(): Promise<void>;
}

/** As many again may be slow, and half as many are tries of what failed before. */
const connectionsPerGroup = 3 * groupLimits.requests.single;

const logName = 'event-bus.db';
const { wallTime } = systemClock;
const clockAndChance = { clock: systemClock, random: Math.random };

function openEraser(
  options: BusOptions,
  { log, state, seen }: { log: EventLog; state: PatientState; seen: Seen },
): Eraser {
  const { folder, dataAfterErasure: rule = { keep: [], set: {} }, logger, onFatal } = options;
  const file = join(folder, 'event-bus-erasures.db');
  return createEraser({
    ...{ log, rule, clock: systemClock, logger, onFatal },
    state: openErasureState(file, { identity: log.identity, head: log.head() }),
    async forget(sequences) {
      seen.forgetWords(sequences);
      await state.forgetTexts(sequences);
    },
  });
}

async function openFiles(
  options: BusOptions,
  { logTime, onCommit }: { logTime: LogTime } & Pick<SqliteEventLogOptions, 'onCommit'>,
) {
  const { folder, diskReserve = 0, openWriter, logger, onFatal } = options;
  const log = await openSqliteEventLog({
    ...{ file: join(folder, logName), room: createRoom({ folder, reserve: diskReserve }), onFatal },
    onDamage: (damage) => logger.error({ damage }, 'damage in the log; npm run bus -- verify says what to do'),
    ...{ wallTime: logTime.now, onCommit },
    ...(openWriter ? { openWriter } : {}),
  });
  logTime.atLeast(await newestTime(log));
  const stored = openSqliteDeliveryState({ file: join(folder, 'event-bus-delivery.db') });
  const state = createPatientState(stored, { clock: systemClock, logger, isLackOfRoom: mayWorkLater });
  const endPruning = limitHistory({ state, clock: systemClock, onFatal });
  return {
    log,
    state,
    async close() {
      endPruning();
      await state.close();
      await log.close();
    },
  };
}

/** When the newest event was stored; 0 where there is none, or it is damaged. */
async function newestTime(log: EventLog): Promise<number> {
  if (log.head() === 0) return 0;
  try {
    const { events } = await log.read({ after: log.head() - 1, limit: 1 });
    return events[0]?.storedAt ?? 0;
  } catch (error) {
    if (error instanceof DamagedRecord) return 0;
    throw error;
  }
}

/** Each group has its own connections, and meets its own faults. `dispatcher` is asked later, not now. */
function createSenders(
  { secrets: [newest, ...older], takesFaults, limits, logger }: BusOptions,
  dispatcher: Pick<Dispatcher, 'forward' | 'retryNow'>,
): { faults: Faults | undefined; catchUp: CatchUp; openSender: DispatcherDeps['openSender'] } {
  const signer = newest === undefined ? undefined : createSigner([newest, ...older]);
  const faults = takesFaults ? createFaults({ ...clockAndChance, logger, onEnd: dispatcher.retryNow }) : undefined;
  const { readHistoryMs: waitMs } = { ...groupLimits, ...limits };
  const catchUp = createCatchUp({ ...dispatcher, clock: systemClock, logger, waitMs });
  return {
    faults,
    catchUp,
    openSender(group, subscription) {
      const sender = createHttpSender({ connections: connectionsPerGroup, signer });
      const gated = catchUp.wrap(group, subscription, sender);
      return faults?.wrap(group, gated) ?? gated;
    },
  };
}

/** The delivery tells what happens, and is asked how it is: by parts that are made before it. */
function groupsOf(
  dispatcher: () => Dispatcher,
): Pick<Dispatcher, 'status' | 'statuses' | 'standings' | 'forward' | 'retryNow'> {
  return {
    forward: (name, cursor) => dispatcher().forward(name, cursor),
    retryNow: (name) => dispatcher().retryNow(name),
    status: (name) => dispatcher().status(name),
    statuses: () => dispatcher().statuses(),
    standings: (event) => dispatcher().standings(event),
  };
}

/** Puts the whole bus together: the log, the delivery that reads it, and the routes. */
async function openParts(options: BusOptions): Promise<Bus> {
  const { operators, logger, metrics, onFatal, limits } = options;
  const logTime = createLogTime(systemClock);
  const busMetrics = createBusMetrics(metrics, { wallTime, logTime: logTime.now });
  const files = await openFiles(options, { logTime, onCommit: busMetrics.onCommit });
  const groups = groupsOf(() => dispatcher);
  const { state } = files;
  const log = limitBacklog(files.log, { limit: options.backlogLimit, slowestCursor: () => dispatcher.slowestCursor() });
  const seen = createSeen({ log, state, logger, dispatcher: groups, ...clockAndChance });
  const eraser = openEraser(options, { log: files.log, state, seen });
  const waits = createWaits({ dispatcher: groups, clock: systemClock });
  const { faults, catchUp, openSender } = createSenders(options, groups);
  const dispatcher = createDispatcher({
    ...{ log, state, logger, onFatal, logTime: logTime.now, ...clockAndChance },
    observer: observersOf(busMetrics.observer, seen.observer, waits.observer, createTransitionLog(logger)),
    ...(limits ? { limits } : {}),
    openSender,
  });
  busMetrics.watch(dispatcher, state);
  busMetrics.watchLog(log);
  await dispatcher.start(options.subscriptions);

  const app = createApp({
    ...{ log, dispatcher, catchUp, seen, waits, faults, operators, doors: options.doors, newId, logger, metrics },
    now: () => new Date(wallTime()),
    eraser,
    deadLetters: createDeadLetters({ state, dispatcher, newId, wallTime, onFatal }),
    eventTypes: options.eventTypes ?? {},
    publishers: createPublishers(options.secrets, options.publishers ?? {}),
  });
  return {
    app,
    endStreams() {
      seen.stream.close();
      waits.close();
    },
    async close() {
      faults?.close();
      state.stopWaiting();
      await dispatcher.stop();
      await eraser.close();
      await files.close();
    },
  };
}

/**
 * Opens the bus of a folder, which works on it alone: the head of the log and the progress of the delivery are in its memory.
 * It delivers from now on. Rejects with FileInUse, having done nothing, if another process works on the folder.
 */
export async function openBus(options: BusOptions): Promise<Bus> {
  const unlock = lockFile(join(options.folder, logName), 'alone');
  try {
    const bus = await openParts(options);
    return {
      ...bus,
      async close() {
        await bus.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}
