import type { RequestListener } from 'node:http';
import {
  createRequestTracker,
  createServiceApp,
  type Doors,
  finishApp,
  isProgramHere,
  type Logger,
  mountRoutes,
  refusePages,
  readerNetwork,
  type Registry,
  type TrackRequest,
  Unavailable,
  type Verifier,
} from '@blog/kit';
import { BusAway, countSkipped, eventReceiver, skippedRoute } from '@blog/kit/state';
import type { Express, RequestHandler } from 'express';
import { listensTo, type ReadModelEvent } from './event-handlers';
import { type BlogAddress, createFeedRoutes } from './http/feed-routes';
import { createPostRoutes } from './http/post-routes';
import type { PreparedAnswers } from './http/prepared-answers';
import { createPreparedListener, positionHeader } from './http/prepared-listener';
import type { LiveStream } from './live-stream';
import { changeNumber, document, StreamQuery } from './openapi';
import type { ReadModelStore } from './store';

export interface QueryAppDeps {
  store: ReadModelStore;
  /** Applies pushed events in one transaction. */
  apply: (events: ReadModelEvent[]) => Promise<void>;
  /** Tries the skipped events again; gives how many are left. Throws BusAway. */
  retry: () => Promise<number>;
  answers: PreparedAnswers;
  stream: LiveStream;
  blog: BlogAddress;
  doors?: Doors;
  /** Checks the signature of pushed events; absent where no secret is set. */
  verifier?: Verifier;
  logger: Logger;
  metrics: Registry;
}

/** The routes of the read model, with the answers in front of them that are ready to be sent again. */
export function createApp(deps: QueryAppDeps): RequestListener {
  const { store, answers } = deps;
  const trackRequest = createRequestTracker(deps);
  const otherwise = createRoutes(deps, trackRequest);
  return createPreparedListener({ answers, newest: store.changes.newest, trackRequest, otherwise });
}

/** The routes of the read model. */
export function createRoutes(deps: QueryAppDeps, trackRequest: TrackRequest): Express {
  const { store, apply, retry, answers, stream, blog, verifier, logger, metrics } = deps;
  const app = createServiceApp({
    logger,
    metrics,
    trackRequest,
    isReady: store.isOpen,
    document,
    openTo: 'any-origin',
    exposedHeaders: [positionHeader, 'Total-Count'],
    ...deps.doors,
  });
  const posts = createPostRoutes(store, answers);
  const feeds = createFeedRoutes(store, answers, blog);

  const live: RequestHandler = (req, res) => {
    const query = StreamQuery.parse(req.query);
    const lastEventId = req.get('Last-Event-ID');
    const { data: place } = changeNumber.safeParse(lastEventId);
    // A place that can't be one of this stream's is as good as one that is gone: the reader is told so.
    const unknown = lastEventId === undefined ? undefined : -1;
    const reader = isProgramHere(req) ? undefined : readerNetwork(req);
    stream.open(res, { postId: query.post, after: place ?? query.after ?? unknown, reader });
  };

  /** An erasure counts as done when no byte is left: until then the event comes again. */
  const applyForGood = async (events: ReadModelEvent[]): Promise<void> => {
    await apply(events);
    if (events.some(({ type }) => type === 'CommentErased' || type === 'PostErased')) await store.scrub();
  };

  countSkipped(metrics, store.skipped.count);
  const tryAgain: RequestHandler = async (_req, res) => {
    try {
      res.json({ left: await retry() });
    } catch (error) {
      throw error instanceof BusAway ? new Unavailable('The bus, which has the events, is away.') : error;
    }
  };

  mountRoutes(app, {
    '/posts': { get: posts.list },
    '/posts/:id': { get: posts.one },
    '/tags': { get: posts.tags },
    '/moved': { get: posts.moved },
    '/feed.atom': { get: feeds.atom },
    '/feed.json': { get: feeds.json },
    '/sitemap.xml': { get: feeds.sitemap },
    '/stream': { get: live },
    '/skipped': { get: skippedRoute(store.skipped.read) },
    '/skipped/retry': { post: [refusePages, tryAgain] },
    '/events': { post: eventReceiver({ schemas: listensTo, apply: applyForGood, verifier }) },
  });
  return finishApp(app, logger);
}
