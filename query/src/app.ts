import type { RequestListener } from 'node:http';
import { id as anyId } from '@blog/contract';
import {
  createRequestTracker,
  createServiceApp,
  finishApp,
  type Logger,
  mountRoutes,
  type Registry,
  type Verifier,
} from '@blog/kit';
import { eventReceiver } from '@blog/kit/state';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { listensTo, type ReadModelEvent } from './event-handlers';
import { type BlogAddress, createFeedRoutes } from './http/feed-routes';
import { createPostRoutes } from './http/post-routes';
import type { PreparedAnswers } from './http/prepared-answers';
import { createPreparedListener, positionHeader } from './http/prepared-listener';
import type { LiveStream } from './live-stream';
import type { ReadModelStore } from './store';

export interface QueryAppDeps {
  store: ReadModelStore;
  /** Applies pushed events in one transaction. */
  apply: (events: ReadModelEvent[]) => Promise<void>;
  answers: PreparedAnswers;
  stream: LiveStream;
  blog: BlogAddress;
  /** Checks the signature of pushed events; absent where no secret is set. */
  verifier?: Verifier;
  logger: Logger;
  metrics: Registry;
}

const changeNumber = z.coerce.number('must be a number').int('must be a whole number').nonnegative();
const streamQuery = z.object({ post: anyId.optional(), after: changeNumber.optional() });

/** The routes of the read model. */
export function createApp(deps: QueryAppDeps): RequestListener {
  const { store, apply, answers, stream, blog, verifier, logger, metrics } = deps;
  const trackRequest = createRequestTracker({ metrics, logger });
  const app = createServiceApp({
    logger,
    metrics,
    trackRequest,
    isReady: store.isOpen,
    openTo: 'any-origin',
    exposedHeaders: [positionHeader, 'Total-Count'],
  });
  const posts = createPostRoutes(store, answers);
  const feeds = createFeedRoutes(store, answers, blog);

  const live: RequestHandler = (req, res) => {
    const query = streamQuery.parse(req.query);
    const lastEventId = changeNumber.safeParse(req.get('Last-Event-ID'));
    stream.open(res, { postId: query.post, after: lastEventId.success ? lastEventId.data : query.after });
  };

  mountRoutes(app, {
    '/posts': { get: posts.list },
    '/posts/:id': { get: posts.one },
    '/tags': { get: posts.tags },
    '/feed.atom': { get: feeds.atom },
    '/feed.json': { get: feeds.json },
    '/sitemap.xml': { get: feeds.sitemap },
    '/stream': { get: live },
    '/events': { post: eventReceiver({ schemas: listensTo, apply, verifier }) },
  });
  return createPreparedListener({
    answers,
    newest: store.changes.newest,
    trackRequest,
    otherwise: finishApp(app, logger),
  });
}
