import type { RequestListener } from 'node:http';
import {
  createRequestTracker,
  createServiceApp,
  type Doors,
  finishApp,
  type Logger,
  mountRoutes,
  type Registry,
  type Routes,
} from '@blog/kit';
import type { RequestHandler } from 'express';
import type { CatchUp } from './catch-up/catch-up';
import type { DeadLetters } from './delivery/dead-letters';
import type { Dispatcher } from './delivery/dispatcher';
import { createReplay } from './delivery/replay';
import { createSkip } from './delivery/skip';
import type { Waits } from './delivery/waits';
import type { Completion } from './envelope';
import type { Faults } from './faults/faults';
import type { JsonSchema } from './http/asyncapi';
import type { Eraser } from './erasure/eraser';
import { deadLetterRoutes } from './http/dead-letters';
import { descriptions } from './http/descriptions';
import { erasuresRoute } from './http/erasures';
import { eventRoutes } from './http/event';
import { faultRoutes } from './http/faults';
import { historyRoute } from './http/history';
import { keyCommandRoutes } from './http/key-commands';
import { operatorPaths } from './http/operators';
import { documentRoutes } from './http/openapi';
import { createPublish, publishRoute } from './http/publish';
import { createPublishListener } from './http/publish-listener';
import { closedToPages } from './http/refuse-pages';
import { replayRoute } from './http/replay';
import { streamRoute } from './http/stream';
import { subscriptionRoutes } from './http/subscriptions';
import type { EventLog } from './log/event-log';
import type { Publishers } from './publishers';
import type { Seen } from './seen/seen';

export interface AppDeps extends Completion {
  log: EventLog;
  dispatcher: Dispatcher;
  catchUp: Pick<CatchUp, 'beginRead'>;
  deadLetters: DeadLetters;
  eraser: Pick<Eraser, 'erasures'>;
  seen: Seen;
  waits: Waits;
  /** Undefined where nothing may be made to go wrong on purpose. */
  faults: Faults | undefined;
  doors?: Doors | undefined;
  /** Lets operators pass, and nobody else. */
  operators: RequestHandler;
  /** Who may publish; undefined where no secret is set: then everybody who reaches the bus. */
  publishers: Publishers | undefined;
  /** JSON Schemas of the data of types that are known, for people. */
  eventTypes: Readonly<Record<string, JsonSchema>>;
  logger: Logger;
  metrics: Registry;
}

/**
 * The bus over HTTP. It has no CORS, and takes only JSON types and `ce-*` headers: no web page can reach it through
 * someone's browser.
 */
export function createApp(deps: AppDeps): RequestListener {
  const { log, dispatcher, deadLetters, seen, waits, faults, newId, now, publishers, eventTypes, logger, metrics } =
    deps;
  const trackRequest = createRequestTracker({ metrics, logger });
  const app = createServiceApp({
    logger,
    metrics,
    trackRequest,
    isReady: () => true,
    health: () => ({ durability: log.durability(), head: log.head(), damage: log.damageFound() }),
    ...deps.doors,
  });
  app.use(closedToPages);
  app.use(operatorPaths, deps.operators);
  const publish = createPublish({ log, completion: { newId, now }, publishers });
  const subscriptions = subscriptionRoutes({ dispatcher });
  const keys = keyCommandRoutes({ dispatcher, skip: createSkip({ log, dispatcher }) });
  const letters = deadLetterRoutes({ deadLetters, log });
  const faulty = faultRoutes({ faults, dispatcher });
  const event = eventRoutes({ log, ...seen });
  const routes: Routes = {
    '/events': { get: historyRoute({ log, catchUp: deps.catchUp }), post: publishRoute({ publish, waits }) },
    '/events/:id': { get: event.get },
    '/events/:id/path': { get: event.path },
    '/subscriptions': { get: subscriptions.list },
    '/subscriptions/:group': { get: subscriptions.get, put: subscriptions.put, delete: subscriptions.remove },
    '/subscriptions/:group/pause': { post: subscriptions.pause },
    '/subscriptions/:group/resume': { post: subscriptions.resume },
    '/subscriptions/:group/replay': { post: replayRoute({ replays: createReplay({ log, dispatcher }) }) },
    '/subscriptions/:group/skip': { post: keys.skip },
    '/subscriptions/:group/halt': { post: keys.halt },
    '/subscriptions/:group/release': { post: keys.release },
    '/stream': { get: streamRoute(seen) },
    '/faults': { get: faulty.list, delete: faulty.endAll },
    '/faults/:group': { put: faulty.put, delete: faulty.end },
    '/erasures': { get: erasuresRoute(deps.eraser) },
    '/dead-letters': { get: letters.list },
    '/dead-letters/redeliver': { post: letters.redeliver },
    '/dead-letters/redeliveries/:job': { get: letters.job },
    '/dead-letters/:id': { get: letters.get, delete: letters.discard },
  };
  mountRoutes(app, { ...routes, ...documentRoutes({ routes, descriptions, eventTypes }) });
  return createPublishListener({ publish, trackRequest, logger, otherwise: finishApp(app, logger) });
}
