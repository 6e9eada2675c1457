import {
  createServiceApp,
  type Doors,
  finishApp,
  type Logger,
  mountRoutes,
  refusePages,
  type Registry,
  type Verifier,
} from '@blog/kit';
import { createRefusedEvents, eventReceiver, skippedRoute } from '@blog/kit/state';
import type { Express } from 'express';
import { createEventHandlers, listensTo } from './event-handlers';
import { createBlocklistRoutes } from './routes/blocklist';
import { document } from './openapi';
import type { RouteParts } from './routes/moderator';
import { createQueueRoutes } from './routes/queue';
import { createRuleRoutes } from './routes/rules';
import { createVerdictRoutes } from './routes/verdicts';

export interface ModerationAppDeps extends RouteParts {
  /** Checks the signature of pushed events; absent where no secret is set. */
  verifier?: Verifier;
  doors?: Doors;
  logger: Logger;
  metrics: Registry;
}

/** The routes of the moderation service. No page may call it: those of the blog do so through the client. */
export function createApp({ verifier, doors, logger, metrics, ...parts }: ModerationAppDeps): Express {
  const { store, onCommit } = parts;
  const refused = createRefusedEvents({ now: parts.now, metrics });
  const app = createServiceApp({ logger, metrics, isReady: store.isOpen, document, ...doors });
  app.use(refusePages);
  const applyEvents = createEventHandlers(store, parts);
  mountRoutes(app, {
    ...createRuleRoutes(parts),
    ...createQueueRoutes(parts),
    ...createVerdictRoutes(parts),
    ...createBlocklistRoutes(parts),
    '/skipped': { get: skippedRoute(refused.read) },
    '/events': {
      post: eventReceiver({
        schemas: listensTo,
        refused,
        logger,
        verifier,
        apply: async (events) => {
          await applyEvents(events);
          onCommit();
        },
      }),
    },
  });
  return finishApp(app, logger);
}
