import { createServiceApp, finishApp, type Logger, mountRoutes, type Registry, type Verifier } from '@blog/kit';
import type { Express } from 'express';
import type { Dispatcher } from './delivery/dispatcher';
import type { Completion } from './envelope';
import { historyRoute } from './http/history';
import { createPublish, publishRoute } from './http/publish';
import { subscriptionRoutes } from './http/subscriptions';
import type { EventLog } from './log/event-log';

export interface AppDeps extends Completion {
  log: EventLog;
  dispatcher: Dispatcher;
  /** Checks the signature of publishes; absent where no secret is set. */
  verifier?: Verifier;
  logger: Logger;
  metrics: Registry;
}

/**
 * The bus over HTTP. It has no CORS, and takes only JSON types and `ce-*` headers: no web page can reach it through
 * someone's browser.
 */
export function createApp({ log, dispatcher, newId, now, verifier, logger, metrics }: AppDeps): Express {
  const app = createServiceApp({
    logger,
    metrics,
    isReady: () => true,
    health: () => ({ durability: log.durability(), head: log.head() }),
  });
  const publish = createPublish({ log, completion: { newId, now }, ...(verifier ? { verifier } : {}) });
  const subscriptions = subscriptionRoutes({ dispatcher });
  mountRoutes(app, {
    '/events': { get: historyRoute({ log }), post: publishRoute({ publish }) },
    '/subscriptions': { get: subscriptions.list },
    '/subscriptions/:group': { get: subscriptions.get, put: subscriptions.put, delete: subscriptions.remove },
  });
  return finishApp(app, logger);
}
