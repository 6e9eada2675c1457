import { createServiceApp, finishApp, type Logger, mountRoutes, type Registry, type Verifier } from '@blog/kit';
import { eventReceiver } from '@blog/kit/state';
import type { Express } from 'express';
import type { Rule } from './domain';
import { createEventHandlers, listensTo } from './event-handlers';
import type { VerdictStore } from './store';

export interface ModerationAppDeps {
  store: VerdictStore;
  rules: readonly Rule[];
  /** Called after each commit, so that its event goes out at once. */
  onCommit: () => void;
  /** Checks the signature of pushed events; absent where no secret is set. */
  verifier?: Verifier;
  logger: Logger;
  metrics: Registry;
}

/** The routes of the moderation service. No page of another origin may call it. */
export function createApp({ store, rules, onCommit, verifier, logger, metrics }: ModerationAppDeps): Express {
  const app = createServiceApp({ logger, metrics, isReady: store.isOpen });
  const applyEvents = createEventHandlers(store, rules);
  mountRoutes(app, {
    '/events': {
      post: eventReceiver({
        schemas: listensTo,
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
