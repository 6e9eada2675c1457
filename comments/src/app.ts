import { CommentChange, CommentToImport, NewComment } from '@blog/contract';
import {
  type Auth,
  createServiceApp,
  type Doors,
  finishApp,
  jsonBody,
  linkNext,
  type Logger,
  mountRoutes,
  type Registry,
  type Verifier,
} from '@blog/kit';
import type { Renderer } from '@blog/kit/rendering';
import { createRefusedEvents, eventReceiver, idempotentRequest, skippedRoute } from '@blog/kit/state';
import type { Express, RequestHandler } from 'express';
import { hashOf, tokenHeader } from './author-token';
import type { Comment } from './domain';
import { createEventHandlers, listensTo } from './event-handlers';
import { CommentParams, CommentsQuery, document, PostParams } from './openapi';
import { createErasingRoutes } from './erasing';
import { createCommentRendering } from './rendering';
import { senderOf, viewerOf } from './sender';
import type { CommentStore } from './store';
import type { SendingLimit } from './transaction';
import { type CommentView, type Viewer, viewOf } from './views';
import { changeComment, commentAt, deleteComment, takeOver, writeComment } from './writing';

export interface CommentsAppDeps {
  store: CommentStore;
  auth: Auth;
  renderer: Pick<Renderer, 'limited'>;
  /** How much one address may send. */
  limits: readonly SendingLimit[];
  doors?: Doors;
  /** Called after each commit, so that its event goes out at once. */
  onCommit: () => void;
  newId: () => string;
  now: () => Date;
  /** Checks the signature of pushed events; absent where no secret is set. */
  verifier?: Verifier;
  logger: Logger;
  metrics: Registry;
}

/** The largest body: a comment of 10,000 characters, each of which JSON may write in six bytes (`\u8a9e`). */
const largestBody = 64 * 1024;
const longestList = 100;
/** What an answer depends on besides its address. */
const varyBy = `${tokenHeader}, Authorization`;

/** The routes of the comments service. */
export function createApp(deps: CommentsAppDeps): Express {
  const { store, auth, limits, onCommit, newId, now, verifier, logger, metrics } = deps;
  const exposedHeaders = [tokenHeader, 'Retry-After'];
  const isReady = store.isReady;
  const app = createServiceApp({
    ...{ logger, metrics, isReady, openTo: 'any-origin', exposedHeaders, document },
    ...deps.doors,
  });
  const { htmlOf, shown } = createCommentRendering(deps.renderer);
  const applyEvents = createEventHandlers(store);

  const viewed = async (comment: Comment, viewer: Viewer): Promise<CommentView | undefined> =>
    (await shown([comment])).map((one) => viewOf(one, viewer))[0];

  /** Answers with a page of a post's comments; what isn't approved goes without text and name, but to its author and to moderators. */
  const list: RequestHandler = async (req, res) => {
    const { id: postId } = PostParams.parse(req.params);
    const { limit, cursor } = CommentsQuery.parse(req.query);
    const viewer = await viewerOf(req, auth);
    const { items, next } = await store.page(postId, limit, cursor);
    linkNext(req, res, next);
    res.vary(varyBy).json((await shown(items)).map((comment) => viewOf(comment, viewer)));
  };

  /** Writes a comment: 201 with the post's comments, the new one's address and the token that proves its author. */
  const create: RequestHandler = async (req, res) => {
    const { id: postId } = PostParams.parse(req.params);
    const input = NewComment.parse(req.body);
    const wish = idempotentRequest(req);
    const secret = await store.secret();
    const sender = await senderOf(req, { auth, key: await store.addresses.key(), limits });
    const html = await htmlOf(input.content);
    const request = { postId, input, html, sender, ...(wish ? { wish } : {}) };
    const { id, token, trapped } = await store.transaction([postId], (tx) =>
      writeComment(tx, request, { newId, now, secret }),
    );
    if (trapped) logger.info({ postId }, 'a program filled in the field that people do not see; nothing was stored');
    else onCommit();
    const { items, next } = await store.page(postId, longestList);
    const viewer = { ...sender, tokenHashes: new Set([...sender.tokenHashes, hashOf(token)]) };
    linkNext(req, res, next);
    const newest = await shown([...items, ...(trapped ? [trapped] : [])].slice(-longestList));
    res
      .status(201)
      .location(`/posts/${encodeURIComponent(postId)}/comments/${id}`)
      .set(tokenHeader, token)
      .json(newest.map((comment) => viewOf(comment, viewer)));
  };

  /** Answers with one comment as the asker may see it; 404 where the post has none of this id. */
  const read: RequestHandler = async (req, res) => {
    const place = CommentParams.parse(req.params);
    const comment = commentAt(place, await store.find(place.commentId));
    const viewer = await viewerOf(req, auth);
    res.vary(varyBy).json(await viewed(comment, viewer));
  };

  /** Gives a comment another text: 200 with the comment, pending again. */
  const change: RequestHandler = async (req, res) => {
    const place = CommentParams.parse(req.params);
    const input = CommentChange.parse(req.body);
    const sender = await senderOf(req, { auth, key: await store.addresses.key(), limits });
    const html = await htmlOf(input.content);
    const comment = await store.transaction([place.id], (tx) =>
      changeComment(tx, { place, input: { ...input, html }, sender, now: now() }),
    );
    onCommit();
    res.vary(varyBy).json(await viewed(comment, sender));
  };

  /** Deletes a comment: 204. */
  const remove: RequestHandler = async (req, res) => {
    const place = CommentParams.parse(req.params);
    const sender = await senderOf(req, { auth, key: await store.addresses.key(), limits });
    await store.transaction([place.id], (tx) => deleteComment(tx, { place, sender }));
    onCommit();
    res.status(204).end();
  };

  /** Takes over a comment from elsewhere: 201 with it, 200 where it is there already, 409 where another one is. */
  const importOne: RequestHandler = async (req, res) => {
    const place = CommentParams.parse(req.params);
    const given = CommentToImport.parse(req.body);
    const html = await htmlOf(given.content);
    const { comment, isNew } = await store.transaction([place.id], (tx) => takeOver(tx, place, { ...given, html }));
    onCommit();
    res.status(isNew ? 201 : 200).json(await viewed(comment, await viewerOf(req, auth)));
  };

  const refused = createRefusedEvents({ now, metrics });
  const json = jsonBody({ limit: largestBody });
  mountRoutes(app, {
    '/posts/:id/comments': { get: list, post: [...json, create] },
    '/posts/:id/comments/:commentId': {
      get: read,
      put: [auth.requireRole('moderator'), ...json, importOne],
      patch: [...json, change],
      delete: remove,
    },
    ...createErasingRoutes({ store, auth, onCommit }),
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
