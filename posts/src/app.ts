import { NewPost, type Post, PostChange, type PostInList, PostToImport, type PostWithHtml } from '@blog/contract';
import {
  type Auth,
  Conflict,
  createServiceApp,
  type Doors,
  finishApp,
  jsonBody,
  linkNext,
  type Logger,
  mountRoutes,
  NotFound,
  type Registry,
  requireVersion,
  setVersion,
  type Verifier,
} from '@blog/kit';
import type { Renderer } from '@blog/kit/rendering';
import { eventReceiver, idempotentRequest } from '@blog/kit/state';
import type { Express, Request, RequestHandler, Response } from 'express';
import { addFormerPaths, changePost, createPost, deletedFact, importPost, isSamePost } from './domain';
import { document, PostParams, PostsQuery } from './openapi';
import { createRendering } from './rendering';
import type { PostingLimit } from './posting-limits';
import type { PostStore, PostTransaction } from './store';

export interface PostsAppDeps {
  store: PostStore;
  auth: Auth;
  renderer: Pick<Renderer, 'full'>;
  /** Whether anybody may publish, or only authors. */
  writers: 'anyone' | 'authors';
  /** Counts what is published by others than authors. */
  limit?: PostingLimit;
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

/** The largest body: a post of 200,000 characters, each of which JSON may write in six bytes (`\u8a9e`). */
const largestBody = 1.25 * 1024 * 1024;

const noSuchPost = 'There is no such post.';

/** The routes of the posts service. */
export function createApp(deps: PostsAppDeps): Express {
  const { store, auth, writers, onCommit, newId, now, verifier, logger, metrics } = deps;
  const app = createServiceApp({
    ...{ logger, metrics, isReady: store.isOpen, openTo: 'any-origin', document },
    exposedHeaders: ['Retry-After'],
    ...deps.doors,
  });
  const htmlOf = createRendering({ render: deps.renderer.full });
  const authorsOnly = auth.requireRole('author');

  /** Whoever has no token that counts is a reader: drafts are not there for them. */
  const isAuthor = async (req: Request): Promise<boolean> => {
    const identity = await auth.identify(req).catch(() => undefined);
    return identity?.roles.includes('author') ?? false;
  };

  /** Lists may be asked for by anybody, those of drafts by authors. */
  const readers: RequestHandler = (req, res, next) =>
    req.query['drafts'] === 'true' ? authorsOnly(req, res, next) : next();

  const list: RequestHandler = async (req, res) => {
    const { limit, cursor, drafts } = PostsQuery.parse(req.query);
    const { items, next } = await store.page(limit, { before: cursor, drafts: drafts === 'true' });
    linkNext(req, res, next);
    res.json(Object.fromEntries(items.map((post) => [post.id, withoutBody(post)])));
  };

  /** A draft is for authors, as everything is where only they write. */
  const mayCreate: RequestHandler = async (req, res, next) => {
    const { draft } = NewPost.parse(req.body);
    if (draft || writers === 'authors') return authorsOnly(req, res, next);
    if (deps.limit && !(await isAuthor(req))) deps.limit(req);
    next();
  };

  const create: RequestHandler = async (req, res) => {
    const input = NewPost.parse(req.body);
    const wish = idempotentRequest(req);
    const post = await store.transaction(async (tx) => {
      const earlier = wish && (await tx.answers.find(wish));
      if (earlier) return await writtenBefore(tx, earlier.id);
      const written = createPost(input, { id: newId(), now: now() });
      await tx.insert(written);
      if (wish) await tx.answers.keep(wish, { id: written.post.id });
      return written.post;
    });
    onCommit();
    sendPost(res.status(201).location(`/posts/${post.id}`), post);
  };

  const read: RequestHandler = async (req, res) => {
    const { id } = PostParams.parse(req.params);
    const post = await store.find(id);
    res.vary('Authorization');
    if (!post || (post.draft && !(await isAuthor(req)))) throw new NotFound(noSuchPost);
    setVersion(res, post.version);
    res.json({ ...post, html: await htmlOf(post) } satisfies PostWithHtml);
  };

  const change: RequestHandler = async (req, res) => {
    const { id } = PostParams.parse(req.params);
    const wanted = PostChange.parse(req.body);
    const post = await store.transaction(async (tx) => {
      const stored = await tx.find(id);
      if (!stored) throw new NotFound(noSuchPost);
      requireVersion(req, stored.version);
      const written = changePost(stored, wanted, now());
      if (written) await tx.update(written);
      return written?.post ?? stored;
    });
    onCommit();
    sendPost(res, post);
  };

  const remove: RequestHandler = async (req, res) => {
    const { id } = PostParams.parse(req.params);
    await store.transaction(async (tx) => {
      const stored = await tx.find(id);
      if (!stored) throw new NotFound(noSuchPost);
      requireVersion(req, stored.version);
      await tx.delete(id, deletedFact(stored));
    });
    onCommit();
    res.sendStatus(204);
  };

  /** Takes over a post from elsewhere. Again it changes nothing, so that an import can be repeated. */
  const takeOver: RequestHandler = async (req, res) => {
    const { id } = PostParams.parse(req.params);
    const given = PostToImport.parse(req.body);
    const { post, isNew } = await store.transaction(async (tx) => {
      const stored = await tx.find(id);
      if (stored && isSamePost(stored, given)) {
        // Earlier versions took over posts without these.
        const more = addFormerPaths(stored, given.formerPaths);
        if (more) await tx.update(more);
        return { post: more?.post ?? stored, isNew: false };
      }
      if (stored) throw new Conflict('There is another post with this id.');
      if (await tx.wasDeleted(id)) throw new Conflict('The post with this id was deleted.');
      const written = importPost(id, given);
      await tx.insert(written);
      return { post: written.post, isNew: true };
    });
    onCommit();
    sendPost(res.status(isNew ? 201 : 200), post);
  };

  /** Erases a post and its comments for good. Answered when no byte of it is left in the files here. */
  const erase: RequestHandler = async (req, res) => {
    const { id } = PostParams.parse(req.params);
    const events = await store.transaction(async (tx) => {
      const stored = await tx.find(id);
      if (!stored && !(await tx.wasDeleted(id))) throw new NotFound(noSuchPost);
      return tx.erase(id, stored?.draft ?? false);
    });
    onCommit();
    await store.scrub();
    res.status(202).json({ posts: [{ id }], events });
  };

  const body = jsonBody({ limit: largestBody });
  const post = [...body, mayCreate, create];
  mountRoutes(app, {
    '/posts': { get: [readers, list], post },
    '/posts/create': { post },
    '/posts/:id': {
      get: read,
      put: [authorsOnly, ...body, takeOver],
      patch: [authorsOnly, ...body, change],
      delete: [authorsOnly, remove],
    },
    '/posts/:id/erasure': { post: [authorsOnly, erase] },
    '/events': { post: eventReceiver({ schemas: {}, apply: () => Promise.resolve(), verifier }) },
  });
  return finishApp(app, logger);
}

/** The post that a request wrote when it came first. Throws NotFound where it is gone by now. */
async function writtenBefore(tx: PostTransaction, id: string): Promise<Post> {
  const post = await tx.find(id);
  if (!post) throw new NotFound('The post that this request wrote was deleted since then.');
  return post;
}

function sendPost(res: Response, post: Post): void {
  setVersion(res, post.version);
  res.json(post);
}

function withoutBody({ body: _, ...post }: Post): PostInList {
  return post;
}
