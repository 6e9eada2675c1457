import { id as anyId, NewComment } from '@blog/contract';
import {
  createServiceApp,
  finishApp,
  jsonBody,
  linkNext,
  type Logger,
  mountRoutes,
  pageQuery,
  type Registry,
  type Verifier,
} from '@blog/kit';
import { eventReceiver } from '@blog/kit/state';
import type { Express, RequestHandler } from 'express';
import { z } from 'zod';
import { hashOf, newToken, tokenHashesIn, tokenHeader } from './author-token';
import { applyVerdict, type Comment, createComment, ownView, publicView } from './domain';
import { createEventHandlers, listensTo } from './event-handlers';
import type { CommentStore } from './store';

export interface CommentsAppDeps {
  store: CommentStore;
  /** Called after each commit, so that its event goes out at once. */
  onCommit: () => void;
  newId: () => string;
  now: () => Date;
  /** Checks the signature of pushed events; absent where no secret is set. */
  verifier?: Verifier;
  logger: Logger;
  metrics: Registry;
}

const ofPost = z.object({ id: anyId });
/** The largest body: a comment of 10,000 characters, each of which JSON may write in six bytes (`\u8a9e`). */
const largestBody = 64 * 1024;
const page = pageQuery();

/** The routes of the comments service. */
export function createApp({ store, onCommit, newId, now, verifier, logger, metrics }: CommentsAppDeps): Express {
  const exposedHeaders = [tokenHeader];
  const app = createServiceApp({ logger, metrics, isReady: store.isOpen, openTo: 'any-origin', exposedHeaders });
  const applyEvents = createEventHandlers(store);

  /** The comment at once with its verdict, where that one came first. */
  const insert = (comment: ReturnType<typeof createComment>): Promise<void> =>
    store.transaction(async (tx) => {
      await tx.insert(comment);
      const verdict = await tx.takeVerdict(comment.comment.id);
      const change = verdict && applyVerdict(comment.comment, verdict);
      if (change) await tx.update(change, {});
    });

  const list: RequestHandler = async (req, res) => {
    const { id: postId } = ofPost.parse(req.params);
    const { limit, cursor } = page.parse(req.query);
    const { items, next } = await store.page(postId, limit, cursor);
    linkNext(req, res, next);
    res.vary(tokenHeader).json(viewOf(items, tokenHashesIn(req.get(tokenHeader))));
  };

  const create: RequestHandler = async (req, res) => {
    const { id: postId } = ofPost.parse(req.params);
    const input = NewComment.parse(req.body);
    const token = newToken();
    const tokenHash = hashOf(token);
    const change = createComment(input, { id: newId(), postId, tokenHash, now: now() });
    await insert(change);
    onCommit();
    const { items, next } = await store.page(postId, 100);
    linkNext(req, res, next);
    res
      .status(201)
      .location(`/posts/${encodeURIComponent(postId)}/comments/${change.comment.id}`)
      .set(tokenHeader, token)
      .json(viewOf(items, tokenHashesIn(req.get(tokenHeader)).add(tokenHash)));
  };

  mountRoutes(app, {
    '/posts/:id/comments': { get: list, post: [...jsonBody({ limit: largestBody }), create] },
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

function viewOf(comments: Comment[], ownHashes: Set<string>) {
  return comments.map((comment) => (ownHashes.has(comment.tokenHash) ? ownView(comment) : publicView(comment)));
}
