import { id as anyId } from '@blog/contract';
import {
  createServiceApp,
  finishApp,
  linkNext,
  type Logger,
  mountRoutes,
  NotFound,
  pageQuery,
  type Registry,
  type Verifier,
} from '@blog/kit';
import { eventReceiver } from '@blog/kit/state';
import type { Express, RequestHandler } from 'express';
import { z } from 'zod';
import { listensTo, type ReadModelEvent } from './event-handlers';
import type { LiveStream } from './live-stream';
import type { ReadModelStore } from './store';

export interface QueryAppDeps {
  store: ReadModelStore;
  /** Applies pushed events in one transaction. */
  apply: (events: ReadModelEvent[]) => Promise<void>;
  stream: LiveStream;
  /** Checks the signature of pushed events; absent where no secret is set. */
  verifier?: Verifier;
  logger: Logger;
  metrics: Registry;
}

/** Says from where on the live stream goes on with what an answer shows: `GET /stream?after=<position>`. */
const positionHeader = 'Stream-Position';

const page = pageQuery();
const ofPost = z.object({ id: anyId });
const changeNumber = z.coerce.number('must be a number').int('must be a whole number').nonnegative();
const streamQuery = z.object({ post: anyId.optional(), after: changeNumber.optional() });

/** The routes of the read model. */
export function createApp({ store, apply, stream, verifier, logger, metrics }: QueryAppDeps): Express {
  const exposedHeaders = [positionHeader];
  const app = createServiceApp({ logger, metrics, isReady: store.isOpen, openTo: 'any-origin', exposedHeaders });

  const list: RequestHandler = async (req, res) => {
    const { limit, cursor } = page.parse(req.query);
    // Read before the posts: what changes in between is told twice rather than never.
    res.set(positionHeader, String(await store.changes.newest()));
    const { items, next } = await store.page(limit, cursor);
    linkNext(req, res, next);
    res.json(Object.fromEntries(items.map((post) => [post.id, post])));
  };

  const read: RequestHandler = async (req, res) => {
    const { id } = ofPost.parse(req.params);
    const { limit, cursor } = page.parse(req.query);
    res.set(positionHeader, String(await store.changes.newest()));
    const found = await store.find(id, limit, cursor);
    if (!found) throw new NotFound('There is no such post.');
    linkNext(req, res, found.olderComments);
    res.json(found.post);
  };

  const live: RequestHandler = async (req, res) => {
    const query = streamQuery.parse(req.query);
    const lastEventId = changeNumber.safeParse(req.get('Last-Event-ID'));
    await stream.open(res, { postId: query.post, after: lastEventId.success ? lastEventId.data : query.after });
  };

  mountRoutes(app, {
    '/posts': { get: list },
    '/posts/:id': { get: read },
    '/stream': { get: live },
    '/events': { post: eventReceiver({ schemas: listensTo, apply, verifier }) },
  });
  return finishApp(app, logger);
}
